/**
 * Risk, asked again when an order that waited is about to leave: the trading state may have changed, fills of others may
 * have come, its strategy may have orders in doubt. Its own reservation is already in the figures. What fails here ends
 * unsent, with the code as its reason.
 */
import type { DenialCode } from './event.ts';
import type { LedgerState } from './ledger-state.ts';
import type { Order } from './order.ts';
import { worstCase } from './position.ts';
import { ramped, rampPercent } from './ramp.ts';
import { exposuresOf } from './risk-exposure.ts';

/** Why an order, or its replace, must not leave now; undefined when it may. */
export function releaseDenial(state: LedgerState, order: Order): DenialCode | undefined {
  if (state.operations.stopped !== undefined) return 'TRADING_STOPPED';
  // Until the gate opens a takeover is still settling what is in doubt.
  const isGateOpen = state.venues.get(order.instrument.venue)?.phase === 'GateOpen';
  const percent = rampPercent(state.risk.ramp, state.entry.timeUs);
  for (const { held, scope } of exposuresOf(state, order)) {
    if (scope.mode === 'cancel-only' || scope.mode === 'halted') return 'KILL_SWITCH';
    const worst = worstCase(held, order.side, 0n);
    if (worst <= 0n) continue;
    if (scope.mode === 'reduce-only') return 'REDUCE_ONLY';
    if (isGateOpen && scope.scope === 'strategy' && scope.inDoubt > Number(order.inDoubt)) return 'IN_DOUBT';
    const { positionMax } = scope.limits.of(order.instrument);
    if (positionMax !== undefined && worst > ramped(positionMax, percent)) return 'POSITION_LIMIT';
  }
  return undefined;
}
