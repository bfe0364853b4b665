// The clock of one simulated process: runs on virtual time, at its own speed, and can be paused and killed.
//
// Model: a paused process (SIGSTOP, a long garbage collection, a stalled virtual machine) does nothing while time goes
// on; when it wakes, what fell due meanwhile runs in order, late. A killed one never does anything again.

import type { Clock, Timer } from '@baton/host';
import type { VirtualClock } from '@baton/host/testing';

export interface ProcessClockOptions {
  /** How much faster than true time this clock runs: 0.001 is 1000 ppm. */
  readonly driftShare?: number;
  /** Error of the wall clock, microseconds. */
  readonly wallErrorUs?: number;
}

export class SimulatedProcessClock implements Clock {
  readonly #clock: VirtualClock;
  readonly #rate: number;
  readonly #wallErrorUs: number;
  #backlog: (() => void)[] = [];
  #state: 'running' | 'paused' | 'dead' = 'running';

  constructor(clock: VirtualClock, options: ProcessClockOptions = {}) {
    this.#clock = clock;
    this.#rate = 1 + (options.driftShare ?? 0);
    this.#wallErrorUs = options.wallErrorUs ?? 0;
  }

  wallUs(): number {
    return this.#clock.wallUs() + this.#wallErrorUs;
  }

  monotonicUs(): number {
    return Math.floor(this.#clock.monotonicUs() * this.#rate);
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    let isCancelled = false;
    const timer = this.#clock.setTimer(delayMs / this.#rate, () =>
      this.run(() => {
        if (!isCancelled) fire();
      }),
    );
    return {
      cancel: () => {
        isCancelled = true;
        timer.cancel();
      },
    };
  }

  defer(run: () => void): void {
    this.#clock.defer(() => this.run(run));
  }

  /** Something reaches the process: now, when it wakes, or never. */
  run(work: () => void): void {
    if (this.#state === 'running') work();
    else if (this.#state === 'paused') this.#backlog.push(work);
  }

  get isPaused(): boolean {
    return this.#state === 'paused';
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    const backlog = this.#backlog;
    this.#backlog = [];
    for (const work of backlog) this.#clock.defer(() => this.run(work));
  }

  kill(): void {
    this.#state = 'dead';
    this.#backlog = [];
  }
}
