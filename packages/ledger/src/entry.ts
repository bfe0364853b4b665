/** What goes into the ledger and what comes out: a committed entry, and what applying it made happen. */
import type { Effect } from './effect.ts';
import type { CommandResult, LedgerEvent } from './event.ts';

/** A committed entry of the log. `timeUs` is the leader's time, µs since 1970; one that goes back counts as standing still. */
export interface LedgerEntry {
  readonly index: number;
  readonly term: number;
  readonly timeUs: number;
  readonly command: Uint8Array;
}

export interface Applied {
  /** Answer for the proposer. */
  readonly result: CommandResult;
  /** What happened, for all who watch; equal on every node. */
  readonly events: readonly LedgerEvent[];
  /** What the leader's shell has to do, in this order. */
  readonly effects: readonly Effect[];
}
