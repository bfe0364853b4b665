/**
 * Samples reference prices of this node's market data, for the collars and marks of risk: the middle of the best bid and
 * ask, or the last trade where a side is missing. Rules decided here: one sample of all symbols at a time and at a bounded
 * rate, whatever the market does; a price that has not changed is said again before it counts as old; a feed that has fallen
 * silent is not vouched for. Whether a sample gets into the log, the leader's core decides.
 */
import { formatDecimal, parseDecimal } from '@baton/fix';
import type { Clock, Timer } from '@baton/host';
import type { ReferenceSample } from '@baton/ledger';
import type { FeedPlan } from '../configuration/feed-plan.ts';
import type { MarketFeed } from './market-feed.ts';

/** A feed says something at each of its heartbeats; after so many intervals of silence it is not believed. */
const SILENT_HEARTBEATS_MAX = 2;
/** Prices are averaged at this many places. */
const SCALE = 18;

export interface ReferenceSamplerOptions {
  readonly plans: readonly FeedPlan[];
  readonly feed: Pick<MarketFeed, 'subscribe' | 'silences'>;
  readonly clock: Clock;
  readonly sampled: (prices: readonly ReferenceSample[]) => void;
}

export class ReferenceSampler {
  readonly #options: ReferenceSamplerOptions;
  /** By symbol, at SCALE places. */
  readonly #prices = new Map<string, bigint>();
  /** Symbols whose book has both sides. */
  readonly #quoted = new Set<string>();
  #timer: Timer | undefined;

  constructor(options: ReferenceSamplerOptions) {
    this.#options = options;
    const symbols = options.plans.flatMap(({ references }) => references?.symbols.map(({ symbol }) => symbol) ?? []);
    if (symbols.length === 0) return;
    options.feed.subscribe({
      subscriptions: { books: symbols, trades: symbols },
      book: ({ asks, bids, symbol }) => this.#quote(symbol, bids[0]?.price, asks[0]?.price),
      trade: ({ price, symbol }) => {
        if (!this.#quoted.has(symbol)) this.#take(symbol, parseDecimal(price, SCALE));
      },
      bar: () => {},
    });
    this.#set(Math.min(...options.plans.flatMap(({ references }) => references?.everyMs ?? [])));
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #quote(symbol: string, bid: string | undefined, ask: string | undefined): void {
    const [low, high] = [bid, ask].map((price) => (price === undefined ? undefined : parseDecimal(price, SCALE)));
    if (low === undefined || high === undefined) {
      this.#quoted.delete(symbol);
      return;
    }
    this.#quoted.add(symbol);
    this.#take(symbol, (low + high) / 2n);
  }

  #take(symbol: string, price: bigint | undefined): void {
    if (price !== undefined && price > 0n) this.#prices.set(symbol, price);
  }

  #set(everyMs: number): void {
    this.#timer = this.#options.clock.setTimer(everyMs, () => {
      const prices = this.#sample();
      if (prices.length > 0) this.#options.sampled(prices);
      this.#set(everyMs);
    });
  }

  #sample(): ReferenceSample[] {
    const { feed, plans } = this.#options;
    const silentMs = new Map(feed.silences().map((one) => [one.venue, one.silentMs]));
    return plans.flatMap(({ heartBtIntS, references, venue }) => {
      const isSilent = (silentMs.get(venue) ?? Number.POSITIVE_INFINITY) > SILENT_HEARTBEATS_MAX * heartBtIntS * 1000;
      if (references === undefined || isSilent) return [];
      return references.symbols.flatMap(({ priceScale, symbol }) => {
        const price = this.#prices.get(symbol);
        if (price === undefined) return [];
        const rounded = price / 10n ** BigInt(SCALE - priceScale);
        return rounded === 0n ? [] : [{ symbol, price: formatDecimal(rounded, priceScale) }];
      });
    });
  }
}
