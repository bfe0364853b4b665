/**
 * Says once a day and scope that the loss limit has been passed: from then on only what reduces a position is accepted, and
 * somebody should know before the next order is denied. Looked at when P&L changes: after a fill, after a reference price.
 */
import { formatDecimal } from '@baton/fix';
import type { Instrument } from './instrument.ts';
import type { LedgerState } from './ledger-state.ts';
import type { InstrumentPosition } from './positions.ts';
import { noteRampLoss } from './ramp-guard.ts';
import type { RiskScope } from './risk-scope.ts';

/** After a strategy's position has changed. */
export function noteLossOf(
  state: LedgerState,
  position: InstrumentPosition,
  instrument: Instrument,
  strategyId: string,
): void {
  noteLoss(state, instrument, position.scopes);
  noteLoss(state, instrument, [state.positions.ofStrategy(position, strategyId).scope]);
}

export function noteLoss(state: LedgerState, instrument: Instrument, scopes: Iterable<RiskScope>): void {
  const { timeUs } = state.entry;
  noteRampLoss(state, instrument.currency);
  for (const scope of scopes) {
    if (scope.limits.limits.dailyLossMax === undefined) continue;
    const { dailyLossMax } = scope.limits.of(instrument);
    if (dailyLossMax === undefined) continue;
    const loss = -scope.dailyPnl(instrument.currency, timeUs);
    if (loss <= dailyLossMax || !scope.trip(timeUs)) continue;
    state.emit({
      type: 'RiskTripped',
      scope: scope.scope,
      target: scope.target,
      code: 'DAILY_LOSS_LIMIT',
      value: formatDecimal(loss, instrument.currencyScale),
      limit: formatDecimal(dailyLossMax, instrument.currencyScale),
    });
  }
}
