/** The event loop: a leader whose loop is late all the time sends its heartbeats and its orders late. */
import type { HealthCheck } from './health-check.ts';

/** A budget of one turn is 2 ms (design §4); this is for machines in trouble, not for a late turn. */
const LATE_MAX_US = 50_000;

export class LoopHealth implements HealthCheck {
  readonly name = 'event-loop';
  readonly holdMs = 2000;
  readonly #lateP99Us: () => number;

  constructor(lateP99Us: () => number) {
    this.#lateP99Us = lateP99Us;
  }

  problem(): string {
    const lateUs = this.#lateP99Us();
    return lateUs > LATE_MAX_US ? `the event loop is ${Math.round(lateUs / 1000)} ms late at p99` : '';
  }
}
