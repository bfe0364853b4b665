/** What the desk shall run, and what a strategy's runner is told of its deployment: both read from the ledger. */
import { AS_CONFIGURED, type DeployedStrategy, type Deployment, type Ledger, type LedgerEvent } from '@baton/ledger';
import type { RunnerSnapshot, StrategyCheckpoint } from '@baton/strategy/runner';

/** One version of a strategy that has a part on every node. */
export interface DeployedPost {
  readonly strategyId: string;
  /** 0: as configured; then only `parameters` may say something, '' where the file's hold. */
  readonly deployment: number;
  readonly isActive: boolean;
  readonly file: string;
  readonly digest: string;
  /** JSON. */
  readonly parameters: string;
  readonly mode: Deployment['mode'];
  readonly memoryMb: number;
  readonly onFailure: Deployment['onFailure'];
  readonly ordersOnHalt: Deployment['ordersOnHalt'];
}

export interface DeployedStrategyPosts {
  readonly strategyId: string;
  readonly posts: readonly DeployedPost[];
}

const CHANGES: ReadonlySet<LedgerEvent['type']> = new Set([
  'StrategyDeployed',
  'StrategyPromoted',
  'StrategyRemoved',
  'StrategyParametersChanged',
]);

export function changesDeployments(events: readonly LedgerEvent[]): boolean {
  return events.some(({ type }) => CHANGES.has(type));
}

/** Strategies of which entries tell; the others run as configured. */
export function deployedPosts(ledger: Ledger): DeployedStrategyPosts[] {
  return ledger.deployedStrategies().map(({ active, deployments, strategyId }) => ({
    strategyId,
    posts: deployments.map(
      ({ deployment, digest, file, memoryMb, mode, onFailure, ordersOnHalt, parameters }): DeployedPost => ({
        strategyId,
        deployment,
        isActive: deployment === active,
        file,
        digest,
        parameters,
        mode,
        memoryMb,
        onFailure,
        ordersOnHalt,
      }),
    ),
  }));
}

/** The version of each strategy whose orders count. */
export function activeStrategies(
  configured: readonly { readonly id: string }[],
  ledger: Pick<Ledger, 'deployedStrategies'>,
): { readonly strategyId: string; readonly deployment: number }[] {
  const deployed = ledger.deployedStrategies();
  const asConfigured = configured.filter(({ id }) => !deployed.some(({ strategyId }) => strategyId === id));
  return [
    ...asConfigured.map(({ id }) => ({ strategyId: id, deployment: AS_CONFIGURED })),
    ...deployed
      .filter(({ active, deployments }) => deployments.some(({ deployment }) => deployment === active))
      .map(({ active, strategyId }) => ({ strategyId, deployment: active })),
  ];
}

export interface Checkpoints {
  readonly checkpoint: StrategyCheckpoint | undefined;
  readonly kept: StrategyCheckpoint | undefined;
}

/** What a version goes on from: the state that the active one keeps, or what it kept itself when it was replaced. */
export function checkpointsOf(ledger: Ledger, strategyId: string, deployment: number): Checkpoints {
  const newest = ledger.strategyState(strategyId);
  const own = deploymentOf(ledger.deployedStrategy(strategyId), deployment);
  if (own === undefined) return { checkpoint: newest, kept: undefined };
  // Started fresh: what was kept before it counted is not its own.
  const isOthers = own.stateFrom === 'fresh' && (own.activeIndex === 0 || (newest?.index ?? 0) < own.activeIndex);
  return { checkpoint: isOthers ? undefined : newest, kept: own.kept };
}

/** What a runner's snapshot says of versions and pauses. */
export function deploymentSnapshot(
  ledger: Ledger,
  strategyId: string,
  deployment: number,
): Pick<RunnerSnapshot, 'active' | 'parameters' | 'pauses' | 'checkpoint' | 'kept'> {
  const strategy = ledger.deployedStrategy(strategyId);
  return {
    ...checkpointsOf(ledger, strategyId, deployment),
    active: strategy?.active ?? AS_CONFIGURED,
    parameters: deploymentOf(strategy, deployment)?.parameters ?? '',
    pauses: ledger.strategyPauses().map(({ reason, strategyId: id }) => ({ strategyId: id, reason })),
  };
}

function deploymentOf(strategy: DeployedStrategy | undefined, deployment: number): Deployment | undefined {
  return strategy?.deployments.find((each) => each.deployment === deployment);
}
