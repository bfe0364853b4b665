/** States in which an order is over: nothing but a bust or a correction changes it any more. */
import type { OrderState } from './event.ts';

export const ENDED_STATES: ReadonlySet<string> = new Set<OrderState>([
  'Denied',
  'Voided',
  'Filled',
  'Canceled',
  'Rejected',
  'Expired',
]);

export function hasEnded(order: { readonly state: string }): boolean {
  return ENDED_STATES.has(order.state);
}
