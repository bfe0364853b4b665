/**
 * What a drill is: a planned failure of a running cluster, measured against the objectives of requirements §8.1 and §1.1.
 * Rules decided here: the objective is what §8.1 adds up to, the limit is what §1.1 promises at most; a drill that lost
 * something committed has failed, however fast it was.
 */
import type { DrillRecord, RecoveryKind } from '@baton/database';
import type { FileConfiguration } from '@baton/node';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';

export const DRILL_KINDS: readonly RecoveryKind[] = ['hot', 'warm', 'cold'];

/** Time to resume trading, µs. */
export const OBJECTIVES: Readonly<Record<RecoveryKind, { readonly objectiveUs: number; readonly limitUs: number }>> = {
  hot: { objectiveUs: 400_000, limitUs: 5_000_000 },
  warm: { objectiveUs: 140_000_000, limitUs: 300_000_000 },
  cold: { objectiveUs: 1_020_000_000, limitUs: 1_800_000_000 },
};

/** What a drill found. */
export interface DrillFinding {
  readonly method: string;
  readonly startedUs: number;
  /** From the blow to open gates; null when they did not open in time. */
  readonly tookUs: number | null;
  /** Committed before, and gone after; anything but an empty list is a failure. */
  readonly lost: readonly string[];
  /** Everything else worth keeping. */
  readonly evidence: Readonly<Record<string, unknown>>;
}

export function drillRecord(kind: RecoveryKind, by: string, finding: DrillFinding): DrillRecord {
  const { evidence, lost, method, startedUs, tookUs } = finding;
  const { limitUs, objectiveUs } = OBJECTIVES[kind];
  return {
    id: `${kind}-${startedUs}`,
    kind,
    method,
    startedUs,
    tookUs,
    objectiveUs,
    limitUs,
    outcome: outcomeOf(kind, tookUs, lost),
    by,
    document: JSON.stringify({ lost, ...evidence }),
  };
}

export function outcomeOf(kind: RecoveryKind, tookUs: number | null, lost: readonly string[]): DrillRecord['outcome'] {
  if (tookUs === null || lost.length > 0) return 'failed';
  const { limitUs, objectiveUs } = OBJECTIVES[kind];
  if (tookUs <= objectiveUs) return 'met';
  return tookUs <= limitUs ? 'slow' : 'missed';
}

/** @throws CliError BATON_CLI_REFUSED at a live venue, unless `onLiveVenue` */
export function refuseLiveVenue({ venues }: FileConfiguration, onLiveVenue: boolean): void {
  const live = venues.filter(({ environment }) => environment === 'live').map(({ name }) => name);
  if (live.length === 0 || onLiveVenue) return;
  throw new CliError('BATON_CLI_REFUSED', `a drill breaks the cluster on purpose, and ${live.join(', ')} is live`, {
    exitCode: ExitCode.refused,
    remedy: 'set environment: test at venues where nothing costs money, or give --on-live-venue if this is meant',
  });
}
