/**
 * Whom the scribe tells: what each committed entry made happen, in order. Rules decided here: a sink hears every entry
 * after its own cursor once in a life of the scribe, and again from its cursor in the next one, so what it keeps must be
 * written together with the cursor, or be harmless to write twice (exactly once by index). A sink that is not ready holds
 * the scribe for a while, never the core; one that stays unready is left behind, and told again from its cursor later.
 */
import type { LoggedEntry } from '@baton/history';
import type { Applied, Ledger } from '@baton/ledger';

/** One committed entry and what it made happen. Valid during the call; keep nothing of `ledger`. */
export interface ScribeStep {
  readonly entry: LoggedEntry;
  /** Null for entries that are no command (a new leader's first, changes of membership). */
  readonly applied: Applied | null;
  /** The state after the entry. */
  readonly ledger: Ledger;
}

/** Entries that will never be told: the log before `toIndex` is gone, `ledger` is the state after it. */
export interface ScribeGap {
  /** First and last entry that are missing, both included. */
  readonly fromIndex: number;
  readonly toIndex: number;
  readonly ledger: Ledger;
}

/** Where the scribe is. Valid during the call; keep nothing of `ledger`. */
export interface ScribeState {
  readonly index: number;
  readonly term: number;
  /** The leader's time of the last command, µs since 1970. */
  readonly timeUs: number;
  readonly ledger: Ledger;
}

export interface ScribeSink {
  /** For status and log. */
  readonly name: string;
  /**
   * Opens what is behind it and answers the index up to which everything is durable there: telling begins after it. Null:
   * no wish, begin wherever the scribe does. Rejects when it cannot be opened now: it is tried again, without holding others.
   */
  open(): Promise<number | null>;
  /** Takes one entry; what it throws closes the sink, to be opened again later. */
  apply(step: ScribeStep): void;
  /** Takes note that entries are missing. */
  gap(gap: ScribeGap): void;
  /** Up to here all is durable: the log behind it is not needed for this sink any more. Null: it needs no log. */
  cursor(): number | null;
  /** Null when it can take the next entry now, else what resolves when it can. It must not reject. */
  pressure(): Promise<void> | null;
  /** Called between entries, once a second and whenever `Scribe.look` is: a time has come that no entry brought. */
  look?(state: ScribeState): void;
  /** True: however long `pressure` takes, it is waited for (it is our own work, not somebody else's machine). */
  readonly isOwnWork: boolean;
  /** Writes what it holds, if it can, and gives everything back. */
  close(): Promise<void>;
}
