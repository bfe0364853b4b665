/**
 * I1: the sum of all fills that were not taken back, and of adjustments, is the position, per instrument and strategy, in
 * net quantity and cost. Not judged once the ledger has forgotten fills (its horizon), nor after a cold start with opening balances.
 */
import type { LedgerState } from '../ledger-state.ts';
import type { Violation } from './violation.ts';

interface Sum {
  net: bigint;
  cost: bigint;
}

export function positionIsSumOfFills(state: LedgerState): Violation[] {
  const sums = new Map<string, Sum>();
  const add = (one: { readonly symbol: string; readonly strategyId: string }, signed: bigint, price: bigint): void => {
    for (const key of [one.symbol, `${one.symbol} of strategy ${one.strategyId}`]) {
      const sum = sums.get(key) ?? { net: 0n, cost: 0n };
      sums.set(key, { net: sum.net + signed, cost: sum.cost + signed * price });
    }
  };
  let seen = 0;
  for (const venue of state.venues.values()) {
    for (const fill of venue.executions.fills()) {
      seen += 1;
      if (fill.busted) continue;
      add(fill, fill.side === 'buy' ? fill.quantity : -fill.quantity, fill.price);
    }
  }
  for (const adjustment of state.adjustments.values()) add(adjustment, adjustment.quantity, adjustment.price);
  if (seen < state.counts.fills) return [];
  const violations: Violation[] = [];
  for (const position of state.positions.all()) {
    const parts: [string, Sum][] = [[position.symbol, position.total]];
    for (const [strategyId, own] of position.byStrategy) {
      parts.push([`${position.symbol} of strategy ${strategyId}`, own]);
    }
    for (const [key, { cost, net }] of parts) {
      const sum = sums.get(key) ?? { net: 0n, cost: 0n };
      if (sum.net === net && sum.cost === cost) continue;
      const text = `position ${key}: net ${net}, cost ${cost}; its fills sum to ${sum.net}, ${sum.cost}`;
      violations.push({ invariant: 'I1', text });
    }
  }
  return violations;
}
