/**
 * I6: an intent becomes at most one order: a new order or replace is sent as new once, and a (strategy, clientKey) leads to
 * one order only. A cancel may go out again in another slot, once it is proven not to have been received: it makes nothing.
 * What the venue makes of it is checked at the venue.
 */
import { MsgType } from '@baton/fix';
import type { Applied } from '../entry.ts';
import type { Violation } from './violation.ts';

const ORDERS: ReadonlySet<string> = new Set([MsgType.NewOrderSingle, MsgType.OrderCancelReplaceRequest]);

export function intentIsOneOrder(history: readonly Applied[]): Violation[] {
  const violations: Violation[] = [];
  const slots = new Map<string, number>();
  const roots = new Map<string, string>();
  for (const { effects, events } of history) {
    for (const effect of effects) {
      if (effect.type !== 'SendFix' || effect.clOrdId === '' || !ORDERS.has(effect.msgType)) continue;
      const key = `${effect.venue} ${effect.clOrdId}`;
      const slot = slots.get(key);
      // Numbers restart at some venues: an equal number is the same message only where it is sent as a repetition.
      if (slot !== undefined && (slot !== effect.msgSeqNum || !effect.possDup)) {
        violations.push({ invariant: 'I6', text: `${key} was sent in slot ${slot} and in slot ${effect.msgSeqNum}` });
      }
      slots.set(key, effect.msgSeqNum);
    }
    for (const event of events) {
      if (event.type !== 'OrderChanged' || event.order.clientKey === '' || event.order.state === 'Denied') continue;
      const { clientKey, rootClOrdId, strategyId } = event.order;
      const key = `${strategyId}\u0000${clientKey}`;
      const root = roots.get(key);
      if (root !== undefined && root !== rootClOrdId) {
        violations.push({ invariant: 'I6', text: `clientKey ${clientKey} led to orders ${root} and ${rootClOrdId}` });
      }
      roots.set(key, rootClOrdId);
    }
  }
  return violations;
}
