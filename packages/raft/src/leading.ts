/**
 * What a leader does with each message: its own ticks' work, and the answers of its followers. Source: paper 5.3,
 * thesis 6.2 (check of the quorum), progress states of etcd/raft.
 */
import { type Message, MessageType } from './message.ts';
import { type Progress, ProgressState } from './progress.ts';
import { type ProposeRefusal, proposeAsLeader } from './proposals.ts';
import type { Raft } from './raft.ts';
import { confirmReads, leaderRead, releasePostponedReads } from './reads.ts';
import { announce, broadcastHeartbeat, maybeCommit, sendAppend, sendEntries } from './replication.ts';
import { continueTransfer, resign, startTransfer } from './transfer.ts';

export function stepLeader(raft: Raft, message: Message): ProposeRefusal | null {
  switch (message.type) {
    case MessageType.Beat:
      broadcastHeartbeat(raft);
      return null;
    case MessageType.CheckQuorum:
      checkQuorum(raft);
      return null;
    case MessageType.Prop:
      return proposeAsLeader(raft, message.entries);
    case MessageType.ReadIndex:
      leaderRead(raft, message);
      return null;
    case MessageType.ForgetLeader:
      return null;
    default: {
      const progress = raft.tracker.progress.get(message.from);
      if (progress !== undefined) stepPeer(raft, message, progress);
      return null;
    }
  }
}

function stepPeer(raft: Raft, message: Message, progress: Progress): void {
  switch (message.type) {
    case MessageType.AppResp:
      progress.recentActive = true;
      if (message.reject) handleRejection(raft, message, progress);
      else handleAcknowledgement(raft, message, progress);
      return;
    case MessageType.HeartbeatResp:
      handleHeartbeatResponse(raft, message, progress);
      return;
    case MessageType.SnapStatus:
      handleSnapshotStatus(message, progress);
      return;
    case MessageType.Unreachable:
      // Something in flight was probably lost: find out what, one append at a time.
      if (progress.state === ProgressState.Replicate) progress.becomeProbe();
      return;
    case MessageType.TransferLeader:
      startTransfer(raft, message.from, progress);
      return;
  }
}

/** Steps down unless a quorum was heard since the last time. */
function checkQuorum(raft: Raft): void {
  if (!raft.tracker.isQuorumActive()) resign(raft);
  const { ids, members } = raft.tracker;
  for (let i = 0; i < ids.length; i++) if (ids[i] !== raft.id) members[i]!.recentActive = false;
}

/**
 * The follower's log does not match. Its hint is where it may; if its term there is known, no index of ours with a
 * later term can match either, so one probe a term is enough.
 */
function handleRejection(raft: Raft, message: Message, progress: Progress): void {
  let probe = message.rejectHint;
  if (message.logTerm > 0) probe = raft.log.conflictIndex(message.rejectHint, message.logTerm);
  if (!progress.reject(message.index, probe)) return;
  if (progress.state === ProgressState.Replicate) progress.becomeProbe();
  sendAppend(raft, message.from);
}

function handleAcknowledgement(raft: Raft, message: Message, progress: Progress): void {
  const index = message.index;
  const moved = progress.acknowledge(index);
  // A probe that is answered with what was known already still ends probing.
  if (!moved && !(progress.match === index && progress.state === ProgressState.Probe)) return;
  if (progress.state === ProgressState.Probe) {
    progress.becomeReplicate();
  } else if (progress.state === ProgressState.Snapshot) {
    // Any acknowledgement that reaches our log ends the snapshot, whichever one was applied.
    if (progress.match + 1 >= raft.log.firstIndex()) {
      progress.becomeProbe();
      progress.becomeReplicate();
    }
  } else {
    progress.inflights.freeUpTo(index);
  }
  afterAcknowledgement(raft, message.from, progress);
}

function afterAcknowledgement(raft: Raft, from: number, progress: Progress): void {
  if (maybeCommit(raft)) {
    releasePostponedReads(raft);
    announce(raft);
  } else if (from !== raft.id && progress.canBumpCommit(raft.log.committed)) {
    if (raft.config.coalesceAppends) raft.appendsDue = true;
    else sendAppend(raft, from);
  }
  if (from !== raft.id) {
    if (!raft.config.coalesceAppends) while (sendEntries(raft, from));
    else if (progress.next <= raft.log.lastIndex()) raft.appendsDue = true;
  }
  continueTransfer(raft, from, progress);
}

function handleHeartbeatResponse(raft: Raft, message: Message, progress: Progress): void {
  progress.recentActive = true;
  progress.paused = false;
  if (progress.match < raft.log.lastIndex() || progress.state === ProgressState.Probe) sendAppend(raft, message.from);
  if (message.context !== null && message.context.length > 0) confirmReads(raft, message.from, message.context);
}

function handleSnapshotStatus(message: Message, progress: Progress): void {
  if (progress.state !== ProgressState.Snapshot) return;
  // A failed snapshot was never applied: probing must not start behind it.
  if (message.reject) progress.pendingSnapshot = 0;
  progress.becomeProbe();
  // Wait for the follower's own answer, or after a failure for the next heartbeat.
  progress.paused = true;
}
