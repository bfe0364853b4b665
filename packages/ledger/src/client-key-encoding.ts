/** The remembered answers to client requests, in a snapshot: oldest first. */
import type { RecordTable } from './memory/record-table.ts';
import type { SnapshotSection } from './snapshot-section.ts';

interface KnownRequest {
  readonly table: RecordTable;
  readonly record: number;
}

export const CLIENT_KEYS: SnapshotSection<KnownRequest> = {
  name: 'client-keys',
  *items({ clientKeys: { table } }) {
    for (const record of table.records()) yield { table, record };
  },
  write: (to, { record, table }) => table.writeRecord(to, record),
  read(from, { clientKeys }) {
    clientKeys.table.readRecord(from);
  },
};
