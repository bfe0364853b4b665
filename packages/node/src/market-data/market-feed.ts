/**
 * The market data of one node's strategies: a session a venue, bars built from trades, history for warm-up, each strategy
 * told what it asked for. Lives in the desk process, apart from the core.
 */
import type { Clock, Network, Timer } from '@baton/host';
import type { Bar, Book, Subscriptions, Trade } from '@baton/strategy';
import type { FeedPlan } from '../configuration/feed-plan.ts';
import type { FeedSilence } from '../health/market-data-health.ts';
import { BarBuilder } from './bar-builder.ts';
import { fetchBars } from './bar-history.ts';
import type { MarketNews } from './book-builder.ts';
import { FeedSession } from './feed-session.ts';

/** One strategy's end. */
export interface Subscriber {
  readonly subscriptions: Subscriptions;
  book(book: Book): void;
  trade(trade: Trade): void;
  bar(bar: Bar): void;
}

/** Asks a venue for historical bars; the last one given is for waiting between attempts. */
export type HistorySource = typeof fetchBars;

export interface MarketFeedOptions {
  readonly plans: readonly FeedPlan[];
  readonly network: Network;
  readonly clock: Clock;
  readonly log: (level: 'info' | 'warn', text: string) => void;
  /** Default: over HTTP. */
  readonly history?: HistorySource;
}

/** After a bar's end by this node's clock before it is told: trades of its last moment may still be on their way. */
const BAR_GRACE_MS = 100;

export class MarketFeed {
  readonly #options: MarketFeedOptions;
  readonly #sessions: readonly FeedSession[];
  readonly #started = new Set<FeedSession>();
  readonly #subscribers = new Set<Subscriber>();
  readonly #bars = new Map<string, BarBuilder>();
  #barTimer: Timer | undefined;

  constructor(options: MarketFeedOptions) {
    this.#options = options;
    const { clock, log, network, plans } = options;
    this.#sessions = plans.map(
      (plan) => new FeedSession({ ...plan, network, clock, log, news: (news) => this.#news(news) }),
    );
  }

  stop(): void {
    this.#barTimer?.cancel();
    for (const session of this.#started) session.stop();
  }

  /** How long each venue's feed that is wanted has heard nothing: for the health check of stale market data. */
  silences(): FeedSilence[] {
    return Array.from(this.#started, (session) => ({ venue: session.venue, silentMs: session.silentMs() }));
  }

  /** From now on the strategy is told what it subscribed; answers its removal. */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber);
    this.#startSessions(subscriber.subscriptions);
    for (const { symbol, intervalS } of subscriber.subscriptions.bars ?? []) {
      const key = barKey(symbol, intervalS);
      if (!this.#bars.has(key)) this.#bars.set(key, new BarBuilder(symbol, intervalS));
    }
    return () => this.#subscribers.delete(subscriber);
  }

  /** Historical bars of every subscription that wants some, oldest first. What cannot be had is logged, told and left out. */
  async warmUp({ bars = [] }: Subscriptions, missing: (text: string) => void = () => {}): Promise<Bar[][]> {
    const pause = (ms: number): Promise<void> =>
      new Promise((resolve) => {
        this.#options.clock.setTimer(ms, resolve);
      });
    const found: Bar[][] = [];
    for (const { symbol, intervalS, warmUp = 0 } of bars) {
      const history = this.#options.plans.find((plan) => plan.symbols.includes(symbol))?.history;
      if (warmUp === 0) continue;
      if (history === undefined) {
        missing(`no bars of ${symbol}: its venue has no marketData.history`);
        continue;
      }
      try {
        found.push(await (this.#options.history ?? fetchBars)(history, { symbol, intervalS, count: warmUp }, pause));
      } catch (error) {
        missing(`no bars of ${symbol}`);
        this.#options.log('warn', `warm-up of ${symbol}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return found;
  }

  /** A venue's line is opened when the first strategy wants something of it. */
  #startSessions({ bars = [], books = [], trades = [] }: Subscriptions): void {
    const wanted = new Set([...books, ...trades, ...bars.map(({ symbol }) => symbol)]);
    for (const [at, plan] of this.#options.plans.entries()) {
      const session = this.#sessions[at];
      if (session === undefined || this.#started.has(session)) continue;
      if (!plan.symbols.some((symbol) => wanted.has(symbol))) continue;
      this.#started.add(session);
      session.start();
    }
  }

  #news({ books, trades }: MarketNews): void {
    for (const book of books) {
      for (const subscriber of this.#subscribers) {
        if (subscriber.subscriptions.books?.includes(book.symbol) === true) subscriber.book(book);
      }
    }
    for (const trade of trades) this.#trade(trade);
    if (trades.length > 0) this.#setBarTimer();
  }

  #trade(trade: Trade): void {
    for (const subscriber of this.#subscribers) {
      if (subscriber.subscriptions.trades?.includes(trade.symbol) === true) subscriber.trade(trade);
    }
    for (const [key, builder] of this.#bars) {
      if (key.startsWith(`${trade.symbol}\u0000`)) this.#tellBars(builder.take(trade));
    }
  }

  #tellBars(bars: readonly Bar[]): void {
    for (const bar of bars) {
      for (const subscriber of this.#subscribers) {
        const isWanted = subscriber.subscriptions.bars?.some(
          ({ symbol, intervalS }) => symbol === bar.symbol && intervalS === bar.intervalS,
        );
        if (isWanted === true) subscriber.bar(bar);
      }
    }
  }

  /** A bar ends with its interval, whether or not anybody trades again. */
  #setBarTimer(): void {
    const { clock } = this.#options;
    this.#barTimer?.cancel();
    let nextUs: number | undefined;
    for (const builder of this.#bars.values()) {
      const endUs = builder.endUs();
      if (endUs !== undefined && (nextUs === undefined || endUs < nextUs)) nextUs = endUs;
    }
    if (nextUs === undefined) return;
    const delayMs = Math.max(0, (nextUs - clock.wallUs()) / 1000) + BAR_GRACE_MS;
    this.#barTimer = clock.setTimer(delayMs, () => {
      const endUs = clock.wallUs() - BAR_GRACE_MS * 1000;
      for (const builder of this.#bars.values()) this.#tellBars(builder.endedBy(endUs));
      this.#setBarTimer();
    });
  }
}

function barKey(symbol: string, intervalS: number): string {
  return `${symbol}\u0000${intervalS}`;
}
