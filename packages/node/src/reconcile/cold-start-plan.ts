/**
 * What whoever starts a cluster cold says (`plan.coldStart`, on every node): the first leader of an empty log proposes
 * `StartCold` behind its first `Configure`; later leaders, and nodes that start again with the same plan, find it in the log
 * and go on where it stands. How far it is: `ledger.coldStart()` (`ColdStart` of `@baton/ledger`), on every node. It is over
 * when `endedIndex` is not 0; a venue at step `refused` waits for an operator (`AcceptColdStart`).
 */
import type { Command, Ledger, RampGuard, RampStep } from '@baton/ledger';
import { DEFAULT_GUARD, DEFAULT_RAMP } from './reconcile-settings.ts';

export interface ColdStartPlan {
  readonly by: string;
  readonly reason: string;
  /** Undefined: 10 % to 100 % over 15 minutes; empty: no ramp. */
  readonly ramp?: readonly RampStep[];
  /** What trips the ramp; undefined: rejects and latency, as by default. */
  readonly guard?: RampGuard;
  /** So long its end waits for strategies to be warmed; undefined: there are none. */
  readonly warmUpMaxMs?: number;
}

/** What the first leader of an empty log says when the books are to come from the venues; undefined for nothing (more). */
export function coldStartCommand(
  plan: ColdStartPlan | undefined,
  ledger: Pick<Ledger, 'coldStart'>,
): Command | undefined {
  if (plan === undefined || ledger.coldStart() !== undefined) return undefined;
  const { by, guard = DEFAULT_GUARD, ramp = DEFAULT_RAMP, reason, warmUpMaxMs } = plan;
  return { type: 'StartCold', by, reason, ramp, guard, ...(warmUpMaxMs === undefined ? {} : { warmUpMaxMs }) };
}
