/**
 * A cold start as the log tells it: which venue has come how far, and what it brought. Every step is an entry, so that a
 * leader that dies half-way leaves the next one at the same step. While it is not over, no new order is accepted, and a
 * venue's gate opens only once its account has been taken in and compared again without a difference.
 */
import type { RampStep } from '../ramp.ts';

/**
 * `connect`: not logged on yet. `read`: the account is being read until two readings agree. `opened`: opening positions,
 * open orders and the history of fills are in the log. `reconciled`: read again, no difference is left. `refused`: a band
 * or the venue forbids to go on; an operator decides.
 */
export type ColdVenueStep = 'connect' | 'read' | 'opened' | 'reconciled' | 'refused';

export const COLD_VENUE_STEPS: readonly ColdVenueStep[] = ['connect', 'read', 'opened', 'reconciled', 'refused'];

/**
 * Whether strategies have their history. `none`: nobody waits for them; `late`: not in the time that was given. Gates do not
 * wait: a strategy without its history gives no order.
 */
export type ColdWarmUpState = 'none' | 'waiting' | 'warmed' | 'failed' | 'late';

export interface ColdWarmUp {
  readonly state: ColdWarmUpState;
  /** Which strategies, and what was wrong. */
  readonly detail: string;
  /** Entry that decided it, and its time; 0 before. */
  readonly index: number;
  readonly timeUs: number;
}

export interface ColdVenue {
  readonly venue: string;
  readonly step: ColdVenueStep;
  /** Entry that reached it, and its time. */
  readonly index: number;
  readonly timeUs: number;
  /** What has been taken in so far. */
  readonly positions: number;
  readonly orders: number;
  /** Known as history: not booked, because the positions hold them. */
  readonly fills: number;
  /** Subjects that the venue does not tell, in words; and why it was refused. */
  readonly detail: string;
}

/** What was done, on every node; `undefined` of `Ledger.coldStart()` means that this incarnation was never started cold. */
export interface ColdStart {
  readonly incarnation: number;
  readonly by: string;
  readonly reason: string;
  readonly startedIndex: number;
  readonly startedUs: number;
  readonly venues: readonly ColdVenue[];
  readonly warmUp: ColdWarmUp;
  /** The ramp that begins when the first venue is reconciled; empty: none. */
  readonly ramp: readonly RampStep[];
  /** Last of all: invariants hold, risk computed anew agrees, strategies were warmed or waited for. 0 while it is not over. */
  readonly endedIndex: number;
  readonly endedUs: number;
}
