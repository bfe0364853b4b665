/**
 * A read-only picture of a node for operators, metrics and the shell: indexes, role, leader, transfer, lease, members,
 * and on a leader what it knows of each follower. A copy: it does not change afterwards, and taking it costs a few
 * allocations, so ask once a turn of the loop at most.
 */
import type { Configuration } from './membership.ts';
import type { ProgressState } from './progress.ts';
import { type Raft, Role } from './raft.ts';

/** One member as its leader sees it. */
export interface ProgressStatus {
  readonly id: number;
  readonly state: ProgressState;
  readonly match: number;
  readonly next: number;
  readonly isLearner: boolean;
  readonly recentActive: boolean;
  readonly paused: boolean;
  readonly pendingSnapshot: number;
  readonly inflightMessages: number;
  readonly inflightBytes: number;
  readonly inflightFull: boolean;
}

export interface Status {
  readonly id: number;
  readonly term: number;
  readonly vote: number;
  readonly commit: number;
  readonly applied: number;
  readonly lastIndex: number;
  /** Highest index that is durable here. */
  readonly stableIndex: number;
  readonly role: Role;
  /** 0 is unknown. */
  readonly leader: number;
  /** Node that leadership is being handed to; 0 for none. */
  readonly transferee: number;
  /** True if a lease of this term must not be trusted any more, because a successor was told to take over. */
  readonly leaseRevoked: boolean;
  /** True once this leader has committed an entry of its own term. */
  readonly committedInTerm: boolean;
  readonly uncommittedBytes: number;
  readonly configuration: Configuration;
  /** Of a leader; empty elsewhere. Ascending by id. */
  readonly progress: readonly ProgressStatus[];
}

function progressStatus(raft: Raft): readonly ProgressStatus[] {
  if (raft.role !== Role.Leader) return [];
  return raft.tracker.ids.map((id, i) => {
    const progress = raft.tracker.members[i]!;
    return {
      id,
      state: progress.state,
      match: progress.match,
      next: progress.next,
      isLearner: progress.isLearner,
      recentActive: progress.recentActive,
      paused: progress.isPaused(),
      pendingSnapshot: progress.pendingSnapshot,
      inflightMessages: progress.inflights.count,
      inflightBytes: progress.inflights.bytes,
      inflightFull: progress.inflights.isFull(),
    };
  });
}

export function statusOf(raft: Raft): Status {
  const lastIndex = raft.log.lastIndex();
  return {
    id: raft.id,
    term: raft.term,
    vote: raft.vote,
    commit: raft.log.committed,
    applied: raft.log.applied,
    lastIndex,
    stableIndex: Math.min(lastIndex, raft.log.unstable.offset - 1),
    role: raft.role,
    leader: raft.leader,
    transferee: raft.transferee,
    leaseRevoked: raft.leaseRevoked,
    committedInTerm: raft.role === Role.Leader && raft.hasCommittedInTerm(),
    uncommittedBytes: raft.uncommittedBytes,
    configuration: raft.tracker.configuration,
    progress: progressStatus(raft),
  };
}
