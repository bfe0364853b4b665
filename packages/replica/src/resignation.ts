// A node whose own disk is in the way of its duty gives leadership to another, if it has it.
//
// Rules decided here: a full disk is no reason to end, only to stop leading; acknowledged entries that cannot be read any
// more end the replica, after leadership is handed over: the next start mends them. A disk that stands still while a
// follower stores on is this node's own trouble: it hands over, once, and campaigns for nothing until its disk
// moves again (raft resigns later on any stall, this node's or everybody's). "Stores on" means ahead for an election
// timeout: where one disk is under all nodes and stands still for all, one of them moves again first, by milliseconds.

import type { Clock } from '@baton/host';
import type { Damage } from '@baton/journal';
import type { RaftNode } from '@baton/raft';
import type { ReplicaLog } from './replica-log.ts';

/** Election timeouts that the own disk may stand still: one is a hiccup, and every hand-over costs some milliseconds. */
const STALLS_MAX = 2;

export interface ResignationParts {
  readonly clock: Clock;
  readonly log: ReplicaLog;
  readonly isLeader: () => boolean;
  /** Gives leadership to whoever can take it; resolves when it is decided, at once if nobody can. */
  readonly handOver: () => Promise<unknown>;
  readonly raft: RaftNode;
  readonly electionMs: number;
  /** For how long the oldest work of now has been waiting for the disk, µs. */
  readonly waitingUs: () => number;
  /** The journal is of no use any more. */
  readonly fail: (detail: string) => void;
}

export class Resignation {
  readonly #parts: ResignationParts;
  #isDamaged = false;
  #isStalled = false;
  #hasHandedOver = false;
  /** Since when another voter has stored more than this node, µs; -1 while none has, or the disk moves. */
  #behindSinceUs = -1;

  constructor(parts: ResignationParts) {
    this.#parts = parts;
  }

  /** Once a tick: does the disk stand still? */
  tick(): void {
    const { log, raft, electionMs, waitingUs, handOver } = this.#parts;
    const waitedUs = waitingUs();
    const isStalled = waitedUs >= electionMs * 1000;
    if (isStalled !== this.#isStalled) {
      this.#isStalled = isStalled;
      this.#hasHandedOver = false;
      raft.holdCampaigns(isStalled);
      log(isStalled ? 'error' : 'info', isStalled ? 'the disk stands still' : 'the disk moves again', { waitedUs });
    }
    const behindUs = this.#behindUs();
    if (this.#hasHandedOver || waitedUs < STALLS_MAX * electionMs * 1000) return;
    if (behindUs < (STALLS_MAX - 1) * electionMs * 1000) return;
    this.#hasHandedOver = true;
    void handOver();
  }

  /** For how long of this stall another voter has been ahead of this leader; -1 if none is, or this node leads not. */
  #behindUs(): number {
    const { clock, raft, isLeader } = this.#parts;
    if (!this.#isStalled || !isLeader() || !storesLess(raft)) {
      this.#behindSinceUs = -1;
      return -1;
    }
    const nowUs = clock.monotonicUs();
    if (this.#behindSinceUs < 0) this.#behindSinceUs = nowUs;
    return nowUs - this.#behindSinceUs;
  }

  diskFull(isFull: boolean): void {
    const { log, isLeader, handOver } = this.#parts;
    log(isFull ? 'error' : 'info', isFull ? 'disk full: no more work is taken' : 'disk has room again', {});
    if (isFull && isLeader()) void handOver();
  }

  /** A read found acknowledged entries damaged. */
  damaged({ file, offset, fromIndex, toIndex, reason }: Damage): void {
    if (this.#isDamaged) return;
    this.#isDamaged = true;
    const { clock, log, isLeader, handOver, fail } = this.#parts;
    log('error', 'acknowledged entries are damaged', { file, offset, fromIndex, toIndex, reason });
    const end = (): void =>
      fail(`acknowledged entries ${fromIndex} to ${toIndex} in ${file} at byte ${offset} are damaged`);
    // Told in the middle of a read of raft's.
    clock.defer(() => {
      if (isLeader()) void handOver().then(end);
      else end();
    });
  }
}

/** Has another voter stored more than this leader? A voter's match is what it has stored, this node's own too. */
function storesLess(raft: RaftNode): boolean {
  const { progress, id } = raft.status();
  const own = progress.find((peer) => peer.id === id)?.match ?? 0;
  return progress.some((peer) => !peer.isLearner && peer.match > own);
}
