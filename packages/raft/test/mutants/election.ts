/** Seeded bugs of elections and votes. */
import type { Mutant } from './mutant.ts';

export const ELECTION_MUTANTS: readonly Mutant[] = [
  {
    name: 'forgets the vote on restart',
    file: 'raft.ts',
    find: '    this.vote = state.vote;',
    replace: '    this.vote = 0;',
  },
  {
    name: 'forgets the term on restart',
    file: 'raft.ts',
    find: '    this.term = state.term;',
    replace: '    this.term = 0;',
  },
  {
    name: 'votes twice in a term',
    file: 'election.ts',
    find: '(raft.vote === NO_NODE && raft.leader === NO_NODE)',
    replace: 'raft.leader === NO_NODE',
  },
  {
    name: 'does not record the vote it gives',
    file: 'election.ts',
    find: '      raft.vote = message.from;',
    replace: '',
  },
  {
    name: 'gives a vote without looking at the log',
    file: 'election.ts',
    find: 'mayVote && raft.log.isUpToDate(message.index, message.logTerm)',
    replace: 'mayVote',
  },
  {
    name: 'skips the log check in PreVote only',
    file: 'election.ts',
    find: 'mayVote && raft.log.isUpToDate(message.index, message.logTerm)',
    replace: 'mayVote && (asking || raft.log.isUpToDate(message.index, message.logTerm))',
  },
  {
    name: 'compares logs by length alone',
    file: 'log.ts',
    find: 'lastTerm > term || (lastTerm === term && lastIndex >= this.lastIndex())',
    replace: 'lastIndex >= this.lastIndex()',
  },
  {
    name: 'wants a longer log and a later term together',
    file: 'log.ts',
    find: 'lastTerm > term || (lastTerm === term && lastIndex >= this.lastIndex())',
    replace: 'lastTerm >= term && lastIndex >= this.lastIndex()',
  },
  {
    name: 'counts repeated votes',
    file: 'tracker.ts',
    find: '    if (!this.votes.has(id)) this.votes.set(id, granted);',
    replace:
      '    this.votes.set(this.votes.has(id) ? id + 1000 : id, granted); for (const other of this.configuration.incoming) if (!this.votes.has(other) && this.votes.has(id + 1000)) { this.votes.set(other, granted); break; }',
  },
  {
    name: 'wins with half of the votes',
    file: 'quorum.ts',
    find: '  const quorum = (voters.length >> 1) + 1;',
    replace: '  const quorum = Math.max(1, voters.length >> 1);',
  },
  {
    name: 'a joint vote needs only one majority',
    file: 'quorum.ts',
    find: '  if (first === VoteResult.Lost || second === VoteResult.Lost) return VoteResult.Lost;\n  return VoteResult.Pending;',
    replace:
      '  if (first === VoteResult.Won || second === VoteResult.Won) return VoteResult.Won;\n  return VoteResult.Pending;',
  },
  {
    name: 'a PreVote raises the term of its receiver',
    file: 'stepping.ts',
    find: '    if (type === MessageType.PreVote) return true;\n  }',
    replace: '  }',
  },
  {
    name: 'votes inside the lease',
    file: 'election.ts',
    find: '  return (heard || raft.restartLeaseTicks > 0) && !isTransferContext(message.context);',
    replace: '  return false && heard && !isTransferContext(message.context);',
  },
  {
    name: 'a transfer does not override the lease',
    file: 'election.ts',
    find: '&& !isTransferContext(message.context);',
    replace: '&& (true || isTransferContext(message.context));',
  },
  {
    name: 'campaigns with membership changes unapplied',
    file: 'election.ts',
    find: ' || hasUnappliedChanges(raft)) return false;',
    replace: ' || (false && hasUnappliedChanges(raft))) return false;',
  },
  {
    name: 'a learner campaigns',
    file: 'raft.ts',
    find: 'progress !== undefined && !progress.isLearner && this.log',
    replace: 'progress !== undefined && this.log',
  },
  {
    name: 'leads before its own vote is durable',
    file: 'election.ts',
    find: '  return !raft.config.strictVotes || raft.tracker.votes.has(raft.id);',
    replace: '  return true || raft.tracker.votes.has(raft.id);',
  },
  {
    name: 'sends votes before they are durable',
    file: 'election.ts',
    find: '    response.term = message.term;\n    raft.sendAfterAppend(response);',
    replace: '    response.term = message.term;\n    raft.messages.push(response);',
  },
  {
    name: 'a new leader appends no empty entry',
    file: 'election.ts',
    find: '  appendEmptyEntry(raft);\n',
    replace: '',
  },
  {
    name: 'a leader does not step down without a quorum',
    file: 'leading.ts',
    find: 'if (!raft.tracker.isQuorumActive()) resign(raft);',
    replace: '',
  },
  {
    name: 'the election timeout is the same for all',
    file: 'succession.ts',
    find: 'return ticks + Math.floor(this.config.random() * ticks);',
    replace: 'return ticks;',
  },
];
