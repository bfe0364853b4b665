// From what the journal holds to a state machine and a raft log to go on with.
//
// Rules decided here: the newest intact checkpoint is restored, the committed entries after it are applied by the usual
// way (apply-loop.ts). A checkpoint holds only committed entries, so the commit index is at least its index even if the
// journal remembers a lower one (a commit index alone is never synced). A term is at least that of the last entry: mended
// entries may be of a term this node never heard of, in which it then has not voted. A damaged journal is no state to go
// on with: it is mended before (mending.ts).

import type { Clock } from '@baton/host';
import type { Checkpoint, Journal } from '@baton/journal';
import { type ConfState, EntryType, type HardState, type Storage, StorageRefusal } from '@baton/raft';
import { type CheckpointState, decodeCheckpointState } from './checkpoint-state.ts';
import { timeUsOfData } from './entry-data.ts';
import { invariant } from './invariant.ts';
import type { ReplicaLog } from './replica-log.ts';
import { SnapshotGate } from './snapshot-gate.ts';
import type { StateMachine } from './state-machine.ts';
import { announcedSnapshot } from './supply.ts';

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

/** Restores the checkpoint, if any. The journal must be whole. */
export function recover(
  journal: Journal,
  { stateMachine, clock, log }: { stateMachine: StateMachine; clock: Clock; log: ReplicaLog },
): Recovered {
  invariant(!journal.isDamaged(), 'a damaged journal has to be mended before a replica starts with it');
  const { hardState, confState } = journal.initialState();
  const { checkpoint, lastTimeUs, members } = restoreNewest(journal, stateMachine, log);
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

interface Restored extends Pick<CheckpointState, 'lastTimeUs' | 'members'> {
  /** Null for the empty beginning. */
  readonly checkpoint: Checkpoint | null;
}

/**
 * The newest checkpoint that the state machine takes: one that it refuses gives way to the one before, as long as the log
 * leads on from there. Another build's is not passed over: the log may hold what only that build understands.
 */
function restoreNewest(journal: Journal, stateMachine: StateMachine, log: ReplicaLog): Restored {
  for (let checkpoint = journal.loadCheckpoint(); checkpoint !== null; ) {
    try {
      const { state, lastTimeUs, members } = decodeCheckpointState(checkpoint.bytes);
      stateMachine.restore(state);
      return { checkpoint, lastTimeUs, members };
    } catch (error) {
      const { index } = checkpoint;
      const file = journal.checkpoints().find((info) => info.index === index)?.file ?? `checkpoint ${index}`;
      const older = journal.loadCheckpoint(index - 1);
      const leadsOn = (older?.index ?? 0) >= journal.firstIndex() - 1;
      const isOtherBuild = (error as { isOtherBuild?: boolean }).isOtherBuild === true;
      const remedy = isOtherBuild ? 'start the build that wrote it' : 'replace this node, or start cold';
      const reason = error instanceof Error ? error.message : String(error);
      if (isOtherBuild || !leadsOn)
        throw new Error(`no state to start with: ${file}: ${reason}; ${remedy}`, { cause: error });
      log('error', 'a checkpoint does not restore: the one before stands in for it', { file, reason });
      checkpoint = older;
    }
  }
  return { checkpoint: null, lastTimeUs: 0, members: new Uint8Array(0) };
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
    initialState: () => ({ hardState: { ...hardStateOf(journal), commit }, confState }),
    entries: (lo, hi, maxBytes) => {
      const found = journal.entries(lo, hi, maxBytes);
      // Found damaged just now: who needs them gets nothing until this node has handed over and ended.
      return found === StorageRefusal.Unavailable && journal.isDamaged() ? StorageRefusal.Compacted : found;
    },
    term: (index) => journal.term(index),
    firstIndex: () => journal.firstIndex(),
    lastIndex: () => journal.lastIndex(),
    snapshot: () => {
      const isReady = gate.isOpen && !journal.isDamaged();
      return isReady ? announcedSnapshot(journal) : StorageRefusal.SnapshotTemporarilyUnavailable;
    },
  };
}

/** Term and vote, with a term that is at least that of the last entry. */
function hardStateOf(journal: Journal): HardState {
  const { hardState } = journal.initialState();
  const lastTerm = journal.term(journal.lastIndex());
  if (typeof lastTerm !== 'number' || lastTerm <= hardState.term) return hardState;
  return { ...hardState, term: lastTerm, vote: 0 };
}
