/** A drain as state: where it stands, and until when it waits. Its rules are in drain.ts. */
import type { AtDeadline } from './operation-command.ts';

export type DrainPhase =
  /** Open orders have until the deadline. */
  | 'waiting'
  /** They have been asked to be cancelled. */
  | 'canceling'
  /** Venues are logged out. */
  | 'leaving'
  /** Nothing moves any more; the leader makes the checkpoint. */
  | 'checkpoint'
  | 'done';

export interface Drain {
  readonly reason: string;
  readonly atDeadline: AtDeadline;
  readonly startedIndex: number;
  readonly startedUs: number;
  readonly openAtStart: number;
  phase: DrainPhase;
  phaseUs: number;
  /** Of the phases that wait for orders. */
  deadlineUs: number;
  /** Orders that were open when the venues were left. */
  left: number;
  /** The entry at which the state came to rest; 0 before. */
  finalIndex: number;
  /** Of the checkpoint that holds it; 0 before. */
  checkpointIndex: number;
}

export interface DrainView extends Readonly<Drain> {
  readonly openOrders: number;
}
