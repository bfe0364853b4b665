/**
 * Historical bars, made up and always the same: the price at each minute is a function of seed, symbol and minute, so a bar
 * asked for twice, or after a restart, is the same bar. The path stays within 4 % of the reference price, around which the
 * counter-flow trades, so that what a strategy learns from bars fits what it then sees. Bars of several minutes are made of
 * those of one. Nothing here knows what was really traded: that is the tape.
 */
import { formatDecimal } from '@baton/fix';
import { Draws } from './draws.ts';
import type { Instrument } from './instrument.ts';

export interface Bar {
  /** Start of the bar, seconds since 1970. */
  readonly startS: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
}

export interface BarRequest {
  /** Bars that have ended by then, µs since 1970. */
  readonly nowUs: number;
  /** Length of a bar, a whole number of minutes. */
  readonly intervalS: number;
  readonly limit: number;
}

export const MINUTE_S = 60;
/** A request may look back over so many minutes: 200 bars of a day, and some. */
export const MINUTES_MAX = 300_000;
/** Price moves are made of waves of these lengths in minutes, the longest with the widest swing. */
const WAVE_MINUTES = [7, 61, 1_009] as const;
/** Swing of each wave, in parts of 10,000 of the reference: 4 % together. */
const WAVE_PARTS = [20n, 80n, 300n] as const;
const UNIT = 1_000_000n;

interface MinuteBar {
  readonly open: bigint;
  readonly high: bigint;
  readonly low: bigint;
  readonly close: bigint;
  readonly volume: bigint;
}

/** The newest ended bars, oldest first. */
export function barsOf(instrument: Instrument, seed: number, { nowUs, intervalS, limit }: BarRequest): Bar[] {
  const path = new PricePath(instrument, seed);
  const minutes = intervalS / MINUTE_S;
  const end = Math.floor(nowUs / (intervalS * 1_000_000)) * minutes;
  return Array.from({ length: limit }, (_, n) => {
    const first = end - (limit - n) * minutes;
    const parts = Array.from({ length: minutes }, (_unused, minute) => path.minute(first + minute));
    return barView(instrument, first * MINUTE_S, parts);
  });
}

function barView({ priceScale, quantityScale }: Instrument, startS: number, parts: readonly MinuteBar[]): Bar {
  const price = (pick: (one: bigint, other: bigint) => bigint, of: (bar: MinuteBar) => bigint) =>
    formatDecimal(parts.map(of).reduce(pick), priceScale);
  return {
    startS,
    open: price(
      (first) => first,
      (bar) => bar.open,
    ),
    high: price(
      (one, other) => (one > other ? one : other),
      (bar) => bar.high,
    ),
    low: price(
      (one, other) => (one < other ? one : other),
      (bar) => bar.low,
    ),
    close: price(
      (_first, last) => last,
      (bar) => bar.close,
    ),
    volume: formatDecimal(
      parts.reduce((sum, { volume }) => sum + volume, 0n),
      quantityScale,
    ),
  };
}

class PricePath {
  readonly #instrument: Instrument;
  readonly #seed: number;

  constructor(instrument: Instrument, seed: number) {
    this.#instrument = instrument;
    let mixed = seed >>> 0;
    for (const character of instrument.symbol) mixed = (Math.imul(mixed, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
    this.#seed = mixed;
  }

  minute(index: number): MinuteBar {
    const open = this.#priceAt(index);
    const close = this.#priceAt(index + 1);
    const draws = this.#drawsAt(index, 0);
    const { referencePrice, quantityScale } = this.#instrument;
    const wick = () => (referencePrice * BigInt(draws.below(10))) / 10_000n;
    const top = open > close ? open : close;
    const bottom = open < close ? open : close;
    const low = bottom - wick();
    const volume = BigInt(1 + draws.below(500)) * 10n ** BigInt(quantityScale);
    return { open, close, high: top + wick(), low: low > 0n ? low : 1n, volume };
  }

  #priceAt(index: number): bigint {
    const { referencePrice } = this.#instrument;
    let offset = 0n;
    WAVE_MINUTES.forEach((length, n) => {
      offset += (referencePrice * (WAVE_PARTS[n] ?? 0n) * this.#wave(index, length, n + 1)) / (10_000n * UNIT);
    });
    const price = referencePrice + offset;
    return price > 0n ? price : 1n;
  }

  /** Between -UNIT and UNIT: straight lines between random points `length` minutes apart. */
  #wave(index: number, length: number, kind: number): bigint {
    const knot = Math.floor(index / length);
    const from = this.#knot(knot, kind);
    const to = this.#knot(knot + 1, kind);
    return from + ((to - from) * BigInt(index - knot * length)) / BigInt(length);
  }

  #knot(knot: number, kind: number): bigint {
    return BigInt(this.#drawsAt(knot, kind).below(2 * Number(UNIT) + 1)) - UNIT;
  }

  #drawsAt(index: number, kind: number): Draws {
    const draws = new Draws((this.#seed ^ Math.imul(index, 0x9e37_79b1) ^ Math.imul(kind, 0x85eb_ca6b)) >>> 0);
    draws.below(2);
    return draws;
  }
}
