/** The executions that a venue has reported, in a snapshot: oldest first, of each venue. */

import type { RecordTable } from './memory/record-table.ts';
import { MalformedError } from './msgpack-reader.ts';
import { type SnapshotSection, TEXT_MAX } from './snapshot-section.ts';

interface KnownExecution {
  readonly venue: string;
  readonly table: RecordTable;
  readonly record: number;
}

export const EXECUTIONS: SnapshotSection<KnownExecution> = {
  name: 'executions',
  *items({ venues }) {
    for (const [venue, { executions }] of venues) {
      const { table } = executions;
      for (const record of table.records()) yield { venue, table, record };
    }
  },
  write(to, { record, table, venue }) {
    to.text(venue);
    table.writeRecord(to, record);
  },
  read(from, state) {
    const name = from.text(TEXT_MAX);
    const venue = state.venues.get(name);
    if (venue === undefined) throw new MalformedError(`execution at unknown venue '${name}'`, 0);
    venue.executions.table.readRecord(from);
  },
};
