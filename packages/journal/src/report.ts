// What opening a journal found: nothing is dropped, repaired or given up silently.

/** Damage to what had been acknowledged. The journal kept term and vote; the entries must come from the leader. */
export interface Damage {
  readonly file: string;
  /** Byte offset in the file, -1 when the file itself is missing. */
  readonly offset: number;
  /** First and last index that cannot be trusted; -1 when no entry is concerned. */
  readonly fromIndex: number;
  readonly toIndex: number;
  /** What was found and what was expected. */
  readonly reason: string;
}

export interface RecoveryReport {
  /** True when the folder held no journal and a new one was made. */
  readonly created: boolean;
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly term: number;
  readonly vote: number;
  readonly commit: number;
  /** Index of the checkpoint in use; 0 for none. */
  readonly checkpointIndex: number;
  readonly segments: number;
  /** A group of appends cut off by a crash before it was acknowledged: dropped. */
  readonly tornGroups: number;
  readonly tornSizeBytes: number;
  /** Damage to acknowledged entries: not empty means `isDamaged`, see `Journal.repair`. */
  readonly damage: readonly Damage[];
  /** Damage that cost nothing (a checkpoint with an intact predecessor, a spare copy of the vote): already healed. */
  readonly healed: readonly Damage[];
  readonly durationUs: number;
}
