/** The positions that an order counts in, each with the scope of risk that limits it: account-wide ones, and its strategy's. */
import type { LedgerState } from './ledger-state.ts';
import type { Order } from './order.ts';
import type { Position } from './position.ts';
import type { RiskScope } from './risk-scope.ts';

export interface Exposure {
  readonly scope: RiskScope;
  readonly held: Position;
}

/** Asked for with every order that leaves; scopes and positions are the same objects for ever. */
const known = new WeakMap<Position, readonly Exposure[]>();

export function exposuresOf(state: LedgerState, order: Order): readonly Exposure[] {
  const position = state.positions.of(order.instrument);
  const own = state.positions.ofStrategy(position, order.strategyId);
  let exposures = known.get(own);
  if (exposures === undefined) {
    exposures = [...position.scopes.map((scope) => ({ scope, held: position.total })), { scope: own.scope, held: own }];
    known.set(own, exposures);
  }
  return exposures;
}
