/** Seeded bugs of transfer, membership, reads, proof of death and proposals. */
import type { Mutant } from './mutant.ts';

export const OTHER_MUTANTS: readonly Mutant[] = [
  {
    name: 'accepts proposals during a transfer',
    file: 'proposals.ts',
    find: '  if (raft.transferee !== NO_NODE) return ProposeRefusal.Transferring;\n',
    replace: '',
  },
  {
    name: 'never gives up a transfer',
    file: 'ticking.ts',
    find: '    raft.transferee = NO_NODE;\n    raft.succession.transferFailed();',
    replace: '    raft.succession.transferFailed();',
  },
  {
    name: 'hands over to a successor that lacks entries',
    file: 'transfer.ts',
    find: '  if (progress.match === raft.log.lastIndex()) sendTimeoutNow(raft, to);\n  else sendAppend(raft, to);',
    replace: '  sendTimeoutNow(raft, to);\n  sendAppend(raft, to);',
  },
  {
    name: 'a lease outlives a transfer',
    file: 'transfer.ts',
    find: '  if (raft.config.transferRevokesLease) raft.leaseRevoked = true;',
    replace: '',
  },
  {
    name: 'two membership changes at a time',
    file: 'proposals.ts',
    find: '  if (raft.pendingConfIndex > raft.log.applied) return ProposeRefusal.ChangePending;\n',
    replace: '',
  },
  {
    name: 'a new leader forgets that a change may be pending',
    file: 'raft.ts',
    find: '    this.pendingConfIndex = this.log.lastIndex();',
    replace: '    this.pendingConfIndex = 0;',
  },
  {
    name: 'several voters change without a joint configuration',
    file: 'membership.ts',
    find: '  return moved > 1 ? refused(ChangeRefusal.ManyVotersChanged) : draft.finish(false);',
    replace: '  return moved > 9 ? refused(ChangeRefusal.ManyVotersChanged) : draft.finish(false);',
  },
  {
    name: 'a removed leader goes on',
    file: 'configuring.ts',
    find: '    if (raft.config.stepDownOnRemoval) raft.becomeFollower(raft.term, NO_NODE);\n',
    replace: '',
  },
  {
    name: 'reads before the first commit of the term',
    file: 'reads.ts',
    find: '  if (!raft.hasCommittedInTerm() && (!alone || raft.config.strictReads)) {',
    replace: '  if (raft.term < 0 && !alone) {',
  },
  {
    name: 'reads without a quorum',
    file: 'reads.ts',
    find: '  else confirmRead(raft, request);\n}',
    replace: '  else answer(raft, request, raft.log.committed);\n}',
  },
  {
    name: 'an old heartbeat answer confirms a newer read',
    file: 'read-queue.ts',
    find: 'Math.max(this.acks.get(from) ?? 0, decodePosition(context))',
    replace: 'this.confirmed + this.pending.length',
  },
  {
    name: 'a PreVote on hold is never answered',
    file: 'death.ts',
    find: '  releaseHeldPreVotes(raft);\n',
    replace: '',
  },
  {
    name: 'proof of death needs no leader to be dead',
    file: 'death.ts',
    find: ' || raft.leader !== id || ',
    replace: ' || ',
  },
  {
    name: 'all successors campaign at once',
    file: 'death.ts',
    find: '  if (ahead === 0) startCampaign',
    replace: '  if (ahead >= 0) startCampaign',
  },
  {
    name: 'a planned campaign is not called off by the leader',
    file: 'succession.ts',
    find: '  leaderHeard(): void {\n    this.campaignIn = -1;',
    replace: '  leaderHeard(): void {',
  },
  {
    name: 'a change of before a snapshot is made to its members',
    file: 'configuring.ts',
    find: '  if (raft.membersBeforeSnapshot !== null) return',
    replace: '  if (raft.membersBeforeSnapshot === undefined) return',
  },
  {
    name: 'a proposal goes round by the leader although forwarding is off',
    file: 'proposals.ts',
    find: '  if (!raft.config.forwardProposals) return ProposeRefusal.NotLeader;\n',
    replace: '',
  },
];
