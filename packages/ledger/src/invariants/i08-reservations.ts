/**
 * I8: what is reserved is exactly what open orders may still fill: each order its worst case, each instrument and side the
 * sum over its orders, nothing for closed ones, never negative. (Capital and margin join with issue E.)
 */
import type { LedgerState } from '../ledger-state.ts';
import { type Order, worstCaseLeaves } from '../order.ts';
import type { Violation } from './violation.ts';

export function reservationsAreWorstCase(state: LedgerState): Violation[] {
  const violations: Violation[] = [];
  const sums = new Map<string, bigint>();
  const judge = (order: Order): void => {
    const expected = worstCaseLeaves(order);
    if (order.reserved !== expected || expected < 0n) {
      const text = `order ${order.rootClOrdId} reserves ${order.reserved}, expected ${expected}`;
      violations.push({ invariant: 'I8', text });
    }
    const key = `${order.instrument.symbol} ${order.side}`;
    sums.set(key, (sums.get(key) ?? 0n) + order.reserved);
  };
  for (const order of state.orders.open()) judge(order);
  for (const order of state.orders.closed()) judge(order);
  for (const position of state.positions.all()) {
    for (const [side, reserved] of [
      ['buy', position.total.reservedBuy],
      ['sell', position.total.reservedSell],
    ] as const) {
      const sum = sums.get(`${position.symbol} ${side}`) ?? 0n;
      if (sum === reserved) continue;
      const text = `${position.symbol} ${side}: ${reserved} reserved, orders reserve ${sum}`;
      violations.push({ invariant: 'I8', text });
    }
  }
  return violations;
}
