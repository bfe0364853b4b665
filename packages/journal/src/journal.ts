// The journal of one node: the durable log, term and vote, and the checkpoints. (Public face; under construction.)

import type { ConfState, Entry, HardState, Snapshot, Storage, StorageRefusal } from '@baton/raft';
import type { Checkpoint, CheckpointInfo } from './checkpoint.ts';
import type { JournalOptions } from './options.ts';
import type { AppendOutcome } from './refusal.ts';
import type { RecoveryReport } from './report.ts';

/** One unit of work, as a Ready or a StorageAppend message carries it. */
export interface JournalAppend {
  /** Term, vote and commit, when they changed; a change of commit alone waits for no sync. */
  readonly hardState: HardState | null;
  /** Contiguous; a first index at or below `lastIndex()` replaces the log from there. */
  readonly entries: readonly Entry[];
  /** A snapshot from the leader: becomes the newest checkpoint and the log starts after it. */
  readonly snapshot: Snapshot | null;
}

/** Numbers for metrics; counters since open. */
export interface JournalStatus {
  readonly state: 'open' | 'disk-full' | 'damaged' | 'failed' | 'closed';
  readonly firstIndex: number;
  /** Highest index accepted by `append`. */
  readonly appendedIndex: number;
  /** Highest index that is fdatasynced. */
  readonly durableIndex: number;
  readonly checkpointIndex: number;
  /** Bytes accepted and not yet written. */
  readonly queuedSizeBytes: number;
  /** Age of the oldest append that waits for the disk, microseconds; 0 when none waits. A stalled disk shows here. */
  readonly oldestPendingUs: number;
  readonly syncs: number;
  readonly writtenSizeBytes: number;
  readonly segments: number;
  readonly cachedEntries: number;
  readonly cachedSizeBytes: number;
}

export interface Journal extends Storage {
  /** What opening found. */
  readonly report: RecoveryReport;
  /**
   * Accepts a unit of work. When it returns ok, entries and hard state are visible to the reads at once; `onDurable` is
   * called later (never inside this call), in the order of the appends, once everything up to and including this one is
   * durable in the sense of `durability`. A refusal changes nothing and never calls `onDurable`.
   */
  append(append: JournalAppend, onDurable: () => void): AppendOutcome;
  initialState(): { readonly hardState: HardState; readonly confState: ConfState };
  entries(lo: number, hi: number, maxBytes: number): readonly Entry[] | StorageRefusal;
  term(index: number): number | StorageRefusal;
  firstIndex(): number;
  lastIndex(): number;
  /** The newest intact checkpoint with its bytes. */
  snapshot(): Snapshot | StorageRefusal;
  /** Saves a checkpoint (temporary file, sync, rename, folder sync), verifies it, and removes the eleventh oldest. */
  saveCheckpoint(checkpoint: Checkpoint): Promise<CheckpointInfo>;
  /** The newest intact checkpoint; null when there is none but the empty beginning. */
  loadCheckpoint(): Checkpoint | null;
  /** Newest first. */
  checkpoints(): readonly CheckpointInfo[];
  /**
   * Entries up to `index` are no longer needed: whole segments of them are removed in the background. `index` may not
   * be above the newest checkpoint. Reads below answer `compacted`; the term of `index` itself stays known.
   */
  compact(index: number): void;
  /** Acknowledged entries are damaged: this node must not lead, vote on log comparison, or count, until repaired. */
  isDamaged(): boolean;
  /** Entries refetched from the leader for a damaged range; accepted only if they fit what is known of it. */
  repair(entries: readonly Entry[], onDurable: () => void): AppendOutcome;
  status(): JournalStatus;
  /** Writes and syncs what was accepted, marks the journal as closed in order, gives the folder back. */
  close(): Promise<void>;
}

interface JournalOpener {
  /** Opens or makes the journal of a folder. Throws JournalOpenError. */
  open(options: JournalOptions): Promise<Journal>;
  /** As `open`, without a promise (simulation). */
  openSync(options: JournalOptions): Journal;
}

export declare const Journal: JournalOpener;
