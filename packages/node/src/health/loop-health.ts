/** The event loop: a leader whose loop is late all the time sends its heartbeats and its orders late. */
import type { HealthCheck } from './health-check.ts';

/** Far above the 2 ms of a turn (design §4): on a machine that all nodes share, the next leader would be no better off. */
const LATE_MAX_US = 200_000;

export class LoopHealth implements HealthCheck {
  readonly name = 'event-loop';
  readonly holdMs = 5000;
  readonly #lateP99Us: () => number;

  constructor(lateP99Us: () => number) {
    this.#lateP99Us = lateP99Us;
  }

  problem(): string {
    const lateUs = this.#lateP99Us();
    return lateUs > LATE_MAX_US ? `the event loop is ${Math.round(lateUs / 1000)} ms late at p99` : '';
  }
}
