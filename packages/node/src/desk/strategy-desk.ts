/** All strategies of a node, each version at a post of its own: what runs, what each is told of the market, how it fares. */
import { dirname, join } from 'node:path';
import type { Clock, Network, Timer } from '@baton/host';
import type { Subscriptions } from '@baton/strategy';
import type { FeedPlan } from '../configuration/feed-plan.ts';
import type { StrategyPlan } from '../configuration/plan.ts';
import { MarketFeed } from '../market-data/market-feed.ts';
import { ReferenceSampler } from '../market-data/reference-sampler.ts';
import { checkStrategy } from './code-check.ts';
import type { DeskControl } from './control.ts';
import type { DeployedStrategyPosts } from './deployed.ts';
import { type PostPlan, postKey, postPlans } from './post-plan.ts';
import type { SteeringMessage } from './steering.ts';
import { StrategyPost } from './strategy-post.ts';
import { VersionDiffs } from './version-diffs.ts';

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
const REPORT_EVERY_MS = 1000;

interface Manned {
  readonly post: StrategyPost;
  /** Ends its market data. */
  unsubscribe: () => void;
}

export class StrategyDesk {
  readonly #plan: DeskPlan;
  readonly #codeFolder: string;
  readonly #manned = new Map<string, Manned>();
  readonly #diffs = new VersionDiffs();
  readonly #feed: MarketFeed;
  readonly #control: DeskControl;
  readonly #clock: Clock;
  readonly #references: ReferenceSampler;
  #reportTimer: Timer | undefined;

  constructor(plan: DeskPlan, control: DeskControl, { clock, network }: DeskMachine) {
    this.#plan = plan;
    this.#codeFolder = join(dirname(plan.socket), 'strategies');
    this.#control = control;
    this.#clock = clock;
    this.#feed = new MarketFeed({
      plans: plan.feeds,
      clock,
      network,
      log: (level, text) => control.say(level, text),
    });
    this.#references = new ReferenceSampler({
      plans: plan.feeds,
      feed: this.#feed,
      clock,
      sampled: (prices) => control.references(prices),
    });
  }

  /** What runs, the core says: the first thing that it does. */
  start(): void {
    this.#control.steered((message) => this.#hear(message));
    this.#report();
  }

  stop(): void {
    this.#reportTimer?.cancel();
    this.#references.stop();
    this.#feed.stop();
    for (const { post } of this.#manned.values()) post.stop();
  }

  #hear(message: SteeringMessage): void {
    switch (message.type) {
      case 'deployed':
        this.#deploy(message.strategies);
        return;
      case 'check': {
        const { digest, file, parameters, request } = message;
        void checkStrategy({ file, digest, parameters, codeFolder: this.#codeFolder }).then((outcome) =>
          this.#control.report({ type: 'checked', request, outcome }),
        );
        return;
      }
      case 'cut-off':
        this.#manned
          .get(postKey({ id: message.strategyId, deployment: message.deployment }))
          ?.post.cutOff(message.reason);
    }
  }

  /** Starts what is new, ends what has no part any more, and leaves the rest running. */
  #deploy(strategies: readonly DeployedStrategyPosts[]): void {
    const plans = postPlans(this.#plan.strategies, strategies, this.#codeFolder);
    const wanted = new Map(plans.map((plan) => [postKey(plan), plan]));
    for (const [key, { post, unsubscribe }] of this.#manned) {
      if (wanted.has(key)) continue;
      unsubscribe();
      post.retire('removed');
      this.#manned.delete(key);
      this.#control.log('info', key, 'has no part any more: ended');
    }
    this.#diffs.compare(plans);
    for (const [key, plan] of wanted) {
      const manned = this.#manned.get(key);
      if (manned !== undefined) manned.post.plan = plan;
      else this.#man(key, plan);
      this.#compare(key);
    }
  }

  /** The core judges by it whether this node should lead, and shows it. */
  #report(): void {
    this.#reportTimer = this.#clock.setTimer(REPORT_EVERY_MS, () => {
      this.#control.marketData(this.#feed.silences());
      const posts = Array.from(this.#manned.values(), ({ post }) => post.status());
      this.#control.report({ type: 'posts', posts, diffs: this.#diffs.figures(performance.now()) });
      this.#report();
    });
  }

  #man(key: string, plan: PostPlan): void {
    const label = plan.deployment === 0 ? plan.id : key;
    const post = new StrategyPost({
      socket: this.#plan.socket,
      plan,
      log: (level, text) => this.#control.log(level, label, text),
      ready: (subscriptions) => {
        manned.unsubscribe();
        manned.unsubscribe = this.#subscribe(post, subscriptions);
        this.#compare(key);
        this.#warmUp(post, subscriptions);
      },
      subscribed: (subscriptions) => {
        manned.unsubscribe();
        manned.unsubscribe = this.#subscribe(post, subscriptions);
      },
      decided: (intent) => this.#diffs.take(plan, intent, performance.now()),
      halted: (reason) => {
        manned.unsubscribe();
        const cancels = post.plan.ordersOnHalt === 'cancel' && post.plan.isActive;
        this.#control.log('error', label, `halted: ${reason}; its orders ${cancels ? 'are canceled' : 'stay'}`);
        if (cancels) this.#control.cancelAll(plan.id, plan.deployment, `halt-${Date.now().toString(36)}`);
      },
    });
    const manned: Manned = { post, unsubscribe: () => {} };
    this.#manned.set(key, manned);
    post.start();
  }

  /** Threads tell what they decide only while somebody compares it. */
  #compare(key: string): void {
    const post = this.#manned.get(key)?.post;
    post?.send({ type: 'compare', on: this.#diffs.isCompared(post.plan) });
  }

  #subscribe(post: StrategyPost, subscriptions: Subscriptions): () => void {
    return this.#feed.subscribe({
      subscriptions,
      book: (book) => post.send({ type: 'book', book }),
      trade: (trade) => post.send({ type: 'trade', trade }),
      bar: (bar) => post.send({ type: 'bar', bar }),
    });
  }

  /** A strategy hears `start` only when it has its history. */
  #warmUp(post: StrategyPost, subscriptions: Subscriptions): void {
    const missing: string[] = [];
    this.#feed
      .warmUp(subscriptions, (text) => missing.push(text))
      .then(
        (history) => post.warmUp(history, missing.join('; ')),
        (error: unknown) => this.#control.say('error', `warm-up failed: ${String(error)}`),
      );
  }
}
