/** Market data as strategies see it. Decimals are text; the instant is the venue's where it tells one, µs since 1970. */
import type { Side } from '@baton/ledger';

export interface BookLevel {
  readonly price: string;
  readonly quantity: string;
}

/** The whole book of a symbol, best level first. */
export interface Book {
  readonly symbol: string;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
  /** The feed's own counting: equal numbers, equal books, on every node. */
  readonly sequence: number;
  readonly timeUs: number;
}

export interface Trade {
  readonly symbol: string;
  readonly price: string;
  readonly quantity: string;
  /** Who took: the side of the order that met a resting one; undefined when the venue does not say. */
  readonly aggressor: Side | undefined;
  /** The venue's id of the trade. */
  readonly tradeId: string;
  readonly timeUs: number;
}

export interface Bar {
  readonly symbol: string;
  readonly intervalS: number;
  /** Start of the interval, µs since 1970. */
  readonly startUs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
}

export interface BarSubscription {
  readonly symbol: string;
  readonly intervalS: number;
  /** Historical bars that the strategy is warmed with before it starts; default 0. */
  readonly warmUp?: number;
}

/** What a strategy wants to be told. */
export interface Subscriptions {
  readonly books?: readonly string[];
  readonly trades?: readonly string[];
  readonly bars?: readonly BarSubscription[];
}
