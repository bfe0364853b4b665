/** What an entry carries. Numbers are on the wire and on disk: never reuse one. */
export const EntryType = { Normal: 0, ConfChange: 1, ConfChangeV2: 2 } as const;
export type EntryType = (typeof EntryType)[keyof typeof EntryType];

/** One entry of the replicated log. `data` is opaque to Raft and is carried as bytes from proposal to apply. */
export interface Entry {
  readonly term: number;
  readonly index: number;
  readonly type: EntryType;
  readonly data: Uint8Array;
}

/** What never goes back across restarts (term, vote), and the highest index known to be committed. */
export interface HardState {
  readonly term: number;
  /** Node voted for in `term`; 0 is nobody. */
  readonly vote: number;
  readonly commit: number;
}

/** Membership as stored in a snapshot. */
export interface ConfState {
  readonly voters: readonly number[];
  readonly learners: readonly number[];
  readonly votersOutgoing: readonly number[];
  readonly learnersNext: readonly number[];
  readonly autoLeave: boolean;
}

/** A state machine's state up to and including `index`. `data` is opaque (with large states: a reference to a file). */
export interface Snapshot {
  readonly index: number;
  readonly term: number;
  readonly confState: ConfState;
  readonly data: Uint8Array;
}
