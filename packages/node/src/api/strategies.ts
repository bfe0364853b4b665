/** What the API shows of strategies on this node: which versions there are, how each fares, how they differ. */
import { AS_CONFIGURED, type DeployedStrategy, type Deployment } from '@baton/ledger';
import type { StateTrafficView } from '../desk/state-traffic.ts';
import type { PostStatus, StrategyDiff } from '../desk/steering.ts';
import { ok, problem, type Reply } from './reply.ts';
import type { ApiSubject } from './subject.ts';

export interface DeploymentView {
  /** 0: as configured. */
  readonly deployment: number;
  readonly place: 'active' | 'candidate' | 'previous';
  /** Name and number of the definition; '' as configured. */
  readonly version: string;
  readonly file: string;
  readonly digest: string;
  readonly parameters: unknown;
  readonly mode: string;
  readonly memoryMb: number;
  readonly onFailure: string;
  readonly ordersOnHalt: string;
  readonly stateFrom: string;
  readonly by: string;
  readonly reason: string;
  readonly index: number;
  readonly timeUs: number;
  /** Entry since which it counts, or at which it last began to; 0 for never, or from the beginning. */
  readonly activeIndex: number;
  /** Its thread on this node; null while the desk has not told of it. */
  readonly here: PostStatus | null;
}

export interface StrategyView {
  readonly strategyId: string;
  readonly isConfigured: boolean;
  /** Why it rests; null while it does not. */
  readonly paused: { readonly reason: string; readonly by: string; readonly index: number } | null;
  readonly deployments: readonly DeploymentView[];
  /** What it keeps in the cluster. */
  readonly state: {
    readonly sequence: number;
    readonly version: number;
    readonly index: number;
    readonly sizeBytes: number;
  } | null;
  /** How its state gets there from this node. */
  readonly traffic: StateTrafficView | null;
}

export interface StrategiesView {
  readonly node: string;
  /** Entry that this is true at. */
  readonly index: number;
  /** Why all rest; null while they do not. */
  readonly paused: { readonly reason: string; readonly by: string; readonly index: number } | null;
  readonly strategies: readonly StrategyView[];
}

export function strategiesView(core: ApiSubject): StrategiesView {
  const deployed = core.ledger.deployedStrategies();
  const ids = new Set([...core.plan.strategies.map(({ id }) => id), ...deployed.map(({ strategyId }) => strategyId)]);
  return {
    node: core.plan.self.name,
    index: core.ledger.status().index,
    paused: pauseOf(core, ''),
    strategies: Array.from(ids, (id) => strategyView(core, id)),
  };
}

export function diffOf(core: ApiSubject, strategyId: string): Reply {
  const diff = core.desk.steering.diffs.find((each) => each.strategyId === strategyId);
  if (diff !== undefined) return ok(diff satisfies StrategyDiff);
  const text = `strategy ${strategyId} has no second version running on this node`;
  return problem(404, 'NO_DIFFERENCE', text, 'deploy a version; the first figures come a second after it runs');
}

/** Parameters in force of one version; undefined when it is not there. */
export function parametersOf(core: ApiSubject, strategyId: string, deployment: number): unknown {
  const found = core.ledger.deployedStrategy(strategyId)?.deployments.find((each) => each.deployment === deployment);
  if (found !== undefined && found.parameters !== '') return JSON.parse(found.parameters);
  return deployment === AS_CONFIGURED ? configuredOf(core, strategyId)?.parameters : undefined;
}

export function configuredOf(
  core: ApiSubject,
  strategyId: string,
): ApiSubject['plan']['strategies'][number] | undefined {
  return core.plan.strategies.find(({ id }) => id === strategyId);
}

function strategyView(core: ApiSubject, strategyId: string): StrategyView {
  const deployed = core.ledger.deployedStrategy(strategyId);
  const state = core.ledger.strategyState(strategyId);
  const configured = configuredOf(core, strategyId);
  return {
    strategyId,
    isConfigured: configured !== undefined,
    paused: pauseOf(core, strategyId),
    deployments: (deployed?.deployments ?? [AS_CONFIGURED]).map((each) =>
      deploymentView(core, strategyId, deployed, typeof each === 'number' ? undefined : each),
    ),
    state:
      state === undefined
        ? null
        : { sequence: state.sequence, version: state.version, index: state.index, sizeBytes: state.blob.length },
    traffic: core.desk.stateTraffic().find((each) => each.strategyId === strategyId) ?? null,
  };
}

function deploymentView(
  core: ApiSubject,
  strategyId: string,
  strategy: DeployedStrategy | undefined,
  found: Deployment | undefined,
): DeploymentView {
  const deployment = found?.deployment ?? AS_CONFIGURED;
  // Of a configured version the file says what the ledger does not know.
  const terms = deployment === AS_CONFIGURED ? configuredOf(core, strategyId) : found;
  const here = core.desk.steering.posts.find(
    (post) => post.strategyId === strategyId && post.deployment === deployment,
  );
  return {
    deployment,
    place: placeOf(strategy, deployment),
    version: found?.version ?? '',
    file: terms?.file ?? '',
    digest: found?.digest ?? '',
    parameters: parametersOf(core, strategyId, deployment) ?? {},
    mode: terms?.mode ?? '',
    memoryMb: terms?.memoryMb ?? 0,
    onFailure: terms?.onFailure ?? '',
    ordersOnHalt: terms?.ordersOnHalt ?? '',
    stateFrom: found?.stateFrom ?? 'active',
    by: found?.by ?? '',
    reason: found?.reason ?? '',
    index: found?.index ?? 0,
    timeUs: found?.timeUs ?? 0,
    activeIndex: found?.activeIndex ?? 0,
    here: here ?? null,
  };
}

function placeOf(strategy: DeployedStrategy | undefined, deployment: number): DeploymentView['place'] {
  if (strategy === undefined || strategy.active === deployment) return 'active';
  return strategy.candidate === deployment ? 'candidate' : 'previous';
}

function pauseOf(core: ApiSubject, strategyId: string): StrategyView['paused'] {
  const pause = core.ledger.strategyPauses().find((each) => each.strategyId === strategyId);
  return pause === undefined ? null : { reason: pause.reason, by: pause.by, index: pause.index };
}
