/** Where the numbering of remembered records stands, in a snapshot: the last ones may have been taken out. */
import type { LedgerState } from './ledger-state.ts';
import type { SnapshotSection } from './snapshot-section.ts';

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
