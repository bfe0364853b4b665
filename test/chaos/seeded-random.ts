/**
 * Random choices that can be repeated: a 32-bit generator (mulberry32) from a printed seed. `CHAOS_SEED` repeats a run's
 * choices; the processes' own timing is not repeatable, so the same seed is the same plan, not the same history.
 */
import { randomInt } from 'node:crypto';

export class SeededRandom {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }

  /** From `CHAOS_SEED`, else a fresh one. */
  static fromEnvironment(): SeededRandom {
    const given = process.env['CHAOS_SEED'];
    if (given === undefined || given === '') return new SeededRandom(randomInt(2 ** 31));
    if (!/^\d{1,10}$/.test(given)) throw new RangeError(`CHAOS_SEED is ${given}, expected an integer from 0 on`);
    return new SeededRandom(Number(given));
  }

  /** From 0 to below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('pick from an empty list');
    return items[this.between(0, items.length - 1)] as T;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }
}
