/**
 * The cool-down after a hand-over for health's sake, for the whole cluster: who hands over tells the others how long
 * everybody keeps still, so that trouble which all nodes share does not go round by way of three leaders.
 */
import type { Clock } from '@baton/host';

/** What is heard is late by its way; it must say clearly more than is known, or three nodes would prolong it for ever. */
const NEWS_MS = 1000;

export class Calm {
  readonly #clock: Clock;
  readonly #coolDownMs: number;
  #untilUs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, coolDownMs: number) {
    this.#clock = clock;
    this.#coolDownMs = coolDownMs;
  }

  /** Milliseconds left; 0 when there is none. */
  remainingMs(): number {
    return Math.max(0, (this.#untilUs - this.#clock.monotonicUs()) / 1000);
  }

  /** This node hands over now. */
  begin(): void {
    this.#keepFor(this.#coolDownMs);
  }

  /** Nobody moved: another try is allowed after a tenth of the time. */
  shorten(): void {
    this.#keepFor(this.#coolDownMs / 10);
  }

  /** Another node says how long it keeps still. */
  heard(remainingMs: number): void {
    const bounded = Math.min(remainingMs, this.#coolDownMs);
    if (bounded > this.remainingMs() + NEWS_MS) this.#keepFor(bounded);
  }

  #keepFor(ms: number): void {
    this.#untilUs = this.#clock.monotonicUs() + ms * 1000;
  }
}
