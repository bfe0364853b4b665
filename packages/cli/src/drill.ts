/**
 * What a drill that is run from outside found, and its record: measured against objective and limit, which are the ledger's,
 * and kept as an entry of the log. Rule decided here: a live venue is refused unless it is meant.
 */
import type { RecoveryKind } from '@baton/database';
import { DRILL_DOCUMENT_BYTES_MAX, DRILL_OBJECTIVES, type DrillRecord, drillOutcome } from '@baton/ledger';
import type { FileConfiguration } from '@baton/node';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';

/** A name in an entry. */
const BY_LENGTH_MAX = 64;
const LOST_TOLD_MAX = 20;

export const DRILL_KINDS: readonly RecoveryKind[] = ['hot', 'warm', 'cold'];

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
  return {
    id: `${kind}-${startedUs}`,
    kind,
    method,
    startedUs,
    tookUs,
    ...DRILL_OBJECTIVES[kind],
    outcome: drillOutcome(kind, tookUs, lost),
    by: by.slice(0, BY_LENGTH_MAX),
    document: documentOf(lost, evidence),
  };
}

/** What fits into an entry: losses before all else, then the evidence, or word that it was too long. */
function documentOf(lost: readonly string[], evidence: DrillFinding['evidence']): string {
  const whole = JSON.stringify({ lost, ...evidence });
  if (Buffer.byteLength(whole) <= DRILL_DOCUMENT_BYTES_MAX) return whole;
  const told = lost.slice(0, LOST_TOLD_MAX).map((text) => text.slice(0, 100));
  return JSON.stringify({ lost: told, lostCount: lost.length, cut: `${whole.length} characters of evidence` });
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
