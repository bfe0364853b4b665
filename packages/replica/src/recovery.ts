// From what the journal holds to a state machine and a raft log to go on with.
//
// Rules decided here: the newest intact checkpoint is restored, the committed entries after it are applied by the usual
// way (apply-loop.ts). A checkpoint holds only committed entries, so the commit index is at least its index even if the
// journal remembers a lower one (a commit index alone is never synced). Damage to acknowledged entries is no state to go
// on with: such a node may have forgotten what it acknowledged, and must not vote, lead or count (FAST'18).

import type { Clock } from '@baton/host';
import type { Journal } from '@baton/journal';
import { type ConfState, EntryType, type Storage, StorageRefusal } from '@baton/raft';
import { decodeCheckpointState } from './checkpoint-state.ts';
import { timeUsOfData } from './entry-data.ts';
import { ReplicaFatalError } from './fatal.ts';
import { SnapshotGate } from './snapshot-gate.ts';
import type { StateMachine } from './state-machine.ts';

/** What raft and the apply loop start with. */
export interface Recovered {
  /** Index and term up to which the state machine is now. */
  readonly index: number;
  readonly term: number;
  readonly confState: ConfState;
  /** What the checkpoint says of members' addresses (member-book.ts). */
  readonly members: Uint8Array;
  /** Commit index known at the start: replay is done when it is applied. */
  readonly commit: number;
  /** Highest entry time in checkpoint and log. */
  readonly lastTimeUs: number;
  readonly storage: Storage;
  readonly snapshotGate: SnapshotGate;
}

/**
 * Restores the checkpoint, if any.
 * @throws ReplicaFatalError when acknowledged entries are damaged
 */
export function recover(
  journal: Journal,
  { stateMachine, nodeId, clock }: { stateMachine: StateMachine; nodeId: number; clock: Clock },
): Recovered {
  const damage = journal.report.damage[0];
  if (journal.isDamaged() && damage !== undefined) {
    const where = `entries ${damage.fromIndex} to ${damage.toIndex} in ${damage.file} at byte ${damage.offset}`;
    throw new ReplicaFatalError(
      'BATON_REPLICA_JOURNAL',
      nodeId,
      `acknowledged ${where} are damaged (${damage.reason}); give the node an empty folder and a new node id`,
    );
  }
  const { hardState, confState } = journal.initialState();
  const checkpoint = journal.loadCheckpoint();
  let lastTimeUs = 0;
  let members: Uint8Array = new Uint8Array(0);
  if (checkpoint !== null) {
    const decoded = decodeCheckpointState(checkpoint.bytes);
    stateMachine.restore(decoded.state);
    lastTimeUs = decoded.lastTimeUs;
    members = decoded.members;
  }
  const index = checkpoint?.index ?? 0;
  const commit = Math.max(hardState.commit, index);
  const snapshotGate = new SnapshotGate(clock);
  return {
    index,
    term: checkpoint?.term ?? 0,
    confState: checkpoint?.confState ?? confState,
    members,
    commit,
    lastTimeUs: Math.max(lastTimeUs, lastEntryTimeUs(journal, index)),
    storage: storageOf(journal, commit, checkpoint?.confState ?? confState, snapshotGate),
    snapshotGate,
  };
}

/** Time of the last entry after `afterIndex` that has one; times are monotone, so it is the highest. */
function lastEntryTimeUs(journal: Journal, afterIndex: number): number {
  for (let index = journal.lastIndex(); index > Math.max(afterIndex, journal.firstIndex() - 1); index--) {
    const entries = journal.entries(index, index + 1, 0);
    const entry = typeof entries === 'string' ? undefined : entries[0];
    if (entry?.type === EntryType.Normal && entry.data.length > 0) return timeUsOfData(entry.data);
  }
  return 0;
}

/** The journal as raft sees it. */
function storageOf(journal: Journal, commit: number, confState: ConfState, gate: SnapshotGate): Storage {
  return {
    initialState: () => ({ hardState: { ...journal.initialState().hardState, commit }, confState }),
    entries: (lo, hi, maxBytes) => journal.entries(lo, hi, maxBytes),
    term: (index) => journal.term(index),
    firstIndex: () => journal.firstIndex(),
    lastIndex: () => journal.lastIndex(),
    snapshot: () => (gate.isOpen ? journal.snapshot() : StorageRefusal.SnapshotTemporarilyUnavailable),
  };
}
