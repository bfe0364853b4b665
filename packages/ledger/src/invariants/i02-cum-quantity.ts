/**
 * I2: CumQty is the sum of the order's fills, and is not above OrderQty unless that was alarmed as an overfill (then the
 * order is closed). Not judged for external orders, whose early fills we have not seen, nor beyond the horizon of fills.
 */
import type { LedgerState } from '../ledger-state.ts';
import { isClosed, type Order } from '../order.ts';
import type { Violation } from './violation.ts';

export function cumQuantityIsSumOfFills(state: LedgerState): Violation[] {
  const sums = new Map<string, bigint>();
  let seen = 0;
  for (const venue of state.venues.values()) {
    for (const fill of venue.executions.fills()) {
      seen += 1;
      if (!fill.busted) sums.set(fill.rootClOrdId, (sums.get(fill.rootClOrdId) ?? 0n) + fill.quantity);
    }
  }
  if (seen < state.counts.fills) return [];
  const violations: Violation[] = [];
  const judge = (order: Order): void => {
    if (order.external) return;
    const sum = sums.get(order.rootClOrdId) ?? 0n;
    if (sum !== order.cumQuantity) {
      const text = `order ${order.rootClOrdId}: CumQty ${order.cumQuantity}, its fills sum to ${sum}`;
      violations.push({ invariant: 'I2', text });
    }
    if (!isClosed(order) && order.cumQuantity >= order.quantity) {
      violations.push({ invariant: 'I2', text: `order ${order.rootClOrdId} is open and filled entirely` });
    }
  };
  for (const order of state.orders.open()) judge(order);
  for (const order of state.orders.closed()) judge(order);
  return violations;
}
