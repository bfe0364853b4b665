/**
 * Market data that has gone stale on this node: its strategies would decide on old prices. The desk process, which has the
 * feeds, tells once a second how long each has been silent; a desk that says nothing more lets them grow old as well. FIX
 * heartbeats count as life, so a quiet market is not stale.
 */
import type { HealthCheck } from './health-check.ts';

/** How long a venue's feed has heard nothing, at the moment of the report. */
export interface FeedSilence {
  readonly venue: string;
  readonly silentMs: number;
}

export interface MarketDataOptions {
  /** Most silence of a venue's feed, milliseconds. */
  readonly maxMsOf: (venue: string) => number;
  readonly nowUs: () => number;
}

export class MarketDataHealth implements HealthCheck {
  readonly name = 'market-data';
  /** A line that is dialled again at once is heard again at once. */
  readonly holdMs = 1000;
  readonly bound = 'feeds heard';
  readonly #options: MarketDataOptions;
  readonly #heardUs = new Map<string, number>();

  constructor(options: MarketDataOptions) {
    this.#options = options;
  }

  /** What the desk says now. A venue that it no longer names is no longer wanted. */
  report(feeds: readonly FeedSilence[]): void {
    const nowUs = this.#options.nowUs();
    this.#heardUs.clear();
    for (const { venue, silentMs } of feeds) this.#heardUs.set(venue, nowUs - silentMs * 1000);
  }

  problem(): string {
    const { maxMsOf, nowUs } = this.#options;
    for (const [venue, heardUs] of this.#heardUs) {
      const silentMs = (nowUs() - heardUs) / 1000;
      if (silentMs > maxMsOf(venue)) return `market data of ${venue} is silent for ${Math.round(silentMs)} ms`;
    }
    return '';
  }
}
