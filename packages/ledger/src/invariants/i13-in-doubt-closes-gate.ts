/**
 * I13: while an order of a strategy is in doubt, the gate is not normal for that strategy: nothing leaves that could
 * enlarge its position. Judged in the state (every scope counts exactly the orders in doubt that it has, which is what
 * decisions rest on), and asserted in production for each order that is about to leave.
 */
import type { LedgerState } from '../ledger-state.ts';
import { type Order, worstCaseLeaves } from '../order.ts';
import { worstCase } from '../position.ts';
import { exposuresOf } from '../risk-exposure.ts';
import type { RiskScope } from '../risk-scope.ts';
import type { Violation } from './violation.ts';

export function inDoubtIsCounted(state: LedgerState): Violation[] {
  const counts = new Map<RiskScope, number>();
  for (const order of state.orders.open()) {
    if (!order.inDoubt) continue;
    const { scopes } = state.positions.of(order.instrument);
    for (const scope of [...scopes, state.risk.scopeOf('strategy', order.strategyId)]) {
      counts.set(scope, (counts.get(scope) ?? 0) + 1);
    }
  }
  const violations: Violation[] = [];
  for (const scope of state.risk.scopes()) {
    const count = counts.get(scope) ?? 0;
    if (scope.inDoubt === count) continue;
    const text = `${scope.scope} '${scope.target}' counts ${scope.inDoubt} orders in doubt, there are ${count}`;
    violations.push({ invariant: 'I13', text });
  }
  return violations;
}

export function releaseWhileInDoubt(state: LedgerState, order: Order): Violation[] {
  const own = exposuresOf(state, order).find(({ scope }) => scope.scope === 'strategy');
  if (own === undefined || own.scope.inDoubt <= Number(order.inDoubt)) return [];
  if (worstCase(own.held, order.side, worstCaseLeaves(order) - order.reserved) <= 0n) return [];
  const text = `order ${order.rootClOrdId} leaves while ${own.scope.inDoubt} orders of '${order.strategyId}' are in doubt`;
  return [{ invariant: 'I13', text }];
}
