/**
 * What Raft asks of a journal. Raft only reads here; writing is the shell's work, on the orders of Ready.
 * Source: the Storage interface of etcd/raft.
 */
import type { ConfState, Entry, HardState, Snapshot } from './entry.ts';

/** Why storage cannot answer: an expected refusal, not an error. */
export const StorageRefusal = {
  Compacted: 'compacted',
  Unavailable: 'unavailable',
  SnapshotOutOfDate: 'snapshot-out-of-date',
  SnapshotTemporarilyUnavailable: 'snapshot-temporarily-unavailable',
} as const;
export type StorageRefusal = (typeof StorageRefusal)[keyof typeof StorageRefusal];

/**
 * What Raft asks of a journal. All calls are synchronous reads. Only stable (handed over for writing) entries are seen
 * here; the unstable tail is Raft's own. `term(firstIndex() - 1)` is known: it is the compacted entry before the first.
 */
export interface Storage {
  initialState(): { readonly hardState: HardState; readonly confState: ConfState };
  /** Entries in [lo, hi), at least one if any, no more than `maxBytes` of data in all otherwise. */
  entries(lo: number, hi: number, maxBytes: number): readonly Entry[] | StorageRefusal;
  term(index: number): number | StorageRefusal;
  firstIndex(): number;
  lastIndex(): number;
  snapshot(): Snapshot | StorageRefusal;
}
