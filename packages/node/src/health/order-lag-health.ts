/** Orders that are in the ledger and not at the venue: more than a second of lag fails the node (requirements §2.4-2). */
import type { HealthCheck } from './health-check.ts';

const LAG_MAX_US = 1_000_000;

export class OrderLagHealth implements HealthCheck {
  readonly name = 'order-lag';
  readonly holdMs = 0;
  readonly #oldestUnsentUs: () => number | undefined;
  readonly #nowUs: () => number;

  /** `oldestUnsentUs`: since when the oldest message that should be at the venue waits, by the clock of `nowUs`. */
  constructor(oldestUnsentUs: () => number | undefined, nowUs: () => number) {
    this.#oldestUnsentUs = oldestUnsentUs;
    this.#nowUs = nowUs;
  }

  problem(): string {
    const since = this.#oldestUnsentUs();
    if (since === undefined) return '';
    const lagUs = this.#nowUs() - since;
    return lagUs > LAG_MAX_US ? `the oldest order waits for ${Math.round(lagUs / 1000)} ms` : '';
  }
}
