/** Stop, drain, recovery, changes of configuration and version in a snapshot, and in the state hash. */

import { readConfiguration, writeConfiguration } from './configuration-encoding.ts';
import type { Digest } from './digest.ts';
import type { Drain, DrainPhase } from './drain-state.ts';
import type { MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';
import type { AtDeadline, RecoveryDoor } from './operation-command.ts';
import type { ConfigurationChange, Operations } from './operations.ts';
import type { RecoveryRun, RecoveryStatus } from './recovery-record.ts';
import { type SnapshotSection, TEXT_MAX } from './snapshot-section.ts';

export const OPERATIONS: SnapshotSection<Operations> = {
  name: 'operations',
  items: ({ operations }) => [operations],
  write: writeOperations,
  read(from, { operations }) {
    const text = (): string => from.text(TEXT_MAX);
    operations.logVersion = from.natural();
    if (from.boolean()) operations.stopped = { reason: text(), index: from.natural(), timeUs: from.natural() };
    if (from.boolean()) operations.drain = readDrain(from);
    if (from.boolean()) operations.recovery = readRun(from);
    if (from.boolean()) operations.file = readConfiguration(from);
    for (let left = from.array(); left > 0; left -= 1) operations.overrides.set(text(), text());
    for (let left = from.array(); left > 0; left -= 1) operations.alertsTold.set(text(), from.natural());
  },
};

export const CONFIGURATION_CHANGES: SnapshotSection<ConfigurationChange> = {
  name: 'configuration changes',
  items: ({ operations }) => operations.changes,
  write: writeChange,
  read(from, { operations }) {
    const text = (): string => from.text(TEXT_MAX);
    operations.changes.push({
      version: from.natural(),
      index: from.natural(),
      timeUs: from.natural(),
      key: text(),
      before: text(),
      after: text(),
      reason: text(),
    });
  },
};

/** Everything that a snapshot carries of it. */
export function digestOperations(digest: Digest, operations: Operations): void {
  const to = new MsgpackWriter();
  writeOperations(to, operations);
  for (const change of operations.changes) writeChange(to, change);
  digest.bytes(to.finish());
}

function writeOperations(to: MsgpackWriter, operations: Operations): void {
  const { alertsTold, drain, file, logVersion, overrides, recovery, stopped } = operations;
  to.integer(logVersion);
  to.boolean(stopped !== undefined);
  if (stopped !== undefined) to.text(stopped.reason).integer(stopped.index).integer(stopped.timeUs);
  to.boolean(drain !== undefined);
  if (drain !== undefined) writeDrain(to, drain);
  to.boolean(recovery !== undefined);
  if (recovery !== undefined) writeRun(to, recovery);
  to.boolean(file !== undefined);
  if (file !== undefined) writeConfiguration(to, file);
  to.array(overrides.size);
  for (const [key, value] of overrides) to.text(key).text(value);
  to.array(alertsTold.size);
  for (const [receiver, upTo] of alertsTold) to.text(receiver).integer(upTo);
}

function writeChange(
  to: MsgpackWriter,
  { after, before, index, key, reason, timeUs, version }: ConfigurationChange,
): void {
  to.integer(version).integer(index).integer(timeUs).text(key).text(before).text(after).text(reason);
}

function writeDrain(to: MsgpackWriter, drain: Drain): void {
  to.text(drain.reason)
    .text(drain.atDeadline)
    .integer(drain.startedIndex)
    .integer(drain.startedUs)
    .integer(drain.openAtStart);
  to.text(drain.phase).integer(drain.phaseUs).integer(drain.deadlineUs).integer(drain.left);
  to.integer(drain.finalIndex).integer(drain.checkpointIndex);
}

function readDrain(from: MsgpackReader): Drain {
  const text = (): string => from.text(TEXT_MAX);
  return {
    reason: text(),
    atDeadline: text() as AtDeadline,
    startedIndex: from.natural(),
    startedUs: from.natural(),
    openAtStart: from.natural(),
    phase: text() as DrainPhase,
    phaseUs: from.natural(),
    deadlineUs: from.natural(),
    left: from.natural(),
    finalIndex: from.natural(),
    checkpointIndex: from.natural(),
  };
}

function writeRun(to: MsgpackWriter, run: RecoveryRun): void {
  to.integer(run.n).text(run.door).text(run.reason).integer(run.startedIndex).integer(run.startedUs);
  to.integer(run.node).integer(run.resumed).text(run.status).integer(run.endedUs);
  to.array(run.steps.length);
  for (const { detail, index, ok, step, timeUs, venue } of run.steps) {
    to.text(step).text(venue).boolean(ok).text(detail).integer(index).integer(timeUs);
  }
  for (const names of [run.waiting, run.failed]) {
    to.array(names.length);
    for (const name of names) to.text(name);
  }
}

function readRun(from: MsgpackReader): RecoveryRun {
  const text = (): string => from.text(TEXT_MAX);
  const list = <Item>(item: () => Item): Item[] => Array.from({ length: from.array() }, item);
  return {
    n: from.natural(),
    door: text() as RecoveryDoor,
    reason: text(),
    startedIndex: from.natural(),
    startedUs: from.natural(),
    node: from.natural(),
    resumed: from.natural(),
    status: text() as RecoveryStatus,
    endedUs: from.natural(),
    steps: list(() => ({
      step: text(),
      venue: text(),
      ok: from.boolean(),
      detail: text(),
      index: from.natural(),
      timeUs: from.natural(),
    })),
    waiting: list(text),
    failed: list(text),
  };
}
