/**
 * Proof of death: the shell knows that a peer's process is gone (its port refuses connections, its parent reports its
 * exit). If it led, its followers forget it, answer the PreVotes on hold, and campaign in turn: the first of the
 * successionOrder at once, each next one staggerTicks later. Safe when the report is wrong: a campaign begins with
 * PreVote where configured, and all other rules of votes hold; only the lease against votes is given up, by this node
 * alone. Source: ForgetLeader of etcd/raft; issue B.
 */
import { startCampaign, usualCampaign } from './election.ts';
import { allVoters } from './membership.ts';
import { NO_NODE } from './message.ts';
import { ProgressState } from './progress.ts';
import { type Raft, Role } from './raft.ts';
import { releaseHeldPreVotes, renewTerm } from './ticking.ts';

export function reportDeath(raft: Raft, id: number): void {
  if (id === raft.id) return;
  if (raft.role === Role.Leader) {
    followerDied(raft, id);
    return;
  }
  // Reads that rest on the lease forbid to forget a leader that may be alive after all.
  if (raft.role !== Role.Follower || raft.leader !== id || raft.config.readOnly === 'lease-based') return;
  raft.leader = NO_NODE;
  releaseHeldPreVotes(raft);
  planCampaign(raft, id);
}

function followerDied(raft: Raft, id: number): void {
  const progress = raft.tracker.progress.get(id);
  if (progress === undefined) return;
  progress.recentActive = false;
  if (progress.state === ProgressState.Replicate) progress.becomeProbe();
  if (raft.transferee !== id) return;
  // A successor that is gone will not take over: lead on, rather than refuse proposals until the timeout.
  raft.transferee = NO_NODE;
  if (raft.leaseRevoked) renewTerm(raft);
}

/** Who comes first among the living campaigns at once, the others later, each cancelled when a leader is heard. */
function planCampaign(raft: Raft, dead: number): void {
  const rank = raft.succession.rank(raft.id);
  let ahead = 0;
  for (const id of allVoters(raft.tracker.configuration)) {
    if (id === dead || id === raft.id) continue;
    const other = raft.succession.rank(id);
    if (other < rank || (other === rank && id < raft.id)) ahead++;
  }
  if (ahead === 0) startCampaign(raft, usualCampaign(raft));
  else raft.succession.campaignIn = ahead * raft.config.staggerTicks - 1;
}
