// Handing leadership over on purpose (thesis §3.10), and waiting for the outcome.
//
// Rules decided here: new proposals are refused first, those in flight get half an election timeout to be committed, then
// raft hands over; the target is the voter that has most of the log,
// unless one is named; one that cannot take over (out of reach, mute, far behind, a learner) is never told to. The lease is over from
// the moment raft has a transferee.

import type { Clock } from '@baton/host';
import { ProgressState, type RaftNode } from '@baton/raft';
import type { RoleLevel, RoleListener } from './role.ts';

export type TransferRefusal = 'not-leader' | 'no-target' | 'unknown-node' | 'timeout' | 'stopped';

export type TransferResult =
  | { readonly ok: true; readonly leader: number; readonly term: number }
  | { readonly ok: false; readonly reason: TransferRefusal; readonly leader: number };

export interface TransferParts {
  readonly raft: RaftNode;
  readonly clock: Clock;
  readonly electionMs: number;
  readonly inFlight: () => number;
  readonly onRole: (listener: RoleListener) => () => void;
  readonly schedule: () => void;
}

/** How often the proposals in flight are looked at while they drain. */
const DRAIN_POLL_MS = 1;

/** Entries that a successor may lack: what can be in flight. With more it would be of no use within an election timeout. */
const LAG_ENTRIES_MAX = 16_384;

/** The voter to hand over to: follows, most of the log; 0 if there is none. `wanted`: this one or none. */
export function transferTarget(raft: RaftNode, isReachable: (nodeId: number) => boolean, wanted = 0): number {
  const { id, progress, lastIndex } = raft.status();
  let best = 0;
  let bestMatch = -1;
  for (const peer of progress) {
    if (peer.id === id || peer.isLearner || (wanted !== 0 && peer.id !== wanted)) continue;
    if (!isReachable(peer.id) || peer.state !== ProgressState.Replicate) continue;
    if (lastIndex - peer.match > LAG_ENTRIES_MAX || peer.match <= bestMatch) continue;
    best = peer.id;
    bestMatch = peer.match;
  }
  return best;
}

export class Transfer {
  readonly #parts: TransferParts;
  /** Resolves the transfer under way with a refusal. */
  #abort: ((reason: TransferRefusal) => void) | null = null;
  /** Term of the leader that hands over. */
  #term = 0;

  constructor(parts: TransferParts) {
    this.#parts = parts;
  }

  /** Only in the term in which it began: a node that leads a later one may propose again. */
  get isUnderWay(): boolean {
    return this.#abort !== null && this.#parts.raft.term === this.#term;
  }

  /** Starts a transfer to a checked target; a transfer under way is given up for it. */
  start(target: number): Promise<TransferResult> {
    this.abort('timeout');
    const { raft, clock, electionMs, onRole, schedule } = this.#parts;
    const { id, term: oldTerm } = raft.status();
    this.#term = oldTerm;
    return new Promise((resolve) => {
      let removeListener = (): void => {};
      const end = (result: TransferResult): void => {
        if (this.#abort !== abort) return;
        this.#abort = null;
        deadline.cancel();
        removeListener();
        resolve(result);
      };
      const abort = (reason: TransferRefusal): void => end({ ok: false, reason, leader: raft.status().leader });
      this.#abort = abort;
      // Raft gives up after one election timeout; a second one covers draining and the election itself.
      const deadline = clock.setTimer(2 * electionMs, () => abort('timeout'));
      removeListener = onRole((level: RoleLevel) => {
        if (level.term <= oldTerm || level.leader === 0) return;
        if (level.leader === id) abort('timeout');
        else end({ ok: true, leader: level.leader, term: level.term });
      });
      this.#whenDrained(clock.monotonicUs() + (electionMs * 1000) / 2, abort, () => {
        raft.transferLeadership(target);
        schedule();
      });
    });
  }

  abort(reason: TransferRefusal): void {
    this.#abort?.(reason);
  }

  #whenDrained(deadlineUs: number, abort: (reason: TransferRefusal) => void, go: () => void): void {
    const { clock, inFlight } = this.#parts;
    if (this.#abort !== abort) return;
    if (inFlight() === 0 || clock.monotonicUs() >= deadlineUs) go();
    else clock.setTimer(DRAIN_POLL_MS, () => this.#whenDrained(deadlineUs, abort, go));
  }
}
