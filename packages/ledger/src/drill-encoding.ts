/** Drills in a snapshot, and in the state hash. */
import type { Digest } from './digest.ts';
import type { DrillOutcome, DrillRecord, DrillUnderWay } from './drill-record.ts';
import type { Drills } from './drills.ts';
import type { MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';
import type { RecoveryDoor } from './operation-command.ts';
import { type SnapshotSection, TEXT_MAX } from './snapshot-section.ts';

export const DRILLS: SnapshotSection<DrillRecord> = {
  name: 'drills',
  items: ({ drills }) => drills.records,
  write: writeRecord,
  read: (from, { drills }) => drills.records.push(readRecord(from)),
};

export const DRILL_UNDER_WAY: SnapshotSection<DrillUnderWay> = {
  name: 'drill under way',
  items: ({ drills }) => (drills.underWay === undefined ? [] : [drills.underWay]),
  write: writeUnderWay,
  read(from, { drills }) {
    const text = (): string => from.text(TEXT_MAX);
    drills.underWay = {
      id: text(),
      kind: text() as RecoveryDoor,
      method: text(),
      by: text(),
      node: from.natural(),
      term: from.natural(),
      startedIndex: from.natural(),
      startedUs: from.natural(),
    };
  },
};

/** Nothing before the first drill: builds that know none must agree with this one until then. */
export function digestDrills(digest: Digest, { records, underWay }: Drills): void {
  if (records.length === 0 && underWay === undefined) return;
  const to = new MsgpackWriter();
  for (const record of records) writeRecord(to, record);
  if (underWay !== undefined) writeUnderWay(to, underWay);
  digest.bytes(to.finish());
}

function writeRecord(to: MsgpackWriter, record: DrillRecord): void {
  const { by, document, id, kind, limitUs, method, objectiveUs, outcome, startedUs, tookUs } = record;
  to.text(id)
    .text(kind)
    .text(method)
    .integer(startedUs)
    .integer(tookUs ?? -1);
  to.integer(objectiveUs).integer(limitUs).text(outcome).text(by).text(document);
}

function readRecord(from: MsgpackReader): DrillRecord {
  const text = (): string => from.text(TEXT_MAX);
  const [id, kind, method, startedUs, took] = [text(), text(), text(), from.natural(), from.integer()];
  return {
    id,
    kind: kind as RecoveryDoor,
    method,
    startedUs,
    tookUs: took < 0 ? null : took,
    objectiveUs: from.natural(),
    limitUs: from.natural(),
    outcome: text() as DrillOutcome,
    by: text(),
    document: text(),
  };
}

function writeUnderWay(to: MsgpackWriter, underWay: DrillUnderWay): void {
  const { by, id, kind, method, node, startedIndex, startedUs, term } = underWay;
  to.text(id).text(kind).text(method).text(by).integer(node).integer(term).integer(startedIndex).integer(startedUs);
}
