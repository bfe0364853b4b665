// Callers who wait for this node to reach something: a barrier or a confirmed read.
//
// Rule decided here: a read waits until the state machine has applied the index that a quorum confirmed (thesis §6.4); a
// barrier waits until an entry of this leader's own term is applied, since only then everything that earlier leaders
// committed is known to be applied here (paper §5.4.2, §8). Both end at once when leadership does.

import type { Clock, Timer } from '@baton/host';

/** Why a read or a barrier has no index. */
export type ReadRefusal = 'not-leader' | 'leadership-lost' | 'timeout' | 'stopped';

export type ReadResult =
  | { readonly ok: true; readonly index: number }
  | { readonly ok: false; readonly reason: ReadRefusal; readonly leader: number };

interface Waiter {
  /** Index to be applied; 0 while a read is not confirmed. */
  index: number;
  readonly timer: Timer | null;
  readonly resolve: (result: ReadResult) => void;
}

const CONTEXT_BYTES = 8;

export class Waiters {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #reads = new Map<number, Waiter>();
  readonly #barriers: Waiter[] = [];
  #lastRead = 0;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** A read that has to be confirmed: `request` is called with the context that the confirmation will bear. */
  addRead(request: (context: Uint8Array) => void): Promise<ReadResult> {
    return new Promise((resolve) => this.addReadCall(request, resolve));
  }

  /** As `addRead`; `done` is called while the state machine is at the index that it is told. */
  addReadCall(request: (context: Uint8Array) => void, done: (result: ReadResult) => void): void {
    const context = Buffer.alloc(CONTEXT_BYTES);
    context.writeDoubleBE(this.#add(0, done), 0);
    request(context);
  }

  /** Calls `done` once the state machine has applied `index`, and is at the index that it is told. */
  whenApplied(index: number, done: (result: ReadResult) => void): void {
    this.#add(index, done);
  }

  #add(index: number, resolve: (result: ReadResult) => void): number {
    const id = ++this.#lastRead;
    const timer = this.#clock.setTimer(this.#timeoutMs, () => {
      if (this.#reads.delete(id)) resolve({ ok: false, reason: 'timeout', leader: 0 });
    });
    this.#reads.set(id, { index, timer, resolve });
    return id;
  }

  addBarrier(): Promise<ReadResult> {
    return new Promise((resolve) => this.#barriers.push({ index: 0, timer: null, resolve }));
  }

  /** A quorum confirmed the read of `context` at `index`. */
  confirmed(context: Uint8Array, index: number): void {
    if (context.length !== CONTEXT_BYTES) return;
    const waiter = this.#reads.get(Buffer.from(context).readDoubleBE(0));
    if (waiter !== undefined) waiter.index = index;
  }

  /** The state machine reached `index`; `ownTerm`: with an entry of the term in which this node leads. */
  applied(index: number, ownTerm: boolean): void {
    if (this.#reads.size > 0) {
      for (const [id, waiter] of this.#reads) {
        if (waiter.index === 0 || waiter.index > index) continue;
        this.#reads.delete(id);
        waiter.timer?.cancel();
        waiter.resolve({ ok: true, index });
      }
    }
    if (ownTerm && this.#barriers.length > 0) {
      for (const waiter of this.#barriers.splice(0)) waiter.resolve({ ok: true, index });
    }
  }

  /** Leadership ended, or the replica did. */
  fail(reason: ReadRefusal, leader: number): void {
    for (const waiter of this.#reads.values()) {
      waiter.timer?.cancel();
      waiter.resolve({ ok: false, reason, leader });
    }
    this.#reads.clear();
    for (const waiter of this.#barriers.splice(0)) waiter.resolve({ ok: false, reason, leader });
  }
}
