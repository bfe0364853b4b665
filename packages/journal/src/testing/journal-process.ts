// A process that appends to a journal and tells each acknowledgement on standard output, until it is killed.
// Arguments: folder, sync mode.

import { writeSync } from 'node:fs';
import { NodeClock, NodeDisk } from '@baton/host/node';
import { Journal } from '../journal.ts';
import type { SyncMode } from '../options.ts';

const [folder = '', sync = 'auto'] = process.argv.slice(2);
const journal = await Journal.open({
  disk: new NodeDisk(),
  clock: new NodeClock(),
  folder,
  durability: 'disk',
  sync: sync as SyncMode,
  segmentSizeBytes: 256 * 1024,
  confState: { voters: [1], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false },
  onFatal: (error) => {
    throw error;
  },
});

/** What entry `index` must hold: the test makes the same bytes. */
function dataOf(index: number): Buffer {
  return Buffer.alloc(index % 997, index % 251);
}

const term = journal.initialState().hardState.term + 1;
journal.append({ hardState: { term, vote: 1, commit: 0 }, entries: [], snapshot: null }, () => {});

function appendNext(): void {
  const first = journal.lastIndex() + 1;
  const entries = Array.from({ length: 1 + (first % 20) }, (_, at) => ({
    term,
    index: first + at,
    type: 0 as const,
    data: dataOf(first + at),
  }));
  const last = first + entries.length - 1;
  journal.append({ hardState: null, entries, snapshot: null }, () => {
    writeSync(1, `${last}\n`);
    appendNext();
  });
}
for (let line = 0; line < 4; line += 1) appendNext();
