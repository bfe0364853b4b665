/**
 * This node's wall clock strays from the cluster's: its SendingTime would be refused, its entry times pull the log's time
 * along. Only what the measurement proves counts: the distance minus all that it may be wrong by.
 */
import { type ClockOffset, clockSkew } from './clock-offset.ts';
import type { HealthCheck } from './health-check.ts';

export class ClockHealth implements HealthCheck {
  readonly name = 'clock';
  /** A clock that is slewed back is right again soon. */
  readonly holdMs = 3000;
  readonly bound: string;
  readonly #maxMs: number;
  readonly #others: () => readonly ClockOffset[];

  /** `others`: the other nodes' clocks against ours. */
  constructor(maxMs: number, others: () => readonly ClockOffset[]) {
    this.bound = `<= ${maxMs} ms from the cluster's`;
    this.#maxMs = maxMs;
    this.#others = others;
  }

  problem(): string {
    const skew = clockSkew(this.#others());
    if (skew === undefined) return '';
    const { errorUs, offsetUs } = skew;
    if (Math.abs(offsetUs) - errorUs <= this.#maxMs * 1000) return '';
    const ms = Math.round(Math.abs(offsetUs) / 1000);
    return `the clock is ${ms} ms ${offsetUs > 0 ? 'behind' : 'ahead of'} the cluster's`;
  }
}
