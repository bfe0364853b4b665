// A node whose own disk is in the way of its duty gives leadership to another, if it has it.
//
// Rules decided here: a full disk is no reason to end, only to stop leading; acknowledged entries that cannot be read any
// more end the replica, after leadership is handed over: the next start mends them.

import type { Clock } from '@baton/host';
import type { Damage } from '@baton/journal';
import type { ReplicaLog } from './replica-log.ts';

export interface ResignationParts {
  readonly clock: Clock;
  readonly log: ReplicaLog;
  readonly isLeader: () => boolean;
  /** Gives leadership to whoever can take it; resolves when it is decided, at once if nobody can. */
  readonly handOver: () => Promise<unknown>;
  /** The journal is of no use any more. */
  readonly fail: (detail: string) => void;
}

export class Resignation {
  readonly #parts: ResignationParts;
  #isDamaged = false;

  constructor(parts: ResignationParts) {
    this.#parts = parts;
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
