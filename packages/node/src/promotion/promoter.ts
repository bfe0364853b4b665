/** The parent's part in a promotion: it tells load balancers and runs the hook, so that the core waits for nobody. */
import { Promotions, targetOf } from '@baton/herald';
import type { Plan } from '../configuration/plan.ts';

export interface PromotedMessage {
  readonly type: 'promoted';
  readonly term: number;
}

export function isPromotedMessage(message: unknown): message is PromotedMessage {
  return (message as { type?: unknown } | null)?.type === 'promoted';
}

export class Promoter {
  readonly #plan: Plan;
  readonly #promotions: Promotions;

  constructor(plan: Plan, log: (text: string) => void) {
    this.#plan = plan;
    this.#promotions = new Promotions({
      targets: plan.promotions.map(targetOf),
      clock: {
        monotonicUs: () => performance.now() * 1000,
        setTimer: (delayMs, callback) => {
          const timer = setTimeout(callback, delayMs);
          return { cancel: () => clearTimeout(timer) };
        },
      },
      told: (target, { term }, tookMs, problem) => {
        const what = problem === '' ? 'knows of the promotion' : `does not: ${problem}`;
        log(`${target} ${what} (term ${term}, ${tookMs.toFixed(1)} ms)`);
      },
    });
  }

  promoted(term: number): void {
    if (this.#plan.promotions.length === 0) return;
    const { cluster, nodes, self } = this.#plan;
    const { host, port } = self.api;
    const others = nodes.filter(({ id }) => id !== self.id).map(({ name }) => name);
    void this.#promotions.leads({ cluster, node: self.name, term, host, api: `${host}:${port}`, others });
  }

  retired(): void {
    this.#promotions.ends();
  }
}
