/**
 * One message in: terms first (a later one ends our role, an earlier one is mostly ignored), then votes and storage
 * answers, then the role's own rules. Source: paper 5.1, etcd/raft's Step.
 */
import { answerVote, countVote, isInLease, startCampaign, usualCampaign } from './election.ts';
import { type Entry, EntryType, NO_DATA, NO_ENTRIES, type Snapshot } from './entry.ts';
import { handleAppend, handleHeartbeat, handleSnapshot } from './following.ts';
import { stepLeader } from './leading.ts';
import { type Message, MessageType, NO_NODE } from './message.ts';
import { type ProposeRefusal, propose } from './proposals.ts';
import { type Raft, Role } from './raft.ts';
import { followerRead, readConfirmed } from './reads.ts';

export function step(raft: Raft, message: Message): ProposeRefusal | null {
  if (message.term > raft.term) {
    if (!meetLaterTerm(raft, message)) return null;
  } else if (message.term !== 0 && message.term < raft.term) {
    meetEarlierTerm(raft, message);
    return null;
  }
  switch (message.type) {
    case MessageType.Hup:
      startCampaign(raft, usualCampaign(raft));
      return null;
    case MessageType.StorageAppendResp:
      if (message.index !== 0) raft.log.unstable.stableTo(message.index, message.logTerm);
      if (message.snapshot !== null) snapshotApplied(raft, message.snapshot);
      return null;
    case MessageType.StorageApplyResp:
      entriesApplied(raft, message.entries);
      return null;
    case MessageType.Vote:
    case MessageType.PreVote:
      answerVote(raft, message);
      return null;
    default:
      if (raft.role === Role.Leader) return stepLeader(raft, message);
      return raft.role === Role.Follower ? stepFollower(raft, message) : stepCandidate(raft, message);
  }
}

/** False if the message must not be looked at any further. */
function meetLaterTerm(raft: Raft, message: Message): boolean {
  const { type } = message;
  if (type === MessageType.Vote || type === MessageType.PreVote) {
    if (isInLease(raft, message)) {
      if (raft.config.holdPreVotes && type === MessageType.PreVote) raft.succession.held.set(message.from, message);
      return false;
    }
    // A PreVote never moves our term.
    if (type === MessageType.PreVote) return true;
  }
  // Granted PreVotes carry the term that we asked about; only a rejection tells of a term that exists.
  if (type === MessageType.PreVoteResp && !message.reject) return true;
  const fromLeader = type === MessageType.App || type === MessageType.Heartbeat || type === MessageType.Snap;
  raft.becomeFollower(message.term, fromLeader ? message.from : NO_NODE);
  return true;
}

function meetEarlierTerm(raft: Raft, message: Message): void {
  const { type } = message;
  if (
    (raft.config.checkQuorum || raft.config.preVote) &&
    (type === MessageType.Heartbeat || type === MessageType.App)
  ) {
    // A leader of an earlier term that we can no longer disturb by votes: our term in the answer makes it step down.
    raft.sendAfterAppend(raft.message(MessageType.AppResp, message.from));
  } else if (type === MessageType.PreVote) {
    const response = raft.message(MessageType.PreVoteResp, message.from);
    response.reject = true;
    raft.sendAfterAppend(response);
  } else if (type === MessageType.StorageAppendResp && message.snapshot !== null) {
    // The entries may have been replaced since (ABA), but a snapshot is committed whatever the term.
    snapshotApplied(raft, message.snapshot);
  }
}

function stepCandidate(raft: Raft, message: Message): ProposeRefusal | null {
  switch (message.type) {
    case MessageType.Prop:
      return propose(raft, message.entries, message.from);
    case MessageType.App:
      raft.becomeFollower(message.term, message.from);
      handleAppend(raft, message);
      return null;
    case MessageType.Heartbeat:
      raft.becomeFollower(message.term, message.from);
      handleHeartbeat(raft, message);
      return null;
    case MessageType.Snap:
      raft.becomeFollower(message.term, message.from);
      handleSnapshot(raft, message);
      return null;
    case MessageType.PreVoteResp:
      if (raft.role === Role.PreCandidate) countVote(raft, message);
      return null;
    case MessageType.VoteResp:
      if (raft.role === Role.Candidate) countVote(raft, message);
      return null;
    default:
      return null;
  }
}

function hearLeader(raft: Raft, from: number): void {
  raft.electionElapsed = 0;
  raft.leader = from;
  raft.succession.leaderHeard();
}

function stepFollower(raft: Raft, message: Message): ProposeRefusal | null {
  switch (message.type) {
    case MessageType.Prop:
      return propose(raft, message.entries, message.from);
    case MessageType.App:
      hearLeader(raft, message.from);
      handleAppend(raft, message);
      return null;
    case MessageType.Heartbeat:
      hearLeader(raft, message.from);
      handleHeartbeat(raft, message);
      return null;
    case MessageType.Snap:
      hearLeader(raft, message.from);
      handleSnapshot(raft, message);
      return null;
    case MessageType.TransferLeader:
      forwardTransfer(raft, message);
      return null;
    case MessageType.ForgetLeader:
      forgetLeader(raft);
      return null;
    case MessageType.TimeoutNow:
      // By order of the leader: no PreVote, we know that we are not coming back from a partition.
      startCampaign(raft, 'transfer');
      return null;
    case MessageType.ReadIndex:
      followerRead(raft, message);
      return null;
    case MessageType.ReadIndexResp:
      readConfirmed(raft, message);
      return null;
    default:
      return null;
  }
}

function forwardTransfer(raft: Raft, message: Message): void {
  if (raft.leader === NO_NODE) return;
  const forwarded = raft.message(MessageType.TransferLeader, raft.leader);
  forwarded.from = message.from;
  raft.send(forwarded);
}

/** A follower may forget its leader, and then vote at once; not if reads rest on the lease. */
function forgetLeader(raft: Raft): void {
  if (raft.config.readOnly !== 'lease-based') raft.leader = NO_NODE;
}

function snapshotApplied(raft: Raft, snapshot: Snapshot): void {
  raft.log.unstable.stableSnapshotTo(snapshot.index);
  if (raft.log.unstable.snapshot === null) raft.membersBeforeSnapshot = null;
  applied(raft, snapshot.index, NO_ENTRIES);
}

function entriesApplied(raft: Raft, entries: readonly Entry[]): void {
  if (entries.length === 0) return;
  applied(raft, entries[entries.length - 1]!.index, entries);
  raft.reduceUncommitted(entries);
}

const LEAVE_ENTRY = Object.freeze({ type: EntryType.ConfChangeV2, data: NO_DATA });

function applied(raft: Raft, index: number, entries: readonly Entry[]): void {
  const { log } = raft;
  const newest = Math.max(index, log.applied);
  log.appliedTo(newest, entries);
  const leaves = raft.tracker.configuration.autoLeave && newest >= raft.pendingConfIndex;
  // A transfer under way refuses this; then it is tried again with the next applied entry.
  if (leaves && raft.role === Role.Leader) propose(raft, [LEAVE_ENTRY], raft.id);
}
