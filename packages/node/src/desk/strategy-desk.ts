/** All strategies of a node: their posts, and what each is told of the market. */
import type { Clock, Network, Timer } from '@baton/host';
import type { Subscriptions } from '@baton/strategy';
import type { FeedPlan } from '../configuration/feed-plan.ts';
import type { StrategyPlan } from '../configuration/plan.ts';
import { MarketFeed } from '../market-data/market-feed.ts';
import type { DeskControl } from './control.ts';
import { StrategyPost } from './strategy-post.ts';

/** What the parent hands over. */
export interface DeskPlan {
  readonly socket: string;
  readonly strategies: readonly StrategyPlan[];
  readonly feeds: readonly FeedPlan[];
}

export interface DeskMachine {
  readonly clock: Clock;
  readonly network: Network;
}

/** Far below what makes market data stale. */
const SILENCE_EVERY_MS = 1000;

export class StrategyDesk {
  readonly #posts: readonly StrategyPost[];
  readonly #feed: MarketFeed;
  readonly #control: DeskControl;
  readonly #clock: Clock;
  #silenceTimer: Timer | undefined;

  constructor({ feeds, socket, strategies }: DeskPlan, control: DeskControl, { clock, network }: DeskMachine) {
    this.#control = control;
    this.#clock = clock;
    this.#feed = new MarketFeed({
      plans: feeds,
      clock,
      network,
      log: (level, text) => control.say(level, text),
    });
    this.#posts = strategies.map((plan) => this.#post(socket, plan));
  }

  start(): void {
    for (const post of this.#posts) post.start();
    this.#tellSilences();
  }

  stop(): void {
    this.#silenceTimer?.cancel();
    this.#feed.stop();
    for (const post of this.#posts) post.stop();
  }

  /** The core judges by it whether this node should lead. */
  #tellSilences(): void {
    this.#silenceTimer = this.#clock.setTimer(SILENCE_EVERY_MS, () => {
      this.#control.marketData(this.#feed.silences());
      this.#tellSilences();
    });
  }

  #post(socket: string, plan: StrategyPlan): StrategyPost {
    let unsubscribe: (() => void) | undefined;
    const post = new StrategyPost({
      socket,
      plan,
      log: (level, text) => this.#control.log(level, plan.id, text),
      ready: (subscriptions) => {
        unsubscribe?.();
        unsubscribe = this.#ready(post, subscriptions);
      },
      halted: (reason) => {
        unsubscribe?.();
        const cancels = plan.ordersOnHalt === 'cancel';
        this.#control.log('error', plan.id, `halted: ${reason}; its orders ${cancels ? 'are canceled' : 'stay'}`);
        if (cancels) this.#control.cancelAll(plan.id, `halt-${Date.now().toString(36)}`);
      },
    });
    return post;
  }

  /** Warm-up first: a strategy hears live data only when it has its history. */
  #ready(post: StrategyPost, subscriptions: Subscriptions): () => void {
    const unsubscribe = this.#feed.subscribe({
      subscriptions,
      book: (book) => post.send({ type: 'book', book }),
      trade: (trade) => post.send({ type: 'trade', trade }),
      bar: (bar) => post.send({ type: 'bar', bar }),
    });
    this.#feed.warmUp(subscriptions).then(
      (history) => {
        for (const bars of history) post.send({ type: 'warmUp', bars });
        post.send({ type: 'start' });
      },
      (error: unknown) => this.#control.say('error', `warm-up failed: ${String(error)}`),
    );
    return unsubscribe;
  }
}
