/**
 * What the log holds, and the size of an entry. Sizes follow the protocol-buffer encoding of etcd/raft, so that a limit
 * in bytes cuts a batch at the same entry as it does there (reference: raftpb/raft.proto; sizes only, we do not encode).
 */

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

/** No limit, for every option that is a number of bytes or of messages. */
export const NO_LIMIT = Number.POSITIVE_INFINITY;

export const NO_ENTRIES: readonly Entry[] = Object.freeze([]);
export const NO_DATA: Uint8Array = new Uint8Array(0);

function varintSizeBytes(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Encoded size of one entry: fields and payload. An entry without data has no data field at all. */
export function entrySizeBytes(entry: Entry): number {
  const length = entry.data.length;
  const data = length === 0 ? 0 : 1 + varintSizeBytes(length) + length;
  return 4 + varintSizeBytes(entry.term) + varintSizeBytes(entry.index) + data;
}

export function entriesSizeBytes(entries: readonly Entry[]): number {
  let size = 0;
  for (let i = 0; i < entries.length; i++) size += entrySizeBytes(entries[i]!);
  return size;
}

/** Bytes of payload only; does not depend on term and index, and is 0 for a leader's own empty entry. */
export function payloadSizeBytes(entries: readonly Entry[]): number {
  let size = 0;
  for (let i = 0; i < entries.length; i++) size += entries[i]!.data.length;
  return size;
}

/** How many of the entries from `from` on fit `maxBytes`; at least one if there is any, so that progress is certain. */
export function countWithin(entries: readonly Entry[], from: number, to: number, maxBytes: number): number {
  if (maxBytes === NO_LIMIT || to - from <= 1) return to - from;
  let size = entrySizeBytes(entries[from]!);
  for (let i = from + 1; i < to; i++) {
    size += entrySizeBytes(entries[i]!);
    if (size > maxBytes) return i - from;
  }
  return to - from;
}
