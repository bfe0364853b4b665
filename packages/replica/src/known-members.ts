// Who belongs to the cluster and where each listens, as far as a journal that is damaged can still tell: its checkpoint, the
// changes in the entries before the damage, and what the options say. For asking for help, never for quorums.

import type { Address } from '@baton/host';
import type { Journal } from '@baton/journal';
import { ConfChangeType, decodeConfChange, EntryType } from '@baton/raft';
import { decodeCheckpointState } from './checkpoint-state.ts';
import type { ReplicaPeer } from './links.ts';
import { decodeChangeNote, MemberBook } from './member-book.ts';

/** Entries looked at together, bytes. */
const BATCH_BYTES = 1024 * 1024;

/** Those that `peers` name, changed by what the journal says. */
export function knownMembers(journal: Journal, peers: readonly ReplicaPeer[]): ReadonlyMap<number, Address> {
  const book = new MemberBook(peers);
  const checkpoint = journal.loadCheckpoint();
  if (checkpoint !== null) book.restore(decodeCheckpointState(checkpoint.bytes).members);
  const { voters, learners } = checkpoint?.confState ?? journal.initialState().confState;
  const ids = new Set([...peers.map(({ nodeId }) => nodeId), ...voters, ...learners]);
  for (const id of book.removed.keys()) ids.delete(id);
  const last = journal.lastIndex();
  for (let index = Math.max(journal.firstIndex(), (checkpoint?.index ?? 0) + 1); index <= last; ) {
    const entries = journal.entries(index, last + 1, BATCH_BYTES);
    if (typeof entries === 'string' || entries.length === 0) break;
    index += entries.length;
    for (const entry of entries) {
      if (entry.type === EntryType.Normal) continue;
      const change = decodeConfChange(entry);
      const member = decodeChangeNote(change.context)?.member ?? null;
      for (const { type, nodeId } of change.changes) {
        if (type === ConfChangeType.RemoveNode) ids.delete(nodeId);
        else ids.add(nodeId);
        if (member !== null) book.set(nodeId, member);
      }
    }
  }
  return new Map(
    [...ids].flatMap((id) => {
      const entry = book.get(id);
      return entry === undefined ? [] : [[id, entry.address] as const];
    }),
  );
}
