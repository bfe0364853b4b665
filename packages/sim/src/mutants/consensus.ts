/** Seeded bugs of elections, replication, leases and reads. */
import type { Mutant } from './mutant.ts';

export const CONSENSUS_MUTANTS: readonly Mutant[] = [
  {
    name: 'votes twice in a term',
    file: 'raft/src/election.ts',
    find: '(raft.vote === NO_NODE && raft.leader === NO_NODE)',
    replace: 'raft.leader === NO_NODE',
  },
  {
    name: 'gives a vote without looking at the log',
    file: 'raft/src/election.ts',
    find: 'mayVote && raft.log.isUpToDate(message.index, message.logTerm)',
    replace: 'mayVote',
  },
  {
    name: 'votes although a leader was heard within the promise',
    file: 'raft/src/election.ts',
    find: 'return (heard || raft.restartLeaseTicks > 0) && !isTransferContext(message.context);',
    replace: 'return false;',
  },
  {
    name: 'one node more than none is a quorum',
    file: 'raft/src/quorum.ts',
    find: 'return values[count - ((count >> 1) + 1)]!;',
    replace: 'return values[count - 1]!;',
  },
  {
    name: 'counts its own lease without the others',
    file: 'replica/src/lease.ts',
    find: 'sorted[Math.floor(voters.length / 2)]!',
    replace: 'sorted[0]!',
  },
  {
    name: 'believes in a lease four times as long as promised',
    file: 'replica/src/lease.ts',
    find: '(electionMs - TICKS_LOST * tickMs) * 1000;',
    replace: '(electionMs - TICKS_LOST * tickMs) * 4000;',
  },
  {
    // Not "keeps its lease while a TimeoutNow is on its way": a leader whose hand-over came to nothing begins a new term
    // (raft, renewTerm), which makes the order void wherever it is. So it is that which must not be forgotten.
    name: 'acts on an order to take over of a term that has passed',
    file: 'raft/src/stepping.ts',
    find: '    meetEarlierTerm(raft, message);\n    return null;',
    replace:
      "    meetEarlierTerm(raft, message);\n    if (message.type === MessageType.TimeoutNow) startCampaign(raft, 'transfer');\n    return null;",
  },
  {
    name: 'takes a node that lost its disk in again',
    file: 'replica/src/admission.ts',
    find: "    if (verdict === 'another') {\n      onRefused(from);\n      return;\n    }\n",
    replace: '    void onRefused;\n',
  },
  {
    name: 'answers linearizable reads without asking a quorum',
    file: 'replica/src/reads.ts',
    find: "else if (consistency === 'stale') done({ ok: true, index: 0 });",
    replace: "else if (consistency !== 'lease') done({ ok: true, index: 0 });",
  },
  {
    name: 'answers lease reads without a lease',
    file: 'replica/src/reads.ts',
    find: "consistency === 'lease' && leaseRemainingUs() > 0 && this.#isBarrierApplied()",
    replace: "consistency === 'lease'",
  },
];
