/** A recovery as state: its steps, and whose gates wait for it. Its rules are in recovery-run.ts. */
import type { RecoveryDoor } from './operation-command.ts';

export type RecoveryStatus = 'PENDING' | 'COMPLETE' | 'FAILED';

export interface RecoveryStepRecord {
  readonly step: string;
  /** '' for a step of no one venue. */
  readonly venue: string;
  readonly ok: boolean;
  readonly detail: string;
  /** The entry that completed it, the last time. */
  readonly index: number;
  readonly timeUs: number;
}

export interface RecoveryRun {
  /** Counted since the incarnation began. */
  readonly n: number;
  readonly door: RecoveryDoor;
  readonly reason: string;
  readonly startedIndex: number;
  readonly startedUs: number;
  /** The node that leads it, and how often another one went on with it. */
  node: number;
  resumed: number;
  status: RecoveryStatus;
  /** 0 while it runs. */
  endedUs: number;
  /** Each step of each venue once, as it last came out. */
  steps: RecoveryStepRecord[];
  /** Venues whose gates wait for it. */
  waiting: string[];
  /** Venues whose books did not agree: cancels only, until an operator says otherwise. */
  failed: string[];
}
