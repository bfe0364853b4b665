/**
 * What trips a ramp: a loss since it began, too many orders rejected, a venue that acknowledges too slowly. Tripped, sizes
 * stay where they are until an operator starts another ramp. All three are figures of entries, so every node trips at the
 * same one. Requirements §6.3 step 9: start cautiously, watch, ramp up.
 */
import { parseDecimal } from '@baton/fix';
import type { LedgerState } from './ledger-state.ts';
import { type GuardedCurrency, isRamping, type RampGuard, rampPercent } from './ramp.ts';

/** Undefined when the figures make sense. */
export function findGuardFault({ ackLatencyMaxMs, lossMax, rejectsMax }: RampGuard): string | undefined {
  const loss = lossMax === '' ? 0n : parseDecimal(lossMax, 18);
  if (loss === undefined || loss < 0n) return `lossMax '${lossMax}' is no amount`;
  if (lossMax === '' && rejectsMax === 0 && ackLatencyMaxMs === 0) return 'a guard needs a bound';
  return undefined;
}

/** From now on the ramp that runs is guarded; its figures begin here. */
export function guardRamp(state: LedgerState, guard: RampGuard): void {
  const { ramp } = state.risk;
  if (ramp === undefined) return;
  const currencies = new Map<string, GuardedCurrency>();
  for (const { currency, currencyScale } of state.configured?.instruments.values() ?? []) {
    if (guard.lossMax === '' || currencies.has(currency)) continue;
    const startPnl = state.risk.whole.capitalOf(currency)?.pnl ?? 0n;
    const lossMax = parseDecimal(guard.lossMax, currencyScale);
    if (lossMax !== undefined) currencies.set(currency, { startPnl, lossMax });
  }
  state.risk.ramp = { ...ramp, guard, currencies, rejects: 0 };
}

/** An order was rejected by its venue. */
export function noteReject(state: LedgerState): void {
  const { ramp } = state.risk;
  if (ramp?.guard === undefined || !isRamping(ramp, state.entry.timeUs)) return;
  const rejects = ramp.rejects + 1;
  state.risk.ramp = { ...ramp, rejects };
  const { rejectsMax } = ramp.guard;
  if (rejectsMax !== 0 && rejects > rejectsMax) trip(state, `${rejects} orders rejected, at most ${rejectsMax}`);
}

/** A venue has acknowledged a new order that no takeover has interrupted. */
export function noteAcknowledged(state: LedgerState, createdTimeUs: number): void {
  const { ramp } = state.risk;
  const limitMs = ramp?.guard?.ackLatencyMaxMs ?? 0;
  if (limitMs === 0 || ramp === undefined || !isRamping(ramp, state.entry.timeUs)) return;
  const tookMs = (state.entry.timeUs - createdTimeUs) / 1000;
  if (tookMs > limitMs) trip(state, `an acknowledgement took ${Math.round(tookMs)} ms, at most ${limitMs}`);
}

/** P&L of a currency has changed. */
export function noteRampLoss(state: LedgerState, currency: string): void {
  const { ramp } = state.risk;
  const guarded = ramp?.currencies.get(currency);
  if (ramp === undefined || guarded === undefined || !isRamping(ramp, state.entry.timeUs)) return;
  const pnl = state.risk.whole.capitalOf(currency)?.pnl ?? 0n;
  if (guarded.startPnl - pnl > guarded.lossMax) trip(state, `a loss above ${ramp.guard?.lossMax} since it began`);
}

function trip(state: LedgerState, reason: string): void {
  const { ramp } = state.risk;
  if (ramp === undefined) return;
  const percent = rampPercent(ramp, state.entry.timeUs);
  state.risk.ramp = { ...ramp, heldPercent: percent };
  state.emit({ type: 'RampChanged', percent, running: false, reason });
  state.alarm('RAMP_TRIPPED', `sizes stay at ${percent} %: ${reason}`);
}
