/**
 * Inputs of one strategy that wait to be told, one a turn of the loop: what a strategy awaits goes on before it is told the
 * next thing. When many wait, a book gives way to a newer one of its symbol: it says all that the older one said.
 */
import type { RunnerInput } from '@baton/strategy/runner';

/** So many inputs come in a burst; a strategy that is further behind is late for the market already. */
const CONFLATE_FROM = 100;

/** The longest that a strategy took for one input since it was asked last. */
export interface Slowest {
  readonly slowestMs: number;
  readonly slowestInput: string;
}

export class InputQueue {
  readonly #hear: (input: RunnerInput) => void;
  #inputs: (RunnerInput | undefined)[] = [];
  /** The next to be told. */
  #next = 0;
  /** Where the last book of a symbol waits. */
  readonly #bookAt = new Map<string, number>();
  #isDraining = false;
  #slowest: Slowest = { slowestMs: 0, slowestInput: '' };

  constructor(hear: (input: RunnerInput) => void) {
    this.#hear = hear;
  }

  get waiting(): number {
    return this.#inputs.length - this.#next;
  }

  take(input: RunnerInput): void {
    if (input.type === 'book') this.#takeBook(input);
    else this.#inputs.push(input);
    if (this.#isDraining) return;
    this.#isDraining = true;
    this.#drain();
  }

  slowest(): Slowest {
    const slowest = this.#slowest;
    this.#slowest = { slowestMs: 0, slowestInput: '' };
    return slowest;
  }

  #takeBook(input: Extract<RunnerInput, { type: 'book' }>): void {
    const { symbol } = input.book;
    const at = this.#bookAt.get(symbol);
    if (this.waiting >= CONFLATE_FROM && at !== undefined && at >= this.#next) this.#inputs[at] = undefined;
    this.#bookAt.set(symbol, this.#inputs.length);
    this.#inputs.push(input);
  }

  #drain(): void {
    while (this.#next < this.#inputs.length && this.#inputs[this.#next] === undefined) this.#next += 1;
    const input = this.#inputs[this.#next];
    if (input === undefined) {
      this.#inputs = [];
      this.#next = 0;
      this.#bookAt.clear();
      this.#isDraining = false;
      return;
    }
    this.#inputs[this.#next] = undefined;
    this.#next += 1;
    const beganMs = performance.now();
    this.#hear(input);
    const tookMs = performance.now() - beganMs;
    if (tookMs > this.#slowest.slowestMs) this.#slowest = { slowestMs: tookMs, slowestInput: input.type };
    setImmediate(() => this.#drain());
  }
}
