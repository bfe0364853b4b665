/** The single figures of the state in a snapshot: where the log stands, the last barrier, counts. */
import type { LedgerState } from './ledger-state.ts';
import type { SnapshotSection } from './snapshot-section.ts';

export const SCALARS: SnapshotSection<LedgerState> = {
  name: 'scalars',
  items: (state) => [state],
  write(to, { counts, entry, staleCommands, takeoverNode, takeoverTerm }) {
    to.integer(entry.index).integer(entry.timeUs);
    to.integer(takeoverTerm).integer(takeoverNode);
    to.integer(staleCommands);
    to.integer(counts.orders).integer(counts.voided).integer(counts.fills);
  },
  read(from, state) {
    const { counts, entry } = state;
    entry.index = from.natural();
    entry.timeUs = from.integer();
    state.takeoverTerm = from.natural();
    state.takeoverNode = from.natural();
    state.staleCommands = from.natural();
    counts.orders = from.natural();
    counts.voided = from.natural();
    counts.fills = from.natural();
  },
};
