/**
 * What a drill is, as state: a planned failure, when it was begun, how long trading was impossible, and what it is measured
 * against. Rules decided here: the objective is what requirements §8.1 adds up to, the limit is what §1.1 promises at most;
 * a drill that lost something committed, or did not come back, has failed, however fast it was.
 */
import type { RecoveryDoor } from './operation-command.ts';

export type DrillOutcome = 'met' | 'slow' | 'missed' | 'failed';
export const DRILL_OUTCOMES: readonly DrillOutcome[] = ['met', 'slow', 'missed', 'failed'];

export interface DrillRecord {
  /** Whoever tells of the same drill twice gives the same id. */
  readonly id: string;
  readonly kind: RecoveryDoor;
  /** What was done to the cluster: `kill`, `transfer`, … */
  readonly method: string;
  readonly startedUs: number;
  /** From the blow to the first moment at which trading went on; null when it did not. */
  readonly tookUs: number | null;
  readonly objectiveUs: number;
  readonly limitUs: number;
  readonly outcome: DrillOutcome;
  readonly by: string;
  /** Evidence as JSON. */
  readonly document: string;
}

/** One that the leader has begun, and that is over when the next leader's gates are open. */
export interface DrillUnderWay {
  readonly id: string;
  readonly kind: RecoveryDoor;
  readonly method: string;
  readonly by: string;
  /** Who led, and in which term. */
  readonly node: number;
  readonly term: number;
  readonly startedIndex: number;
  readonly startedUs: number;
}

/** Time to resume trading, µs. */
export const DRILL_OBJECTIVES: Readonly<
  Record<RecoveryDoor, { readonly objectiveUs: number; readonly limitUs: number }>
> = {
  hot: { objectiveUs: 400_000, limitUs: 5_000_000 },
  warm: { objectiveUs: 140_000_000, limitUs: 300_000_000 },
  cold: { objectiveUs: 1_020_000_000, limitUs: 1_800_000_000 },
};

export function drillOutcome(kind: RecoveryDoor, tookUs: number | null, lost: readonly string[]): DrillOutcome {
  if (tookUs === null || lost.length > 0) return 'failed';
  const { limitUs, objectiveUs } = DRILL_OBJECTIVES[kind];
  if (tookUs <= objectiveUs) return 'met';
  return tookUs <= limitUs ? 'slow' : 'missed';
}
