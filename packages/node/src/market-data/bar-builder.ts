/**
 * Bars of one symbol and interval from its trades. Rules decided here: intervals are multiples since 1970 of the venue's
 * time, so that nodes build the same bars from the same trades; a bar is told when the interval is over, not before; an
 * interval without a trade has the price of the one before and no volume; before the first trade there are no bars. Pure.
 */
import { formatDecimal, parseDecimal } from '@baton/fix';
import type { Bar, Trade } from '@baton/strategy';

const SCALE = 18;
/** Empty bars in a row that are told; a feed that was away for longer begins anew. */
const EMPTY_MAX = 1_000;

interface Open {
  readonly startUs: number;
  readonly open: bigint;
  high: bigint;
  low: bigint;
  close: bigint;
  volume: bigint;
}

export class BarBuilder {
  readonly #symbol: string;
  readonly #intervalS: number;
  readonly #intervalUs: number;
  #bar: Open | undefined;

  constructor(symbol: string, intervalS: number) {
    this.#symbol = symbol;
    this.#intervalS = intervalS;
    this.#intervalUs = intervalS * 1_000_000;
  }

  /** Bars that this trade ended. */
  take(trade: Trade): Bar[] {
    const price = parseDecimal(trade.price, SCALE);
    const quantity = parseDecimal(trade.quantity, SCALE);
    if (price === undefined || quantity === undefined) return [];
    const ended = this.endedBy(trade.timeUs);
    const startUs = Math.floor(trade.timeUs / this.#intervalUs) * this.#intervalUs;
    const bar = this.#bar;
    if (bar === undefined) {
      this.#bar = { startUs, open: price, high: price, low: price, close: price, volume: quantity };
    } else if (startUs >= bar.startUs) {
      const isFirst = bar.volume === 0n;
      this.#bar = {
        startUs: bar.startUs,
        open: isFirst ? price : bar.open,
        high: isFirst || price > bar.high ? price : bar.high,
        low: isFirst || price < bar.low ? price : bar.low,
        close: price,
        volume: bar.volume + quantity,
      };
    }
    return ended;
  }

  /** Bars whose interval is over at `timeUs`. */
  endedBy(timeUs: number): Bar[] {
    const ended: Bar[] = [];
    for (let bar = this.#bar; bar !== undefined && bar.startUs + this.#intervalUs <= timeUs; bar = this.#bar) {
      if (ended.length > EMPTY_MAX) {
        this.#bar = undefined;
        return [];
      }
      ended.push(this.#viewOf(bar));
      const { close } = bar;
      const startUs = bar.startUs + this.#intervalUs;
      this.#bar = { startUs, open: close, high: close, low: close, close, volume: 0n };
    }
    return ended;
  }

  /** When the bar of now is over, µs since 1970; undefined before the first trade. */
  endUs(): number | undefined {
    return this.#bar === undefined ? undefined : this.#bar.startUs + this.#intervalUs;
  }

  #viewOf({ startUs, open, high, low, close, volume }: Open): Bar {
    const text = (value: bigint): string => formatDecimal(value, SCALE);
    return {
      symbol: this.#symbol,
      intervalS: this.#intervalS,
      startUs,
      open: text(open),
      high: text(high),
      low: text(low),
      close: text(close),
      volume: text(volume),
    };
  }
}
