/**
 * Time, in ticks: election timeouts of those who follow or campaign; heartbeats, the check of the quorum and the end of
 * a transfer for a leader. Beyond etcd/raft: the planned campaign after proof of death, and the leader that resigns.
 */
import { startCampaign, usualCampaign } from './election.ts';
import { MessageType, NO_NODE, newMessage } from './message.ts';
import { type Raft, Role } from './raft.ts';
import { step } from './stepping.ts';
import { bestSuccessor, preferredSuccessor, resign, startTransfer } from './transfer.ts';

export function tick(raft: Raft): void {
  if (raft.role === Role.Leader) tickLeader(raft);
  else tickElection(raft);
}

function tickElection(raft: Raft): void {
  raft.electionElapsed++;
  if (raft.restartLeaseTicks > 0) raft.restartLeaseTicks--;
  const leaseOver = raft.electionElapsed >= raft.config.electionTicks;
  if (raft.succession.campaignIn >= 0 && raft.succession.campaignIn-- === 0) {
    startCampaign(raft, usualCampaign(raft));
  } else if (raft.isPromotable() && raft.electionElapsed >= raft.randomizedElectionTicks) {
    raft.electionElapsed = 0;
    startCampaign(raft, usualCampaign(raft));
  }
  if (leaseOver || raft.leader === NO_NODE) releaseHeldPreVotes(raft);
}

/** What was held because the leader seemed alive is answered now, by the usual rules. */
export function releaseHeldPreVotes(raft: Raft): void {
  for (const message of raft.succession.takeHeld()) step(raft, message);
}

function tickLeader(raft: Raft): void {
  raft.heartbeatElapsed++;
  raft.electionElapsed++;
  if (raft.config.resignAfterTicks > 0) resignIfStalled(raft);
  if (!stillLeads(raft)) return;
  if (raft.electionElapsed >= raft.config.electionTicks) {
    raft.electionElapsed = 0;
    // Asked before the check of the quorum, which forgets who was heard of.
    const preferred = preferredSuccessor(raft);
    if (raft.config.checkQuorum) step(raft, newMessage(MessageType.CheckQuorum, raft.id, raft.id, 0));
    if (stillLeads(raft)) endOfElectionTimeout(raft, preferred);
  }
  if (!stillLeads(raft)) return;
  if (raft.heartbeatElapsed >= raft.config.heartbeatTicks) {
    raft.heartbeatElapsed = 0;
    step(raft, newMessage(MessageType.Beat, raft.id, raft.id, 0));
  }
}

/** The role may have changed within this tick. */
function stillLeads(raft: Raft): boolean {
  return raft.role === Role.Leader;
}

function endOfElectionTimeout(raft: Raft, preferred: number): void {
  if (raft.transferee !== NO_NODE) {
    raft.transferee = NO_NODE;
    raft.succession.transferFailed();
  }
  // However the transfer ended: given up, called off, or its successor removed.
  if (raft.leaseRevoked) {
    renewTerm(raft);
    return;
  }
  if (raft.succession.transferWait > 0) {
    raft.succession.transferWait--;
    return;
  }
  const progress = raft.tracker.progress.get(preferred);
  if (progress !== undefined) startTransfer(raft, preferred, progress);
}

/**
 * The successor was told to take over and did not. It still may, as long as this term lasts, so no lease of this term
 * can be trusted again; a term later it may not. The leader's own order overrides the lease that others give it.
 */
export function renewTerm(raft: Raft): void {
  const resigning = raft.config.resignAfterTicks > 0 && raft.succession.stalledTicks() >= raft.config.resignAfterTicks;
  raft.becomeFollower(raft.term, NO_NODE);
  if (!resigning) startCampaign(raft, 'transfer');
}

/**
 * A leader whose oldest entry makes no way hands over if somebody can take over, and otherwise resigns: being able to
 * commit is the sign of life, not being able to send heartbeats.
 */
function resignIfStalled(raft: Raft): void {
  const { log } = raft;
  const stalled = raft.succession.countStall(log.committed, log.unstable.offset - 1, log.lastIndex());
  if (stalled < raft.config.resignAfterTicks) return;
  const successor = stalled === raft.config.resignAfterTicks ? bestSuccessor(raft) : NO_NODE;
  const progress = raft.tracker.progress.get(successor);
  if (progress !== undefined && progress.match === log.lastIndex()) startTransfer(raft, successor, progress);
  else if (raft.transferee === NO_NODE) resign(raft);
}
