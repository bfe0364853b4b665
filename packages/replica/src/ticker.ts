// Raft's logical clock, driven by the monotonic clock.
//
// Rules decided here: ticks lie on a grid; a tick that is late by more than one tick length moves the grid instead of
// being made up for, so that a stalled event loop never lets an election timeout run out in one burst (lease.ts relies
// on "at most one"). Every tick is given only after the sockets were read once more: a timer may be late where the
// heartbeat is not.

import type { Clock, Timer } from '@baton/host';

export class Ticker {
  readonly #clock: Clock;
  readonly #tickUs: number;
  readonly #onTick: (latenessUs: number) => void;
  #dueUs = 0;
  #timer: Timer | null = null;
  #running = false;

  constructor(clock: Clock, tickMs: number, onTick: (latenessUs: number) => void) {
    this.#clock = clock;
    this.#tickUs = tickMs * 1000;
    this.#onTick = onTick;
  }

  start(): void {
    this.#running = true;
    this.#dueUs = this.#clock.monotonicUs() + this.#tickUs;
    this.#arm();
  }

  stop(): void {
    this.#running = false;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #arm(): void {
    // Whole milliseconds, rounded up: the timers of the machine have no finer grain and must not fire early.
    const delayMs = Math.max(0, Math.ceil((this.#dueUs - this.#clock.monotonicUs()) / 1000));
    this.#timer = this.#clock.setTimer(delayMs, () => this.#fire());
  }

  #fire(): void {
    const nowUs = this.#clock.monotonicUs();
    if (nowUs < this.#dueUs) {
      this.#arm();
      return;
    }
    const latenessUs = nowUs - this.#dueUs;
    this.#dueUs = latenessUs > this.#tickUs ? nowUs + this.#tickUs : this.#dueUs + this.#tickUs;
    this.#clock.defer(() => {
      if (!this.#running) return;
      this.#onTick(latenessUs);
      if (this.#running) this.#arm();
    });
  }
}
