/**
 * The clock of one simulated process: virtual time at its own speed and with an error of its own, which can be paused
 * (SIGSTOP, a stalled machine) and killed. A paused process does nothing while time goes on; when it wakes, its timers
 * that fell due run before what its sockets and disk brought, as in a real event loop: the worst order for a leader whose
 * lease is over. A killed one never does anything again, even if code of it is still on the stack.
 */
import type { Clock, Timer } from '@baton/host';
import { SimulatedCrash, type VirtualClock } from '@baton/host/testing';

export interface ProcessClockOptions {
  /** How much faster than true time it runs: 0.001 is 1000 ppm. */
  readonly driftShare?: number;
  /** Error of the wall clock at the start, µs. */
  readonly wallErrorUs?: number;
  /** Something that the process did not catch. */
  readonly onCrash: (error: unknown) => void;
}

export class ProcessClock implements Clock {
  /** Error of the wall clock, µs: change it and the clock jumps. */
  wallErrorUs: number;
  readonly #clock: VirtualClock;
  readonly #rate: number;
  readonly #onCrash: (error: unknown) => void;
  #state: 'running' | 'paused' | 'dead' = 'running';
  #pausedAtUs = 0;
  #dueTimers: (() => void)[] = [];
  #inputs: (() => void)[] = [];

  constructor(clock: VirtualClock, options: ProcessClockOptions) {
    this.#clock = clock;
    this.#rate = 1 + (options.driftShare ?? 0);
    this.wallErrorUs = options.wallErrorUs ?? 0;
    this.#onCrash = options.onCrash;
  }

  get isAlive(): boolean {
    return this.#state !== 'dead';
  }

  get isPaused(): boolean {
    return this.#state === 'paused';
  }

  /** How long it has been paused by now, true milliseconds; 0: it runs. */
  pausedMs(): number {
    return this.#state === 'paused' ? (this.#clock.monotonicUs() - this.#pausedAtUs) / 1000 : 0;
  }

  wallUs(): number {
    return this.#clock.wallUs() + this.wallErrorUs;
  }

  monotonicUs(): number {
    const nowUs = this.#clock.monotonicUs();
    return this.#rate === 1 ? nowUs : Math.floor(nowUs * this.#rate);
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    let isCancelled = false;
    const run = (): void => {
      if (!isCancelled) this.#guard(fire);
    };
    const timer = this.#clock.setTimer(delayMs / this.#rate, () => {
      if (this.#state === 'running') run();
      else if (this.#state === 'paused') this.#dueTimers.push(run);
    });
    return {
      cancel: () => {
        isCancelled = true;
        timer.cancel();
      },
    };
  }

  defer(run: () => void): void {
    this.#clock.defer(() => {
      if (this.#state === 'running') this.#guard(run);
      else if (this.#state === 'paused') this.#dueTimers.push(() => this.#guard(run));
    });
  }

  /** Something reaches the process: now, when it wakes, or never. */
  input(work: () => void): void {
    if (this.#state === 'running') this.#guard(work);
    else if (this.#state === 'paused') this.#inputs.push(() => this.#guard(work));
  }

  pause(): void {
    if (this.#state !== 'running') return;
    this.#state = 'paused';
    this.#pausedAtUs = this.#clock.monotonicUs();
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    const backlog = [...this.#dueTimers, ...this.#inputs];
    this.#dueTimers = [];
    this.#inputs = [];
    // Each in a turn of its own; if it is paused again in between, the rest waits with what comes meanwhile.
    for (const work of backlog) {
      this.#clock.defer(() => {
        if (this.#state === 'running') work();
        else if (this.#state === 'paused') this.#dueTimers.push(work);
      });
    }
  }

  kill(): void {
    this.#state = 'dead';
    this.#dueTimers = [];
    this.#inputs = [];
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      // The stack of a process that died in one of its own calls unwinds here.
      if (error instanceof SimulatedCrash || this.#state === 'dead') return;
      this.#onCrash(error);
    }
  }
}
