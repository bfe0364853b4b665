/** How the scribe is, in numbers. */

export interface SinkStatus {
  readonly name: string;
  readonly state: 'open' | 'closed' | 'behind';
  /** Up to here everything is durable; null for a sink that keeps no place. */
  readonly cursor: number | null;
  /** Why it is not open; '' when it is. */
  readonly text: string;
}

export interface ScribeStatus {
  readonly pid: number;
  /** Applied here. */
  readonly index: number;
  /** Committed entries that it knows of and has not applied. */
  readonly lagEntries: number;
  /** For how long the oldest of them has been known, ms. */
  readonly lagMs: number;
  /** The checkpoint it began from in this life, and how many entries it applied since. */
  readonly startedAt: number;
  readonly appliedEntries: number;
  /** Newest verified checkpoint; 0 for none in this life. */
  readonly checkpointIndex: number;
  /** Why the last checkpoint could not be written; '' when it could. */
  readonly checkpointProblem: string;
  readonly memoryBytes: number;
  readonly sinks: readonly SinkStatus[];
}
