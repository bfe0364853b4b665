/**
 * What is remembered of the past, in a snapshot: the records of all tables, each oldest first, and where their numbering
 * stands, because the last ones may have been taken out.
 */
import type { LedgerState } from './ledger-state.ts';
import type { RecordTable } from './memory/record-table.ts';
import { MalformedError } from './msgpack-reader.ts';
import type { SnapshotSection } from './snapshot-section.ts';

interface TableRecord {
  readonly table: number;
  readonly of: RecordTable;
  readonly record: number;
}

export const RECORDS: SnapshotSection<TableRecord> = {
  name: 'records',
  *items(state) {
    let table = 0;
    for (const of of state.recordTables()) {
      for (const record of of.records()) yield { table, of, record };
      table += 1;
    }
  },
  write(to, { of, record, table }) {
    to.integer(table);
    of.writeRecord(to, record);
  },
  read(from, state) {
    const wanted = from.natural();
    let table = 0;
    for (const of of state.recordTables()) {
      if (table === wanted) {
        of.readRecord(from);
        return;
      }
      table += 1;
    }
    throw new MalformedError(`record of table ${wanted}, there are ${table}`, 0);
  },
};

export const RECORD_SERIALS: SnapshotSection<LedgerState> = {
  name: 'record-serials',
  items: (state) => [state],
  write(to, state) {
    for (const table of state.recordTables()) to.integer(table.nextSerial);
  },
  read(from, state) {
    for (const table of state.recordTables()) table.nextSerial = from.natural();
  },
};
