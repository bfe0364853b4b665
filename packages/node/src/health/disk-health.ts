/** The disk: one that is slow here and quick elsewhere makes every commit wait for the others (a stall is raft's to see). */
import type { HealthCheck } from './health-check.ts';

/** A disk that all nodes share is slow for all of them: only what no healthy disk does counts. */
const APPEND_MAX_US = 250_000;

export class DiskHealth implements HealthCheck {
  readonly name = 'disk';
  readonly holdMs = 5000;
  readonly #appendP99Us: () => number;

  constructor(appendP99Us: () => number) {
    this.#appendP99Us = appendP99Us;
  }

  problem(): string {
    const us = this.#appendP99Us();
    return us > APPEND_MAX_US ? `entries are durable after ${Math.round(us / 1000)} ms at p99` : '';
  }
}
