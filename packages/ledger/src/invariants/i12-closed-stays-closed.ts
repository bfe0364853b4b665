/**
 * I12: a closed order stays closed, in the state in which it closed. The venue alone may open it again: by taking a fill
 * back, or by proving that a void was wrong, and that entry says so (FillBusted, or the alarm SAFETY_VIOLATION).
 */

import type { Applied } from '../entry.ts';
import type { OrderState } from '../event.ts';
import type { Violation } from './violation.ts';

const CLOSED: ReadonlySet<OrderState> = new Set(['Denied', 'Voided', 'Filled', 'Canceled', 'Rejected', 'Expired']);

export function closedStaysClosed(history: readonly Applied[]): Violation[] {
  const violations: Violation[] = [];
  const closedAs = new Map<string, OrderState>();
  for (const { events } of history) {
    const isExplained = events.some(
      (event) => event.type === 'FillBusted' || (event.type === 'Alarm' && event.code === 'SAFETY_VIOLATION'),
    );
    for (const event of events) {
      if (event.type !== 'OrderChanged') continue;
      const { rootClOrdId, state } = event.order;
      const before = closedAs.get(rootClOrdId);
      if (before !== undefined && before !== state && !isExplained) {
        const text = `order ${rootClOrdId} was ${before} and is ${state} by entry ${event.index}`;
        violations.push({ invariant: 'I12', text });
      }
      if (CLOSED.has(state)) closedAs.set(rootClOrdId, state);
      else closedAs.delete(rootClOrdId);
    }
  }
  return violations;
}
