/**
 * Bounds what one strategy may ask of the core in a second. A strategy that asks for more is taken for broken: its line is
 * closed, and its policy decides what follows. Counted in fixed seconds of the monotonic clock: cheap, and it need not be
 * exact, because limits of order rates are the ledger's.
 */

/** A hundred times what a busy strategy does; the core answers as many in some 20 ms. */
export const COMMANDS_PER_SECOND_MAX = 2_000;

export class Flood {
  #second = -1;
  #count = 0;

  /** One more command at this instant: is it one too many? */
  isTooMany(nowMs: number): boolean {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count > COMMANDS_PER_SECOND_MAX;
  }
}
