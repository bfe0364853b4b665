/**
 * Which versions of a strategy run, and whose intents count. A strategy has one active deployment; beside it may run a
 * candidate, which is to be promoted, and the one that was active before, to which a rollback returns: both on the same
 * inputs, muted. The ledger does not look into code or parameters: it holds where the code is, its digest, and text.
 * Whatever a deployment asks carries its number, and is refused once another is active: that is what makes the change of
 * versions exact, at one index of the log.
 */
import type { Digest } from './digest.ts';
import type { StrategyState } from './strategies.ts';

/** Deployment of what stands in the nodes' configuration files. */
export const AS_CONFIGURED = 0;
/** No deployment. */
export const NO_DEPLOYMENT = -1;
/** Strategies are deployed by people. */
const STRATEGIES_MAX = 1_000;

export type DeployedMode = 'shadow' | 'leader' | 'replicated';
/** What a candidate begins with: the state that the active version keeps, or nothing. */
export type StateSource = 'active' | 'fresh';

export interface DeploymentTerms {
  /** Name and number that its definition has. */
  readonly version: string;
  /** Where its code is on every node; '' as configured. */
  readonly file: string;
  /** SHA-256 of the code, 64 hex digits; '' as configured. */
  readonly digest: string;
  /** JSON object; '' as configured. */
  readonly parameters: string;
  readonly mode: DeployedMode;
  readonly memoryMb: number;
  readonly onFailure: 'restart' | 'halt';
  readonly ordersOnHalt: 'leave' | 'cancel';
  readonly stateFrom: StateSource;
}

export interface Deployment extends DeploymentTerms {
  /** Counts up from 1 for each strategy. */
  readonly deployment: number;
  readonly by: string;
  readonly reason: string;
  /** Entry that made it, and its time. */
  readonly index: number;
  readonly timeUs: number;
  /** Entry since which, or at which last, its intents count; 0 when they never did. */
  readonly activeIndex: number;
  /** What the strategy kept when this version was last replaced: what it finds if it cannot read its successor's. */
  readonly kept: StrategyState | undefined;
}

export interface DeployedStrategy {
  readonly strategyId: string;
  /** Number of the last deployment. */
  readonly last: number;
  /** Each is a deployment's number, or NO_DEPLOYMENT. */
  readonly active: number;
  readonly candidate: number;
  readonly previous: number;
  /** Those three, as far as they are. */
  readonly deployments: readonly Deployment[];
}

/** A pause of one strategy, or ('') of all. */
export interface StrategyPause {
  readonly strategyId: string;
  readonly reason: string;
  readonly by: string;
  readonly index: number;
}

export class Deployments {
  readonly #strategies = new Map<string, DeployedStrategy>();
  readonly #pauses = new Map<string, StrategyPause>();

  find(strategyId: string): DeployedStrategy | undefined {
    return this.#strategies.get(strategyId);
  }

  /** In the order in which they were first deployed. */
  all(): IterableIterator<DeployedStrategy> {
    return this.#strategies.values();
  }

  pauses(): IterableIterator<StrategyPause> {
    return this.#pauses.values();
  }

  /** The deployment whose intents count. */
  activeOf(strategyId: string): number {
    return this.#strategies.get(strategyId)?.active ?? AS_CONFIGURED;
  }

  /** Is this strategy, or are all, to rest? */
  isPaused(strategyId: string): boolean {
    return this.#pauses.size > 0 && (this.#pauses.has('') || this.#pauses.has(strategyId));
  }

  /** False when there are too many. */
  put(strategy: DeployedStrategy): boolean {
    if (this.#strategies.size >= STRATEGIES_MAX && !this.#strategies.has(strategy.strategyId)) return false;
    // Only what still has a part is kept: the rest is in the log.
    const { active, candidate, previous } = strategy;
    const deployments = strategy.deployments.filter(({ deployment }) =>
      [active, candidate, previous].includes(deployment),
    );
    this.#strategies.set(strategy.strategyId, { ...strategy, deployments });
    return true;
  }

  /** False when there are too many. */
  pause(pause: StrategyPause): boolean {
    if (this.#pauses.size >= STRATEGIES_MAX && !this.#pauses.has(pause.strategyId)) return false;
    this.#pauses.set(pause.strategyId, pause);
    return true;
  }

  pausedSince(strategyId: string): StrategyPause | undefined {
    return this.#pauses.get(strategyId);
  }

  resume(strategyId: string): void {
    this.#pauses.delete(strategyId);
  }

  digest(digest: Digest): void {
    for (const { active, candidate, deployments, last, previous, strategyId } of this.#strategies.values()) {
      digest.text(strategyId).integer(last).integer(active).integer(candidate).integer(previous);
      for (const each of deployments) digestDeployment(digest, each);
    }
    for (const { by, index, reason, strategyId } of this.#pauses.values()) {
      digest.text(strategyId).text(reason).text(by).integer(index);
    }
  }
}

function digestDeployment(digest: Digest, deployment: Deployment): void {
  const { activeIndex, by, file, index, kept, parameters, reason, timeUs, version } = deployment;
  digest.integer(deployment.deployment).text(version).text(file).text(deployment.digest).text(parameters);
  digest.text(deployment.mode).integer(deployment.memoryMb).text(deployment.onFailure).text(deployment.ordersOnHalt);
  digest.text(deployment.stateFrom).text(by).text(reason).integer(index).integer(timeUs).integer(activeIndex);
  digest.text(kept === undefined ? '' : `${kept.sequence}.${kept.version}.${kept.blobHash}`);
}
