/** What reconciliation keeps, in a snapshot and in the state hash. */
import type { Digest } from '../digest.ts';
import { MalformedError, type MsgpackReader } from '../msgpack-reader.ts';
import type { MsgpackWriter } from '../msgpack-writer.ts';
import type { RampStep } from '../ramp.ts';
import { type SnapshotSection, TEXT_MAX } from '../snapshot-section.ts';
import type { ColdVenueStep, ColdWarmUp, ColdWarmUpState } from './cold-start.ts';
import { readFinding, writeFinding } from './finding.ts';
import { raisePrefix } from './incarnation.ts';
import { type ReconcileMode, readGuard, writeGuard } from './reconcile-command.ts';
import type {
  ColdState,
  ColdVenueState,
  FindingOutcome,
  FindingRecord,
  Reconciliation,
  RunRecord,
} from './reconciliation.ts';

export const FINDING_RECORDS: SnapshotSection<FindingRecord> = {
  name: 'findings',
  items: ({ reconciliation }) => reconciliation.records.values(),
  write(to, record) {
    to.text(record.venue);
    writeFinding(to, record.finding);
    to.text(record.outcome).integer(record.firstIndex).integer(record.lastRun).integer(record.index);
    to.integer(record.timeUs).text(record.by).text(record.reason);
  },
  read(from, { reconciliation }) {
    reconciliation.put({
      venue: from.text(TEXT_MAX),
      finding: readFinding(from),
      outcome: from.text(TEXT_MAX) as FindingOutcome,
      firstIndex: from.natural(),
      lastRun: from.natural(),
      index: from.natural(),
      timeUs: from.integer(),
      by: from.text(TEXT_MAX),
      reason: from.text(TEXT_MAX),
    });
  },
};

export const RECONCILIATION: SnapshotSection<Reconciliation> = {
  name: 'reconciliation',
  items: ({ reconciliation }) => [reconciliation],
  write(to, { cold, current, runs }) {
    to.array(runs.length);
    for (const run of runs) writeRun(to, run);
    to.array(current.size);
    for (const [venue, { booked, findings, run }] of current) {
      to.text(venue).integer(run).integer(findings).integer(booked);
    }
    to.array(cold === undefined ? 0 : 1);
    if (cold !== undefined) writeCold(to, cold);
  },
  read(from, state) {
    const { reconciliation } = state;
    for (let left = from.array(); left > 0; left -= 1) reconciliation.runs.push(readRun(from));
    for (let left = from.array(); left > 0; left -= 1) {
      const venue = from.text(TEXT_MAX);
      const counts = { run: from.natural(), findings: from.natural(), booked: from.natural() };
      reconciliation.current.set(venue, counts);
    }
    const count = from.array();
    if (count > 1) throw new MalformedError('more than one cold start', 0);
    if (count === 1) reconciliation.cold = readCold(from);
    raisePrefix(state);
  },
};

export function digestReconciliation(digest: Digest, { cold, current, records, runs }: Reconciliation): void {
  digest
    .integer(records.size)
    .integer(runs.length)
    .integer(runs.at(-1)?.index ?? 0);
  for (const { finding, index, lastRun, outcome } of records.values()) {
    digest.text(finding.id).text(outcome).integer(index).integer(lastRun).integer(finding.sinceIndex);
  }
  for (const [venue, counts] of current) digest.text(venue).integer(counts.run).integer(counts.booked);
  if (cold === undefined) return;
  digest.integer(cold.incarnation).integer(cold.startedIndex).integer(cold.endedIndex).integer(cold.ramp.length);
  digest.integer(cold.reconciledUs).text(cold.warmUp.state).integer(cold.warmUp.index);
  for (const [venue, { fills, index, orders, positions, step }] of cold.venues) {
    digest.text(venue).text(step).integer(index).integer(fills).integer(orders).integer(positions);
  }
}

function writeRun(to: MsgpackWriter, run: RunRecord): void {
  to.text(run.venue).integer(run.run).text(run.mode).integer(run.index).integer(run.timeUs);
  to.integer(run.fills).integer(run.orders).integer(run.positions);
  to.integer(run.findings).integer(run.booked).integer(run.waiting).text(run.untold);
}

function readRun(from: MsgpackReader): RunRecord {
  return {
    venue: from.text(TEXT_MAX),
    run: from.natural(),
    mode: from.text(TEXT_MAX) as ReconcileMode,
    index: from.natural(),
    timeUs: from.integer(),
    fills: from.natural(),
    orders: from.natural(),
    positions: from.natural(),
    findings: from.natural(),
    booked: from.natural(),
    waiting: from.natural(),
    untold: from.text(TEXT_MAX),
  };
}

function writeCold(to: MsgpackWriter, cold: ColdState): void {
  to.integer(cold.incarnation).text(cold.by).text(cold.reason).integer(cold.startedIndex).integer(cold.startedUs);
  to.integer(cold.endedIndex).integer(cold.endedUs).array(cold.ramp.length);
  for (const { durationMs, percent } of cold.ramp) to.integer(percent).integer(durationMs);
  writeGuard(to, cold.guard);
  to.integer(cold.reconciledUs).integer(cold.warmUpMaxMs);
  to.text(cold.warmUp.state).text(cold.warmUp.detail).integer(cold.warmUp.index).integer(cold.warmUp.timeUs);
  to.array(cold.venues.size);
  for (const [venue, one] of cold.venues) {
    to.text(venue).text(one.step).integer(one.index).integer(one.timeUs);
    to.integer(one.positions).integer(one.orders).integer(one.fills).text(one.detail);
  }
}

function readCold(from: MsgpackReader): ColdState {
  const head = {
    incarnation: from.natural(),
    by: from.text(TEXT_MAX),
    reason: from.text(TEXT_MAX),
    startedIndex: from.natural(),
    startedUs: from.integer(),
    endedIndex: from.natural(),
    endedUs: from.integer(),
  };
  const ramp: RampStep[] = [];
  for (let left = from.array(); left > 0; left -= 1) {
    ramp.push({ percent: from.natural(), durationMs: from.natural() });
  }
  const { guard } = readGuard({ from });
  const [reconciledUs, warmUpMaxMs] = [from.natural(), from.natural()];
  const warmUp: ColdWarmUp = {
    state: from.text(TEXT_MAX) as ColdWarmUpState,
    detail: from.text(TEXT_MAX),
    index: from.natural(),
    timeUs: from.natural(),
  };
  const venues = new Map<string, ColdVenueState>();
  for (let left = from.array(); left > 0; left -= 1) {
    venues.set(from.text(TEXT_MAX), {
      step: from.text(TEXT_MAX) as ColdVenueStep,
      index: from.natural(),
      timeUs: from.integer(),
      positions: from.natural(),
      orders: from.natural(),
      fills: from.natural(),
      detail: from.text(TEXT_MAX),
    });
  }
  return { ...head, ramp, guard, venues, reconciledUs, warmUpMaxMs, warmUp };
}
