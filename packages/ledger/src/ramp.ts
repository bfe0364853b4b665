/**
 * The ramp: after a restart sizes begin small and grow by a schedule of entry time. While it runs, limits of size (an
 * order's quantity and notional, position, used capital) count only their percentage of the step; limits that do not exist
 * have no part of them. An aborted ramp stays where it was until a new one is started.
 */

export interface RampStep {
  /** 1 to 100. */
  readonly percent: number;
  readonly durationMs: number;
}

export interface Ramp {
  readonly startedUs: number;
  readonly steps: readonly RampStep[];
  /** Percentage at which it was aborted; 0 while it runs. */
  readonly heldPercent: number;
  /** What trips it; undefined for nothing. */
  readonly guard: RampGuard | undefined;
  readonly currencies: ReadonlyMap<string, GuardedCurrency>;
  /** Orders rejected since it is guarded. */
  readonly rejects: number;
}

/** What trips a ramp; '' and 0 for nothing. */
export interface RampGuard {
  /** Loss in any one currency since it began, decimal text. */
  readonly lossMax: string;
  /** Orders that venues reject. */
  readonly rejectsMax: number;
  /** From an order's entry to that of its acknowledgement. */
  readonly ackLatencyMaxMs: number;
}

export interface GuardedCurrency {
  readonly startPnl: bigint;
  readonly lossMax: bigint;
}

export const RAMP_STEPS_MAX = 100;
const DURATION_MS_MAX = 86_400_000;

/** What is wrong with a schedule; undefined when nothing is. */
export function findRampFault(steps: readonly RampStep[]): string | undefined {
  if (steps.length === 0 || steps.length > RAMP_STEPS_MAX) return `a ramp has 1 to ${RAMP_STEPS_MAX} steps`;
  for (const { durationMs, percent } of steps) {
    if (percent < 1 || percent > 100) return `percent ${percent} is not from 1 to 100`;
    if (durationMs > DURATION_MS_MAX) return `durationMs ${durationMs} is above ${DURATION_MS_MAX}`;
  }
  return undefined;
}

/** Percentage of sizes that is allowed now; 100 when no ramp runs, or the last step is over. */
export function rampPercent(ramp: Ramp | undefined, timeUs: number): number {
  if (ramp === undefined) return 100;
  if (ramp.heldPercent !== 0) return ramp.heldPercent;
  let endUs = ramp.startedUs;
  for (const { durationMs, percent } of ramp.steps) {
    endUs += durationMs * 1000;
    if (timeUs < endUs) return percent;
  }
  return 100;
}

/** Does a ramp hold sizes down and still grow? */
export function isRamping(ramp: Ramp, timeUs: number): boolean {
  return ramp.heldPercent === 0 && rampPercent(ramp, timeUs) < 100;
}

export function ramped(limit: bigint, percent: number): bigint {
  return percent === 100 ? limit : (limit * BigInt(percent)) / 100n;
}
