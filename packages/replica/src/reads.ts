// Reading the state machine: how sure a read is of being up to date, and what that costs.
//
// Rules decided here:
// - A query runs once, synchronously, when the state machine is at exactly the index that is told with its answer.
// - `linearizable` (thesis §6.4): a quorum confirms, after the read was asked for, that this leader still leads; a follower
//   asks its leader. Nothing that was acknowledged before the read was asked for is missing.
// - `lease` promises the same, without asking anybody while this leader's lease is valid and its barrier applied; it rests
//   on clocks as the lease does (lease.ts), so it is behind an option. Without a lease it is a linearizable read.
// - `stale`: what this node has applied, at once; or as soon as it has applied `minIndex`, which lets a client read what
//   it wrote.

import type { RaftNode } from '@baton/raft';
import type { ApplyLoop } from './apply-loop.ts';
import { ReplicaOptionsError } from './timing.ts';
import type { ReadRefusal, ReadResult, Waiters } from './waiters.ts';

export type ReadConsistency = 'linearizable' | 'lease' | 'stale';

export interface ReadOptions {
  /** By default linearizable. */
  readonly consistency?: ReadConsistency;
  /** The state has to hold this entry at least; a read that waits for it in vain is refused with `timeout`. */
  readonly minIndex?: number;
}

/** `index`: of the last entry that the state holds which the query saw. */
export type ReadAnswer<Value> =
  | { readonly ok: true; readonly index: number; readonly value: Value }
  | { readonly ok: false; readonly reason: ReadRefusal; readonly leader: number };

export interface ReadsParts {
  readonly raft: RaftNode;
  readonly waiters: Waiters;
  readonly applyLoop: ApplyLoop;
  readonly isStopped: () => boolean;
  readonly leaseRemainingUs: () => number;
  /** The option `leaseReads`. */
  readonly mayUseLease: boolean;
  /** Runs work on raft, and a turn after it. */
  readonly work: (work: () => void) => void;
}

export class Reads {
  readonly #parts: ReadsParts;

  constructor(parts: ReadsParts) {
    this.#parts = parts;
  }

  /**
   * Runs `query` on a state that is as new as asked for. Rejects with what `query` throws.
   * @throws ReplicaOptionsError when lease reads are not allowed, or minIndex is no index
   */
  read<Value>(query: (index: number) => Value, options: ReadOptions): Promise<ReadAnswer<Value>> {
    this.#check(options);
    const { consistency = 'linearizable', minIndex = 0 } = options;
    return new Promise((resolve, reject) => {
      const answer = (result: ReadResult): void => {
        if (!result.ok) {
          resolve(result);
          return;
        }
        try {
          const { index } = result;
          resolve({ ok: true, index, value: query(index) });
        } catch (error) {
          reject(error as Error);
        }
      };
      this.#when(consistency, (result) => {
        if (!result.ok) answer(result);
        else this.#whenApplied(Math.max(minIndex, result.index), answer);
      });
    });
  }

  /** Once everything committed before the call is applied here; leader only. */
  index(): Promise<ReadResult> {
    const refused = this.#refusal(true);
    if (refused !== null) return Promise.resolve(refused);
    return this.#parts.waiters.addRead((context) => this.#confirm(context));
  }

  /** Once an entry of this leader's own term is applied; leader only. */
  barrier(): Promise<ReadResult> {
    const refused = this.#refusal(true);
    if (refused !== null) return Promise.resolve(refused);
    if (this.#isBarrierApplied()) return Promise.resolve({ ok: true, index: this.#parts.applyLoop.appliedIndex });
    return this.#parts.waiters.addBarrier();
  }

  /** Calls back, within this call or later, with an index that is new enough. */
  #when(consistency: ReadConsistency, done: (result: ReadResult) => void): void {
    const { waiters, raft, leaseRemainingUs } = this.#parts;
    const refused = this.#refusal(false);
    if (refused !== null && (consistency !== 'stale' || refused.reason === 'stopped')) done(refused);
    else if (consistency === 'stale') done({ ok: true, index: 0 });
    else if (consistency === 'lease' && leaseRemainingUs() > 0 && this.#isBarrierApplied())
      done({ ok: true, index: raft.status().commit });
    else waiters.addReadCall((context) => this.#confirm(context), done);
  }

  #whenApplied(index: number, done: (result: ReadResult) => void): void {
    const { applyLoop, waiters } = this.#parts;
    if (applyLoop.appliedIndex >= index) done({ ok: true, index: applyLoop.appliedIndex });
    else waiters.whenApplied(index, done);
  }

  #confirm(context: Uint8Array): void {
    this.#parts.work(() => this.#parts.raft.readIndex(context));
  }

  /** As the leader that this node is: then all that earlier leaders committed is applied too. */
  #isBarrierApplied(): boolean {
    const { role, term } = this.#parts.raft;
    return role === 'leader' && this.#parts.applyLoop.appliedTerm === term;
  }

  #refusal(isLeaderOnly: boolean): Extract<ReadResult, { ok: false }> | null {
    const { role, leader } = this.#parts.raft;
    if (this.#parts.isStopped()) return { ok: false, reason: 'stopped', leader };
    const canAsk = role === 'leader' || (!isLeaderOnly && leader !== 0);
    return canAsk ? null : { ok: false, reason: 'not-leader', leader };
  }

  #check({ consistency, minIndex = 0 }: ReadOptions): void {
    const problems: string[] = [];
    if (consistency === 'lease' && !this.#parts.mayUseLease)
      problems.push(
        "read asked for consistency 'lease', which is off: set the option leaseReads, or ask for 'linearizable'",
      );
    if (!Number.isSafeInteger(minIndex) || minIndex < 0)
      problems.push(`read got minIndex ${minIndex}: expected the index of an entry`);
    if (problems.length > 0) throw new ReplicaOptionsError(problems);
  }
}
