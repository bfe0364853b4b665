/** Which versions of which strategies are compared on this node: the active one with its candidate, else with the one before. */
import type { StrategyIntent } from '@baton/strategy/runner';
import { IntentDiff } from './intent-diff.ts';
import type { PostPlan } from './post-plan.ts';
import type { StrategyDiff } from './steering.ts';

interface Compared {
  readonly active: number;
  readonly candidate: number;
  readonly diff: IntentDiff;
}

export class VersionDiffs {
  readonly #compared = new Map<string, Compared>();

  /** Takes note of what runs now; a comparison of the same two goes on. */
  compare(plans: readonly PostPlan[]): void {
    for (const id of [...this.#compared.keys()]) {
      if (!plans.some((plan) => plan.id === id)) this.#compared.delete(id);
    }
    for (const { deployment: active, id } of plans.filter(({ isActive }) => isActive)) {
      const others = plans.filter((plan) => plan.id === id && plan.deployment !== active);
      // The newest: a candidate is newer than what was active before.
      const candidate = Math.max(...others.map(({ deployment }) => deployment));
      const before = this.#compared.get(id);
      if (others.length === 0) this.#compared.delete(id);
      else if (before?.active !== active || before.candidate !== candidate) {
        this.#compared.set(id, { active, candidate, diff: new IntentDiff(active, candidate) });
      }
    }
  }

  isCompared({ deployment, id }: PostPlan): boolean {
    const compared = this.#compared.get(id);
    return compared?.active === deployment || compared?.candidate === deployment;
  }

  take({ deployment, id }: PostPlan, intent: StrategyIntent, nowMs: number): void {
    this.#compared.get(id)?.diff.take(deployment, intent, nowMs);
  }

  figures(nowMs: number): StrategyDiff[] {
    return Array.from(this.#compared, ([strategyId, { diff }]) => ({ strategyId, ...diff.figures(nowMs) }));
  }
}
