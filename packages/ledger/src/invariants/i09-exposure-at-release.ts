/**
 * I9: when an order leaves, its worst case is within every position limit that applies, unless it can only reduce the
 * position. Asserted in production for each order that is about to leave; what happens later at the venue (fills of others,
 * a limit that is lowered) may exceed a limit, and no order can help it.
 */
import type { LedgerState } from '../ledger-state.ts';
import { type Order, worstCaseLeaves } from '../order.ts';
import { worstCase } from '../position.ts';
import { ramped, rampPercent } from '../ramp.ts';
import { exposuresOf } from '../risk-exposure.ts';
import type { Violation } from './violation.ts';

export function exposureAtRelease(state: LedgerState, order: Order): Violation[] {
  const violations: Violation[] = [];
  const additional = worstCaseLeaves(order) - order.reserved;
  const percent = rampPercent(state.risk.ramp, state.entry.timeUs);
  for (const { held, scope } of exposuresOf(state, order)) {
    const { positionMax } = scope.limits.of(order.instrument);
    if (positionMax === undefined) continue;
    const worst = worstCase(held, order.side, additional);
    if (worst <= 0n || worst <= ramped(positionMax, percent)) continue;
    const text = `order ${order.rootClOrdId} leaves with a worst case of ${worst} in ${scope.scope} '${scope.target}'`;
    violations.push({ invariant: 'I9', text });
  }
  return violations;
}
