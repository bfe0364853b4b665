/** The positions that an order counts in, each with the scope of risk that limits it: account-wide ones, and its strategy's. */
import type { LedgerState } from './ledger-state.ts';
import type { Order } from './order.ts';
import type { Position } from './position.ts';
import type { RiskScope } from './risk-scope.ts';

export interface Exposure {
  readonly scope: RiskScope;
  readonly held: Position;
}

export function exposuresOf(state: LedgerState, order: Order): readonly Exposure[] {
  const position = state.positions.of(order.instrument);
  const own = state.positions.ofStrategy(position, order.strategyId);
  const exposures: Exposure[] = [];
  for (const scope of position.scopes) exposures.push({ scope, held: position.total });
  exposures.push({ scope: own.scope, held: own });
  return exposures;
}
