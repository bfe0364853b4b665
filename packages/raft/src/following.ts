/**
 * The follower's side: appends, heartbeats and snapshots of the leader of this term. Appends that do not match are
 * rejected with a hint that skips a whole term. Source: paper 5.3 and 7, back-off of etcd/raft.
 */
import { restoreMembers } from './configuring.ts';
import type { ConfState, Snapshot } from './entry.ts';
import { UNKNOWN_TERM } from './log.ts';
import { type Message, MessageType, NO_NODE } from './message.ts';
import { type Members, type Raft, Role } from './raft.ts';

export function handleAppend(raft: Raft, message: Message): void {
  const { log } = raft;
  if (message.index < log.committed) {
    raft.acknowledge(message.from, log.committed);
    return;
  }
  const last = log.maybeAppend(message.index, message.logTerm, message.entries, message.commit);
  if (last >= 0) {
    raft.acknowledge(message.from, last);
    return;
  }
  // The best guess at where the logs still match: skip what is of a later term than the leader's there.
  const hint = log.conflictIndex(Math.min(message.index, log.lastIndex()), message.logTerm);
  const hintTerm = log.term(hint);
  const response = raft.message(MessageType.AppResp, message.from);
  response.index = message.index;
  response.reject = true;
  response.rejectHint = hint;
  response.logTerm = hint === 0 || hintTerm === UNKNOWN_TERM ? 0 : hintTerm;
  raft.sendAfterAppend(response);
}

export function handleHeartbeat(raft: Raft, message: Message): void {
  raft.log.commitTo(message.commit);
  const response = raft.message(MessageType.HeartbeatResp, message.from);
  response.context = message.context;
  raft.send(response);
}

export function handleSnapshot(raft: Raft, message: Message): void {
  const restored = message.snapshot !== null && restore(raft, message.snapshot);
  raft.acknowledge(message.from, restored ? raft.log.lastIndex() : raft.log.committed);
}

function isMember(state: ConfState, id: number): boolean {
  return state.voters.includes(id) || state.learners.includes(id) || state.votersOutgoing.includes(id);
}

function membersOf(raft: Raft): Members {
  const { configuration, progress } = raft.tracker;
  return { configuration, progress };
}

/** Takes a snapshot's log and configuration. False if it is of no use here. */
function restore(raft: Raft, snapshot: Snapshot): boolean {
  if (snapshot.index <= raft.log.committed) return false;
  if (raft.role !== Role.Follower) {
    raft.becomeFollower(raft.term + 1, NO_NODE);
    return false;
  }
  if (!isMember(snapshot.confState, raft.id)) return false;
  if (raft.log.matchTerm(snapshot.index, snapshot.term)) {
    // The log already has all that the snapshot covers: only the commit index is news.
    raft.log.commitTo(snapshot.index);
    return false;
  }
  const applying = raft.log.applying > raft.log.applied;
  if (raft.config.strictConfChanges && applying) raft.membersBeforeSnapshot ??= membersOf(raft);
  raft.log.restore(snapshot);
  restoreMembers(raft, snapshot.confState);
  return true;
}
