/**
 * One side of a book: its price levels, sorted so that the best stands at the end of the array. Trading and quoting happen
 * at the best price, so insertions and removals move few elements.
 */
import { PriceLevel } from './price-level.ts';
import { isBetterPrice, type Side } from './side.ts';

export class BookSide {
  readonly side: Side;
  /** Worst first, best last. */
  readonly #levels: PriceLevel[] = [];

  constructor(side: Side) {
    this.side = side;
  }

  get best(): PriceLevel | undefined {
    return this.#levels[this.#levels.length - 1];
  }

  /** The level of this price, made when it does not exist. */
  levelAt(price: bigint): PriceLevel {
    const position = this.#position(price);
    const found = this.#levels[position];
    if (found !== undefined && found.price === price) return found;
    const level = new PriceLevel(price);
    this.#levels.splice(position, 0, level);
    return level;
  }

  /** Takes an empty level out of the book. */
  discard(level: PriceLevel): void {
    const position = this.#position(level.price);
    if (this.#levels[position] !== level) throw new Error(`a level at ${level.price} is not in the ${this.side} side`);
    this.#levels.splice(position, 1);
  }

  /** Levels from best to worst. */
  *levels(): Generator<PriceLevel> {
    for (let n = this.#levels.length - 1; n >= 0; n--) {
      const level = this.#levels[n];
      if (level !== undefined) yield level;
    }
  }

  /** Where a level of this price is, or would be: the first position whose price is not worse. */
  #position(price: bigint): number {
    let low = 0;
    let high = this.#levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const level = this.#levels[middle];
      if (level !== undefined && isBetterPrice(this.side, price, level.price)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
