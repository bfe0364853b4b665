/**
 * The core's talk with its desk about what runs: which versions of which strategies, whether code and parameters would do,
 * how each of them fares. The desk may be away: then nothing is known of its strategies, and a check says so.
 */

import type { DeployedStrategyPosts } from './deployed.ts';
import type { DiffFigures } from './intent-diff.ts';

/** How a strategy's thread fares on this node. */
export interface PostStatus {
  readonly strategyId: string;
  readonly deployment: number;
  readonly state: 'starting' | 'running' | 'restarting' | 'halted' | 'code-missing';
  /** Why, where it does not run. */
  readonly reason: string;
  /** Started again after a failure, since the desk was started. */
  readonly restarts: number;
  /** Longest hook since the last report, and what it was told. */
  readonly slowestMs: number;
  readonly slowest: string;
  /** Inputs that wait to be told. */
  readonly waiting: number;
  readonly warmUp: WarmUpStatus;
}

/** Has it been given its history, and begun? */
export interface WarmUpStatus {
  readonly isOver: boolean;
  readonly bars: number;
  /** What could not be had; '' for nothing. */
  readonly problem: string;
}

export interface StrategyDiff extends DiffFigures {
  readonly strategyId: string;
}

/** Of a file and parameters, before anything is proposed. */
export type CheckOutcome =
  | { readonly ok: true; readonly version: string; readonly digest: string }
  | { readonly ok: false; readonly problem: string };

export type SteeringMessage =
  | { readonly type: 'deployed'; readonly strategies: readonly DeployedStrategyPosts[] }
  | {
      readonly type: 'check';
      readonly request: number;
      readonly file: string;
      /** '' where any digest will do. */
      readonly digest: string;
      readonly parameters: string;
    }
  /** The core closed a strategy's line. */
  | { readonly type: 'cut-off'; readonly strategyId: string; readonly deployment: number; readonly reason: string };

export type SteeringReport =
  | { readonly type: 'checked'; readonly request: number; readonly outcome: CheckOutcome }
  | { readonly type: 'posts'; readonly posts: readonly PostStatus[]; readonly diffs: readonly StrategyDiff[] };

const CHECK_MS = 15_000;

export class Steering {
  #send: ((message: SteeringMessage) => void) | undefined;
  #strategies: readonly DeployedStrategyPosts[] = [];
  readonly #checks = new Map<number, (outcome: CheckOutcome) => void>();
  readonly #opening: Extract<SteeringMessage, { type: 'check' }>[] = [];
  #requests = 0;
  posts: readonly PostStatus[] = [];
  diffs: readonly StrategyDiff[] = [];

  get isOpen(): boolean {
    return this.#send !== undefined;
  }

  /** The desk is there. */
  open(strategies: readonly DeployedStrategyPosts[], send: (message: SteeringMessage) => void): void {
    this.#send = send;
    this.deployed(strategies);
    for (const order of this.#opening.splice(0)) if (this.#checks.has(order.request)) send(order);
  }

  closed(): void {
    this.#send = undefined;
    this.posts = [];
    this.diffs = [];
    for (const done of [...this.#checks.values()]) done({ ok: false, problem: 'the desk ended; ask again' });
    this.#checks.clear();
  }

  deployed(strategies: readonly DeployedStrategyPosts[]): void {
    this.#strategies = strategies;
    this.#send?.({ type: 'deployed', strategies: this.#strategies });
  }

  cutOff(strategyId: string, deployment: number, reason: string): void {
    this.#send?.({ type: 'cut-off', strategyId, deployment, reason });
  }

  /** Loads the code in a thread of the desk and holds the parameters against its schema. Never rejects. */
  check(file: string, digest: string, parameters: string): Promise<CheckOutcome> {
    const request = ++this.#requests;
    return new Promise((resolve) => {
      const done = (outcome: CheckOutcome): void => {
        clearTimeout(timer);
        this.#checks.delete(request);
        resolve(outcome);
      };
      const timer = setTimeout(
        () =>
          done({ ok: false, problem: `${file} was not loaded within ${CHECK_MS} ms; does it loop at its top level?` }),
        CHECK_MS,
      );
      this.#checks.set(request, done);
      const order = { type: 'check', request, file, digest, parameters } as const;
      // A desk that is being started is told when it is there.
      if (this.#send === undefined) this.#opening.push(order);
      else this.#send(order);
    });
  }

  hear(report: SteeringReport): void {
    if (report.type === 'checked') this.#checks.get(report.request)?.(report.outcome);
    else {
      this.posts = report.posts;
      this.diffs = report.diffs;
    }
  }
}
