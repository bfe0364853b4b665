// A read-only picture of a journal, for operators and metrics.

/** Numbers of a journal; counters since open. */
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
  /** Bytes that can still be written without asking the disk for space. */
  readonly roomSizeBytes: number;
  readonly syncs: number;
  readonly writtenSizeBytes: number;
  readonly segments: number;
  readonly cachedEntries: number;
  readonly cachedSizeBytes: number;
}
