/**
 * Elections: when to try, PreVote, to whom a vote is given, and what a won or lost vote leads to. A vote is given once a
 * term, to a log at least as up to date as ours, and never while a leader was heard within the lease, unless that
 * leader itself hands over. Source: paper 5.2 and 5.4.1, thesis 3.10, 4.2.3 and 9.6.
 */
import { isConfChangeEntry } from './conf-change.ts';
import { brokenInvariant } from './invariant.ts';
import { allVoters } from './membership.ts';
import { type Message, MessageType, NO_NODE } from './message.ts';
import { appendEmptyEntry } from './proposals.ts';
import { VoteResult } from './quorum.ts';
import { type Raft, Role } from './raft.ts';
import { announce } from './replication.ts';

/** How a campaign begins: ask first, ask in earnest, or in earnest and by order of the leader. */
export type CampaignKind = 'pre-election' | 'election' | 'transfer';

/** Context of a Vote by order of the leader; it overrides the lease. Bytes as in etcd/raft. */
const TRANSFER_CONTEXT: Uint8Array = Uint8Array.from('CampaignTransfer', (letter) => letter.charCodeAt(0));

function isTransferContext(context: Uint8Array | null): boolean {
  if (context === null || context.length !== TRANSFER_CONTEXT.length) return false;
  return context.every((byte, i) => byte === TRANSFER_CONTEXT[i]);
}

/** Tries to become leader, if this node may. False if it may not. */
export function startCampaign(raft: Raft, kind: CampaignKind): boolean {
  if (raft.role === Role.Leader || raft.isCampaignHeld) return false;
  if (!raft.isPromotable() || hasUnappliedChanges(raft)) return false;
  raft.succession.campaignIn = -1;
  campaign(raft, kind);
  return true;
}

/** The kind of campaign that this node's options ask for. */
export function usualCampaign(raft: Raft): CampaignKind {
  return raft.config.preVote ? 'pre-election' : 'election';
}

/** A committed membership change that is not applied yet: our view of who votes may be out of date. */
function hasUnappliedChanges(raft: Raft): boolean {
  const { log } = raft;
  for (let lo = log.applied + 1; lo <= log.committed; ) {
    const entries = log.slice(lo, log.committed + 1, log.maxApplyingBytes);
    if (entries === null || entries.length === 0) brokenInvariant(`committed entry ${lo} is not in the log`);
    if (entries.some(isConfChangeEntry)) return true;
    lo += entries.length;
  }
  return false;
}

function campaign(raft: Raft, kind: CampaignKind): void {
  const asking = kind === 'pre-election';
  if (asking) raft.becomePreCandidate();
  else raft.becomeCandidate();
  // A PreVote is about the term that would follow.
  const term = asking ? raft.term + 1 : raft.term;
  const lastIndex = raft.log.lastIndex();
  const lastTerm = raft.log.lastTerm();
  for (const id of allVoters(raft.tracker.configuration)) {
    if (id === raft.id) {
      // Our own vote counts once it is durable, like everybody's.
      const own = raft.message(asking ? MessageType.PreVoteResp : MessageType.VoteResp, id);
      own.term = term;
      raft.sendAfterAppend(own);
      continue;
    }
    const message = raft.message(asking ? MessageType.PreVote : MessageType.Vote, id);
    message.term = term;
    message.index = lastIndex;
    message.logTerm = lastTerm;
    if (kind === 'transfer') message.context = TRANSFER_CONTEXT;
    raft.send(message);
  }
}

/** True if a vote of a later term must be ignored: a leader was heard within the shortest election timeout. */
export function isInLease(raft: Raft, message: Message): boolean {
  if (!raft.config.checkQuorum) return false;
  const heard = raft.leader !== NO_NODE && raft.electionElapsed < raft.config.electionTicks;
  return (heard || raft.restartLeaseTicks > 0) && !isTransferContext(message.context);
}

/** A Vote or PreVote of this term or later (of PreVotes). */
export function answerVote(raft: Raft, message: Message): void {
  const asking = message.type === MessageType.PreVote;
  const mayVote =
    raft.vote === message.from ||
    (raft.vote === NO_NODE && raft.leader === NO_NODE) ||
    (asking && message.term > raft.term);
  const granted = mayVote && raft.log.isUpToDate(message.index, message.logTerm);
  const response = raft.message(asking ? MessageType.PreVoteResp : MessageType.VoteResp, message.from);
  if (granted) {
    // A learner may vote too: it may be a voter already and not know (the candidate knows).
    response.term = message.term;
    raft.sendAfterAppend(response);
    if (!asking) {
      raft.electionElapsed = 0;
      raft.vote = message.from;
      raft.succession.campaignIn = -1;
    }
    return;
  }
  response.reject = true;
  raft.sendAfterAppend(response);
}

/** An answer to our Vote or PreVote. */
export function countVote(raft: Raft, message: Message): void {
  const result = raft.tracker.recordVote(message.from, !message.reject);
  if (result === VoteResult.Won) {
    if (raft.role === Role.PreCandidate) beginElection(raft);
    else if (isOwnVoteDurable(raft)) takeLead(raft);
  } else if (result === VoteResult.Lost) {
    // Our own term: a rejection of a PreVote carries a later one.
    raft.becomeFollower(raft.term, NO_NODE);
  }
}

/** PreVotes won behind a disk that stood still are old: another election timeout without a leader must pass. */
function beginElection(raft: Raft): void {
  if (raft.isCampaignHeld) raft.becomeFollower(raft.term, NO_NODE);
  else campaign(raft, 'election');
}

/**
 * Votes are asked for while our own is still being written (thesis 10.2.1). Should the others' suffice before it is
 * durable, a crash would make us forget that we campaigned in this term: they would elect us in it once more, and two
 * different entries could have one index and term. Our own vote is counted when it is durable, so wait for it.
 */
function isOwnVoteDurable(raft: Raft): boolean {
  return !raft.config.strictVotes || raft.tracker.votes.has(raft.id);
}

function takeLead(raft: Raft): void {
  raft.becomeLeader();
  appendEmptyEntry(raft);
  // With coalescing, what the owner proposes on hearing that it leads goes out in the same append.
  announce(raft);
}
