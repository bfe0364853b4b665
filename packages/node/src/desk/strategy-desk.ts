/** All strategies of a node: their posts, and what they are told of the market. */
import type { StrategyPlan } from '../configuration/plan.ts';
import type { DeskControl } from './control.ts';
import { StrategyPost } from './strategy-post.ts';

/** What the parent hands over. */
export interface DeskPlan {
  readonly socket: string;
  readonly strategies: readonly StrategyPlan[];
}

export class StrategyDesk {
  readonly #posts: readonly StrategyPost[];

  constructor({ socket, strategies }: DeskPlan, control: DeskControl) {
    this.#posts = strategies.map((plan) => {
      const post = new StrategyPost({
        socket,
        plan,
        log: (level, text) => control.log(level, plan.id, text),
        ready: () => post.send({ type: 'start' }),
        halted: (reason) => {
          const cancels = plan.ordersOnHalt === 'cancel';
          control.log('error', plan.id, `halted: ${reason}; its orders ${cancels ? 'are canceled' : 'stay'}`);
          if (cancels) control.cancelAll(plan.id, `halt-${Date.now().toString(36)}`);
        },
      });
      return post;
    });
  }

  start(): void {
    for (const post of this.#posts) post.start();
  }

  stop(): void {
    for (const post of this.#posts) post.stop();
  }
}
