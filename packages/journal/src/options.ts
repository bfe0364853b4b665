// Options of a journal: defaults, bounds, and the reason of each number.

import type { Clock, Disk } from '@baton/host';
import type { ConfState } from '@baton/raft';
import type { JournalFatalError } from './errors.ts';

/**
 * `disk`: `onDurable` means fdatasynced. `memory`: `onDurable` means held in memory; the disk follows, and a crash of
 * the machine may lose the tail (`durableIndex` tells how far the disk is).
 */
export type Durability = 'disk' | 'memory';

/**
 * Where fdatasync runs. `inline`: on the event loop, 50-130 µs faster alone. `pool`: on the thread pool, overlaps with
 * other work. `auto`: inline while the queue is short and the disk is quick, else pool.
 */
export type SyncMode = 'auto' | 'inline' | 'pool';

/** One write and sync, for metrics. */
export interface SyncSample {
  /** Write and sync together, microseconds. */
  readonly durationUs: number;
  readonly entries: number;
  readonly sizeBytes: number;
  readonly inline: boolean;
}

export interface JournalOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  /** Folder of this journal; made if missing, owned alone while open. */
  readonly folder: string;
  readonly durability: Durability;
  /** Membership an empty journal starts with; ignored when the folder holds a journal. */
  readonly confState: ConfState;
  /** The journal failed for good; the owner reports its last words and ends the process. Called at most once. */
  readonly onFatal: (error: JournalFatalError) => void;
  /** Called after every write and sync. */
  readonly onSync?: (sample: SyncSample) => void;
  readonly segmentSizeBytes?: number;
  readonly cacheSizeBytes?: number;
  readonly sync?: SyncMode;
}

/** 16 MiB: one preallocation costs tens of ms on the thread pool, and is due every 1-2 s at 50,000 small entries a second. */
export const DEFAULT_SEGMENT_SIZE_BYTES = 16 * 1024 * 1024;
/** 32 MiB of recent entries: a follower seconds behind is served from memory, and a kill frees it in 4 ms. */
export const DEFAULT_CACHE_SIZE_BYTES = 32 * 1024 * 1024;
