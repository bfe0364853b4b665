/**
 * An invariant's answer: what is broken, in words. Checks collect instead of throwing at the first, and judge either the
 * state as it is (StateInvariant) or everything that was applied (HistoryInvariant). Numbers are those of the trading
 * reference §7.6; each lies in a file of its own.
 */
import type { Applied } from '../entry.ts';
import type { LedgerState } from '../ledger-state.ts';

export interface Violation {
  /** 'I1' to 'I16'. */
  readonly invariant: string;
  readonly text: string;
}

export type StateInvariant = (state: LedgerState) => Violation[];
export type HistoryInvariant = (history: readonly Applied[]) => Violation[];
