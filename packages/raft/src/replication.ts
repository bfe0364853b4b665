/**
 * The leader's side of replication: what to send to whom, snapshots for those who are behind the log, heartbeats, and
 * the commit rule. Source: paper 5.3 and 5.4.2, thesis 10.2.1 (writing in parallel), flow control of etcd/raft.
 */
import { type ConfState, NO_ENTRIES, payloadSizeBytes } from './entry.ts';
import { brokenInvariant } from './invariant.ts';
import { UNKNOWN_TERM } from './log.ts';
import { MessageType } from './message.ts';
import { type Progress, ProgressState } from './progress.ts';
import type { Raft } from './raft.ts';
import { StorageRefusal } from './storage.ts';

function progressOf(raft: Raft, to: number): Progress {
  const progress = raft.tracker.progress.get(to);
  if (progress === undefined) brokenInvariant(`an append to ${to}, which is no member`);
  return progress;
}

/** Sends an append to `to`, even an empty one (which conveys the commit index), unless it is paused. */
export function sendAppend(raft: Raft, to: number): boolean {
  return trySendAppend(raft, to, progressOf(raft, to), true);
}

/** Sends the next entries to `to` if there are any and flow control allows. */
export function sendEntries(raft: Raft, to: number): boolean {
  return trySendAppend(raft, to, progressOf(raft, to), false);
}

function trySendAppend(raft: Raft, to: number, progress: Progress, evenIfEmpty: boolean): boolean {
  if (progress.isPaused()) return false;
  const { log } = raft;
  const prevIndex = progress.next - 1;
  const prevTerm = log.term(prevIndex);
  if (prevTerm === UNKNOWN_TERM) return sendSnapshot(raft, to, progress);
  // With a full window only empty appends go out: should all of the window be lost, their answer opens it again.
  const mayCarry = progress.state !== ProgressState.Replicate || !progress.inflights.isFull();
  const entries = mayCarry ? log.entries(progress.next, raft.config.maxMessageBytes) : NO_ENTRIES;
  if (entries === null) return sendSnapshot(raft, to, progress);
  if (entries.length === 0 && !evenIfEmpty) return false;
  const message = raft.message(MessageType.App, to);
  message.index = prevIndex;
  message.logTerm = prevTerm;
  message.entries = entries;
  message.commit = log.committed;
  raft.send(message);
  progress.sentEntries(entries.length, payloadSizeBytes(entries));
  progress.sentCommit = log.committed;
  return true;
}

/** A follower that needs what is compacted gets the snapshot, once it is heard of. */
function sendSnapshot(raft: Raft, to: number, progress: Progress): boolean {
  if (!progress.recentActive) return false;
  const snapshot = raft.log.snapshot();
  if (snapshot === StorageRefusal.SnapshotTemporarilyUnavailable) return false;
  if (typeof snapshot === 'string' || snapshot.index === 0) {
    brokenInvariant(`the log begins at ${raft.log.firstIndex()}, but storage has no snapshot of what is before`);
  }
  // One from before the follower was a member is refused there; wait for storage to have a newer one.
  if (raft.config.strictConfChanges && !isNamedIn(snapshot.confState, to)) return false;
  progress.becomeSnapshot(snapshot.index);
  const message = raft.message(MessageType.Snap, to);
  message.snapshot = snapshot;
  raft.send(message);
  return true;
}

function isNamedIn(state: ConfState, id: number): boolean {
  return state.voters.includes(id) || state.learners.includes(id) || state.votersOutgoing.includes(id);
}

/** Appends to everybody else. */
export function broadcastAppend(raft: Raft): void {
  const { ids, members } = raft.tracker;
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] !== raft.id) trySendAppend(raft, ids[i]!, members[i]!, true);
  }
}

/** Entries that others still lack, to each of them; nothing to those who have all. */
export function broadcastEntries(raft: Raft): void {
  const { ids, members } = raft.tracker;
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] !== raft.id) trySendAppend(raft, ids[i]!, members[i]!, false);
  }
}

/** New entries or a new commit index: told to everybody now, or with coalescing when the loop next asks for work. */
export function announce(raft: Raft): void {
  if (raft.config.coalesceAppends) raft.appendsDue = true;
  else broadcastAppend(raft);
}

/** Sends what is owed: to each follower its entries, or at least the commit index if that is news to it. */
export function flushAppends(raft: Raft): void {
  raft.appendsDue = false;
  const { ids, members } = raft.tracker;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (id === raft.id) continue;
    const progress = members[i]!;
    if (progress.state === ProgressState.Probe) {
      trySendAppend(raft, id, progress, true);
      continue;
    }
    let sent = false;
    while (trySendAppend(raft, id, progress, false)) sent = true;
    if (!sent && progress.canBumpCommit(raft.log.committed)) trySendAppend(raft, id, progress, true);
  }
}

/**
 * Moves the commit index to what a quorum has, if that is an entry of this term (paper 5.4.2, figure 8). True if it
 * moved: then others should hear of it.
 */
export function maybeCommit(raft: Raft): boolean {
  return raft.log.maybeCommit(raft.tracker.committedIndex(), raft.term);
}

/** A heartbeat to everybody else. The commit index it carries is never above what the follower is known to have. */
export function broadcastHeartbeat(raft: Raft): void {
  const { ids, members } = raft.tracker;
  const context = raft.reads.heartbeatContext();
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] === raft.id) continue;
    const progress = members[i]!;
    const message = raft.message(MessageType.Heartbeat, ids[i]!);
    message.commit = Math.min(progress.match, raft.log.committed);
    message.context = context;
    raft.send(message);
    progress.sentCommit = message.commit;
  }
}
