/** One thing that a leader must be able to do, and whether this node can do it now. */

export interface HealthCheck {
  /** Stable name, for logs, other nodes and operators; no two checks of a node share one. */
  readonly name: string;
  /** For how long it has to fail before it counts: what passes by itself is no reason to hand over. */
  readonly holdMs: number;
  /** The bound that it judges by, in words: `<= 1000 ms`. */
  readonly bound: string;
  /** What is wrong now; '' when nothing is. */
  problem(): string;
}

/** A check of one number that must not be too large; `undefined` when there is nothing to judge. */
export interface BoundOptions {
  readonly name: string;
  readonly holdMs: number;
  readonly maxMs: number;
  readonly valueMs: () => number | undefined;
  /** What is wrong, for a value that is too large. */
  readonly text: (ms: number) => string;
}

/** Event loop, disk, order lag, risk: their rules are their numbers. */
export class BoundCheck implements HealthCheck {
  readonly name: string;
  readonly holdMs: number;
  readonly bound: string;
  readonly #options: BoundOptions;

  constructor(options: BoundOptions) {
    this.name = options.name;
    this.holdMs = options.holdMs;
    this.bound = `<= ${options.maxMs} ms`;
    this.#options = options;
  }

  problem(): string {
    const { maxMs, text, valueMs } = this.#options;
    const value = valueMs();
    return value !== undefined && value > maxMs ? text(Math.round(value)) : '';
  }
}
