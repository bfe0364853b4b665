// Time that stands still until a test moves it.
//
// Model: a heap of timers ordered by due time, then by the order in which they were set; a queue of deferred work that
// always runs before the next timer, as at the end of a turn of a real event loop. One thread, no promise in between:
// the same calls give the same order. A `process()` is a part of it that can be killed: its timers die with it.

import type { Clock, Timer } from '../clock.ts';

interface Event {
  readonly dueUs: number;
  readonly order: number;
  fire: (() => void) | null;
}

class VirtualTimer implements Timer {
  readonly #event: Event;

  constructor(event: Event) {
    this.#event = event;
  }

  cancel(): void {
    this.#event.fire = null;
  }
}

/** A clock that a test moves. */
export class VirtualClock implements Clock {
  #nowUs = 0;
  #order = 0;
  readonly #startWallUs: number;
  readonly #heap: Event[] = [];
  #deferred: (() => void)[] = [];

  constructor(startWallUs = 1_800_000_000_000_000) {
    this.#startWallUs = startWallUs;
  }

  wallUs(): number {
    return this.#startWallUs + this.#nowUs;
  }

  monotonicUs(): number {
    return this.#nowUs;
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const event = { dueUs: this.#nowUs + Math.max(0, Math.round(delayMs * 1000)), order: this.#order, fire };
    this.#order += 1;
    this.#push(event);
    return new VirtualTimer(event);
  }

  defer(run: () => void): void {
    this.#deferred.push(run);
  }

  /** Runs deferred work until there is none, without moving time. */
  settle(): void {
    while (this.#deferred.length > 0) {
      const turn = this.#deferred;
      this.#deferred = [];
      for (const run of turn) run();
    }
  }

  /** Settles, then moves to the next timer and fires it (and settles again). False when no timer is set. */
  step(): boolean {
    this.settle();
    const event = this.#pop();
    if (event === null) return false;
    this.#nowUs = Math.max(this.#nowUs, event.dueUs);
    event.fire?.();
    this.settle();
    return true;
  }

  /** Lets `durationMs` pass, firing everything that falls due. */
  advance(durationMs: number): void {
    const untilUs = this.#nowUs + Math.round(durationMs * 1000);
    this.settle();
    for (;;) {
      const next = this.#peek();
      if (next === null || next.dueUs > untilUs) break;
      this.step();
    }
    this.#nowUs = Math.max(this.#nowUs, untilUs);
  }

  /** The process stands still for `durationMs`: time passes and nothing is fired, until somebody advances again. */
  stall(durationMs: number): void {
    this.#nowUs += Math.round(durationMs * 1000);
  }

  /** Timers set and not cancelled. */
  pending(): number {
    return this.#heap.filter((event) => event.fire !== null).length;
  }

  /** A clock of one process: same time, plus an error of its wall clock; `kill` ends all that it has set. */
  process(wallErrorUs = 0): ProcessClock {
    return new ProcessClock(this, wallErrorUs);
  }

  #peek(): Event | null {
    while (this.#heap.length > 0 && this.#heap[0]?.fire === null) this.#removeTop();
    return this.#heap[0] ?? null;
  }

  #pop(): Event | null {
    const top = this.#peek();
    if (top !== null) this.#removeTop();
    return top;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isBefore(heap[parent] as Event, event)) break;
      heap[at] = heap[parent] as Event;
      at = parent;
    }
    heap[at] = event;
  }

  #removeTop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Event)) child += 1;
      if (isBefore(last, heap[child] as Event)) break;
      heap[at] = heap[child] as Event;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.dueUs < b.dueUs || (a.dueUs === b.dueUs && a.order < b.order);
}

/** The clock as one simulated process sees it. */
export class ProcessClock implements Clock {
  readonly #clock: VirtualClock;
  readonly #wallErrorUs: number;
  #alive = true;

  constructor(clock: VirtualClock, wallErrorUs: number) {
    this.#clock = clock;
    this.#wallErrorUs = wallErrorUs;
  }

  wallUs(): number {
    return this.#clock.wallUs() + this.#wallErrorUs;
  }

  monotonicUs(): number {
    return this.#clock.monotonicUs();
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    return this.#clock.setTimer(delayMs, () => {
      if (this.#alive) fire();
    });
  }

  defer(run: () => void): void {
    this.#clock.defer(() => {
      if (this.#alive) run();
    });
  }

  /** The process is gone: nothing that it set or deferred will run. */
  kill(): void {
    this.#alive = false;
  }
}
