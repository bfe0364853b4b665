/**
 * Risk, asked again when an order that waited is about to leave: the trading state may have changed, fills of others may
 * have come, its strategy may have orders in doubt. Its own reservation is already in the figures. What fails here ends
 * unsent, with the code as its reason. And the assertion that nothing leaves beyond its limit (I9).
 */
import type { DenialCode } from './event.ts';
import type { LedgerState } from './ledger-state.ts';
import { type Order, worstCaseLeaves } from './order.ts';
import { type Position, worstCase } from './position.ts';
import { ramped, rampPercent } from './ramp.ts';
import type { RiskScope } from './risk-scope.ts';

/** Why an order, or its replace, must not leave now; undefined when it may. */
export function releaseDenial(state: LedgerState, order: Order): DenialCode | undefined {
  // Until the gate opens a takeover is still settling what is in doubt.
  const isGateOpen = state.venues.get(order.instrument.venue)?.phase === 'GateOpen';
  for (const [scope, held] of exposures(state, order)) {
    const reduces = worstCase(held, order.side, 0n) <= 0n;
    if (scope.mode === 'cancel-only' || scope.mode === 'halted') return 'KILL_SWITCH';
    if (reduces) continue;
    if (scope.mode === 'reduce-only') return 'REDUCE_ONLY';
    if (isGateOpen && scope.scope === 'strategy' && scope.inDoubt > Number(order.inDoubt)) return 'IN_DOUBT';
    if (isBeyond(state, scope, held, order, 0n)) return 'POSITION_LIMIT';
  }
  return undefined;
}

/** I9, asserted in production: throws when an order that is about to leave could exceed a position limit. */
export function assertWithinLimits(state: LedgerState, order: Order): void {
  const additional = worstCaseLeaves(order) - order.reserved;
  for (const [scope, held] of exposures(state, order)) {
    if (worstCase(held, order.side, additional) <= 0n || !isBeyond(state, scope, held, order, additional)) continue;
    throw new Error(
      `broken invariant I9: order ${order.rootClOrdId} would leave beyond the position limit of ${scope.scope} '${scope.target}'`,
    );
  }
}

function isBeyond(state: LedgerState, scope: RiskScope, held: Position, order: Order, additional: bigint): boolean {
  const { positionMax } = scope.limits.of(order.instrument);
  if (positionMax === undefined) return false;
  return (
    worstCase(held, order.side, additional) > ramped(positionMax, rampPercent(state.risk.ramp, state.entry.timeUs))
  );
}

function exposures(state: LedgerState, order: Order): readonly (readonly [RiskScope, Position])[] {
  const position = state.positions.of(order.instrument);
  const own = state.positions.ofStrategy(position, order.strategyId);
  return [...position.scopes.map((scope) => [scope, position.total] as const), [own.scope, own] as const];
}
