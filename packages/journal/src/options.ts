// Options of a journal: defaults, bounds, and the reason of each number.

import type { Clock, Disk } from '@baton/host';
import type { ConfState } from '@baton/raft';
import { BLOCK_SIZE_BYTES } from './block.ts';
import { type JournalFatalError, JournalOpenError } from './errors.ts';
import type { Damage } from './report.ts';

/**
 * `disk`: `onDurable` means fdatasynced. `memory`: `onDurable` means held in memory; the disk follows, and a crash of
 * the machine may lose the tail (`durableIndex` tells how far the disk is).
 */
export type Durability = 'disk' | 'memory';

/**
 * Where fdatasync runs. `inline`: on the event loop, 50-130 µs faster alone. `pool`: on the thread pool, overlaps with
 * other work. `auto`: inline while the queue is short, the disk is quick and nobody else is known to write much, else pool.
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
  /** A read found damage in what had been intact; the journal accepts nothing more. Restart to repair. */
  readonly onDamage?: (damage: Damage) => void;
  /** Called after every write and sync. */
  readonly onSync?: (sample: SyncSample) => void;
  readonly segmentSizeBytes?: number;
  readonly cacheSizeBytes?: number;
  readonly sync?: SyncMode;
}

/** 16 MiB: one preallocation costs tens of ms on the thread pool, and is due every 1-2 s at 50,000 small entries a second. */
export const DEFAULT_SEGMENT_SIZE_BYTES = 16 * 1024 * 1024;
/** 8 MiB of recent entries: a follower a second behind is served from memory, and a killed process frees it in 1 ms. */
export const DEFAULT_CACHE_SIZE_BYTES = 8 * 1024 * 1024;

/** Smaller segments would be all head and no body, and a vote must always fit beside a full log. */
const MIN_SEGMENT_SIZE_BYTES = 64 * 1024;

/** Options with every default filled in. */
export type JournalConfig = Required<Omit<JournalOptions, 'onSync' | 'onDamage'>> &
  Pick<JournalOptions, 'onSync' | 'onDamage'>;

/** Fills in defaults and checks bounds; throws JournalOpenError. */
export function resolveJournalOptions(options: JournalOptions): JournalConfig {
  const segmentSizeBytes = options.segmentSizeBytes ?? DEFAULT_SEGMENT_SIZE_BYTES;
  const cacheSizeBytes = options.cacheSizeBytes ?? DEFAULT_CACHE_SIZE_BYTES;
  const faults: string[] = [];
  if (segmentSizeBytes < MIN_SEGMENT_SIZE_BYTES || segmentSizeBytes % BLOCK_SIZE_BYTES !== 0) {
    faults.push(
      `segmentSizeBytes is ${segmentSizeBytes}: it must be a multiple of ${BLOCK_SIZE_BYTES}, at least ${MIN_SEGMENT_SIZE_BYTES}`,
    );
  }
  if (!(cacheSizeBytes >= 0)) faults.push(`cacheSizeBytes is ${cacheSizeBytes}: it must not be negative`);
  if (options.folder === '') faults.push('folder is empty: name the folder of this journal');
  if (faults.length > 0) throw new JournalOpenError('BATON_JOURNAL_OPTION', options.folder, faults.join('; '));
  return { ...options, segmentSizeBytes, cacheSizeBytes, sync: options.sync ?? 'auto' };
}
