// What begins and ends with this node's leadership, and the level of role it publishes.
//
// Rules decided here: the end of leadership ends the lease and reads at once; proposals not yet in the log are refused
// for certain; those in the log get their outcome when it is decided here, or are reported unknown after a bounded wait.
// A node that leads again settles at once what its log no longer holds.

import type { Timer } from '@baton/host';
import type { Journal } from '@baton/journal';
import type { RaftNode, Status } from '@baton/raft';
import type { Lease } from './lease.ts';
import type { Metrics } from './metrics.ts';
import type { ReplicaConfig } from './options.ts';
import type { PendingProposals } from './pending-proposals.ts';
import type { ProposalBatch } from './proposal-batch.ts';
import type { RolePublisher } from './role-publisher.ts';
import type { Waiters } from './waiters.ts';

export interface LeadershipParts {
  readonly config: ReplicaConfig;
  readonly raft: RaftNode;
  readonly journal: Journal;
  readonly lease: Lease;
  readonly pending: PendingProposals;
  readonly batch: ProposalBatch;
  readonly waiters: Waiters;
  readonly roles: RolePublisher;
  readonly metrics: Metrics;
  /** Runs work unless the replica stopped; what it throws ends the replica. */
  readonly guard: (work: () => void) => void;
}

export class Leadership {
  readonly #parts: LeadershipParts;
  /** This node became leader in this turn: what its log does not hold is to be settled. */
  #mustReconcile = false;
  #outcomeTimer: Timer | null = null;

  constructor(parts: LeadershipParts) {
    this.#parts = parts;
  }

  /** Looks at raft's role, and publishes it if it is a new one. */
  update(): void {
    const { raft, roles, metrics, config } = this.#parts;
    const was = roles.level;
    if (was.role === raft.role && was.term === raft.term && was.leader === raft.leader) return;
    const status = raft.status();
    if (status.role === 'leader') this.#began(status);
    else if (was.role === 'leader') this.#ended(status);
    if (status.term > was.term) metrics.electionCount++;
    roles.publish(status.role, status.term, status.leader, config.clock.monotonicUs());
  }

  /** All of raft's log is in the journal now, so the journal tells what this leader's log holds. */
  reconcile(): void {
    if (!this.#mustReconcile) return;
    this.#mustReconcile = false;
    const { journal, pending, config } = this.#parts;
    const last = journal.lastIndex();
    pending.leadsWith((index, term) => {
      if (index > last) return true;
      const held = journal.term(index);
      return typeof held === 'number' && held !== term;
    }, config.nodeId);
  }

  stop(): void {
    this.#outcomeTimer?.cancel();
  }

  #began(status: Status): void {
    this.#parts.lease.begin(status.term);
    this.#mustReconcile = this.#parts.pending.count > 0;
  }

  #ended(status: Status): void {
    const { config, lease, waiters, batch, pending, guard } = this.#parts;
    this.#mustReconcile = false;
    lease.end();
    waiters.fail('leadership-lost', status.leader);
    batch.refuse('not-leader', status.leader);
    if (pending.count === 0) return;
    this.#outcomeTimer?.cancel();
    this.#outcomeTimer = config.clock.setTimer(config.outcomeWaitMs, () => guard(() => this.#giveUp()));
  }

  #giveUp(): void {
    const { roles, pending, metrics } = this.#parts;
    // Leading again: the open ones are in this leader's log, and their outcome is on its way.
    if (roles.level.role === 'leader') return;
    metrics.outcomeUnknownCount += pending.giveUp(roles.level.leader);
    pending.report();
  }
}
