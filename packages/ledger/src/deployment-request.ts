/**
 * What people ask of strategies, applied: versions change places at the entry that says so. Rules decided here: a deploy
 * makes a candidate and never anything active; only a candidate can be promoted, and what it replaces stays as the one to
 * go back to; a request that is repeated because its answer was lost changes nothing and is answered as the first was.
 */
import { denied, done } from './denial.ts';
import {
  AS_CONFIGURED,
  type DeployedStrategy,
  type Deployment,
  type DeploymentTerms,
  NO_DEPLOYMENT,
} from './deployment.ts';
import type { DeploymentCommand } from './deployment-command.ts';
import type { CommandResult, DenialCode } from './event.ts';
import type { LedgerState } from './ledger-state.ts';
import { applyMassCancel } from './order-entry.ts';

type CommandOf<Type extends DeploymentCommand['type']> = Extract<DeploymentCommand, { readonly type: Type }>;

const REPEATED: CommandResult = { ...done(), duplicate: true };

export function applyDeploymentCommand(state: LedgerState, command: DeploymentCommand): CommandResult {
  if (command.strategyId.includes('\u0000')) return denied('BAD_COMMAND', 'strategyId contains NUL');
  if (command.type === 'PauseStrategies') return pause(state, command);
  if (command.strategyId === '') return denied('BAD_COMMAND', 'strategyId is empty');
  switch (command.type) {
    case 'DeployStrategy':
      return deploy(state, command);
    case 'PromoteStrategy':
      return promote(state, command);
    case 'RollbackStrategy':
      return rollBack(state, command);
    case 'SetStrategyParameters':
      return setParameters(state, command);
    case 'RemoveStrategy':
      return remove(state, command);
  }
}

/** Why a command that a deployment gave for its strategy does not count; undefined when it does. */
export function authorDenial(
  state: LedgerState,
  author: number,
  { strategyId, type }: { readonly strategyId: string; readonly type: string },
): DenialCode | undefined {
  if (state.deployments.activeOf(strategyId) !== author) return 'SUPERSEDED';
  const adds = type === 'SubmitOrder' || type === 'ReplaceOrder';
  return adds && state.deployments.isPaused(strategyId) ? 'STRATEGY_PAUSED' : undefined;
}

function deploy(state: LedgerState, command: CommandOf<'DeployStrategy'>): CommandResult {
  if (!isJsonObject(command.parameters)) return denied('BAD_COMMAND', 'parameters are no JSON object');
  const { by, reason, strategyId } = command;
  const strategy = state.deployments.find(strategyId) ?? unknownStrategy(strategyId, command.isConfigured);
  const candidate = deploymentOf(strategy, strategy.candidate);
  const terms = termsOf(command);
  if (candidate !== undefined && JSON.stringify(termsOf(candidate)) === JSON.stringify(terms)) return REPEATED;
  const { index, timeUs } = state.entry;
  const deployment = strategy.last + 1;
  const made: Deployment = { ...terms, deployment, by, reason, index, timeUs, activeIndex: 0, kept: undefined };
  const deployments = [...strategy.deployments, made];
  if (!state.deployments.put({ ...strategy, last: deployment, candidate: deployment, deployments })) {
    return denied('STRATEGIES_LIMIT');
  }
  const { digest, version } = terms;
  state.emit({ type: 'StrategyDeployed', strategyId, deployment, version, digest, by, reason });
  return done();
}

function promote(state: LedgerState, command: CommandOf<'PromoteStrategy'>): CommandResult {
  const { deployment, strategyId } = command;
  const strategy = state.deployments.find(strategyId);
  if (strategy === undefined) return denied('UNKNOWN_STRATEGY');
  if (strategy.active === deployment) return REPEATED;
  if (strategy.candidate !== deployment) return denied('UNKNOWN_DEPLOYMENT');
  const places = { active: deployment, candidate: NO_DEPLOYMENT, previous: strategy.active };
  change(state, strategy, places, command, false);
  return done();
}

function rollBack(state: LedgerState, command: CommandOf<'RollbackStrategy'>): CommandResult {
  const { from, strategyId } = command;
  const strategy = state.deployments.find(strategyId);
  if (strategy === undefined) return denied('UNKNOWN_STRATEGY');
  if (strategy.active !== from) return strategy.candidate === from ? REPEATED : denied('UNKNOWN_DEPLOYMENT');
  if (strategy.previous === NO_DEPLOYMENT) return denied('UNKNOWN_DEPLOYMENT', 'there is no version to go back to');
  // What was rolled back runs on as the candidate, to be looked at, unless a newer one does.
  const candidate = strategy.candidate === NO_DEPLOYMENT ? from : strategy.candidate;
  change(state, strategy, { active: strategy.previous, candidate, previous: NO_DEPLOYMENT }, command, true);
  return done();
}

function change(
  state: LedgerState,
  strategy: DeployedStrategy,
  places: Pick<DeployedStrategy, 'active' | 'candidate' | 'previous'>,
  { by, reason, strategyId }: { readonly by: string; readonly reason: string; readonly strategyId: string },
  isRollback: boolean,
): void {
  const { index } = state.entry;
  const kept = state.strategies.find(strategyId);
  const deployments = strategy.deployments.map((each) => {
    if (each.deployment === places.active) return { ...each, activeIndex: index };
    return each.deployment === strategy.active && kept !== undefined ? { ...each, kept } : each;
  });
  state.deployments.put({ ...strategy, ...places, deployments });
  const before = strategy.active;
  const deployment = places.active;
  state.emit({ type: 'StrategyPromoted', strategyId, deployment, before, isRollback, by, reason });
}

function setParameters(state: LedgerState, command: CommandOf<'SetStrategyParameters'>): CommandResult {
  const { by, configured, deployment, parameters, reason, strategyId } = command;
  if (!isJsonObject(parameters)) return denied('BAD_COMMAND', 'parameters are no JSON object');
  const found = state.deployments.find(strategyId);
  if (found === undefined && deployment !== AS_CONFIGURED) return denied('UNKNOWN_STRATEGY');
  const strategy = found ?? unknownStrategy(strategyId, true);
  const changed = deploymentOf(strategy, deployment);
  if (changed === undefined) return denied('UNKNOWN_DEPLOYMENT');
  const before = changed.parameters === '' ? configured : changed.parameters;
  if (changed.parameters === parameters) return REPEATED;
  const deployments = strategy.deployments.map((each) => (each === changed ? { ...each, parameters } : each));
  if (!state.deployments.put({ ...strategy, deployments })) return denied('STRATEGIES_LIMIT');
  state.emit({ type: 'StrategyParametersChanged', strategyId, deployment, before, after: parameters, by, reason });
  return done();
}

function pause(state: LedgerState, { by, paused, reason, strategyId }: CommandOf<'PauseStrategies'>): CommandResult {
  const { deployments } = state;
  if ((deployments.pausedSince(strategyId) !== undefined) === paused) return REPEATED;
  if (!paused) deployments.resume(strategyId);
  else if (!deployments.pause({ strategyId, reason, by, index: state.entry.index })) return denied('STRATEGIES_LIMIT');
  state.emit({ type: 'StrategiesPaused', strategyId, paused, by, reason });
  return done();
}

function remove(state: LedgerState, command: CommandOf<'RemoveStrategy'>): CommandResult {
  const { by, cancelOrders, deployment, reason, strategyId } = command;
  const strategy = state.deployments.find(strategyId) ?? unknownStrategy(strategyId, true);
  if (deploymentOf(strategy, deployment) === undefined) return denied('UNKNOWN_DEPLOYMENT');
  const without = (place: number): number => (place === deployment ? NO_DEPLOYMENT : place);
  const wasActive = strategy.active === deployment;
  const { active, candidate, previous } = strategy;
  const places = { active: without(active), candidate: without(candidate), previous: without(previous) };
  if (!state.deployments.put({ ...strategy, ...places })) return denied('STRATEGIES_LIMIT');
  state.emit({ type: 'StrategyRemoved', strategyId, deployment, wasActive, by, reason });
  if (wasActive && cancelOrders) applyMassCancel(state, { type: 'MassCancel', clientKey: '', strategyId });
  return done();
}

function deploymentOf({ deployments }: DeployedStrategy, deployment: number): Deployment | undefined {
  return deployments.find((each) => each.deployment === deployment);
}

/** A strategy of which no entry has told yet. */
function unknownStrategy(strategyId: string, isConfigured: boolean): DeployedStrategy {
  const configured: Deployment = {
    deployment: AS_CONFIGURED,
    version: '',
    file: '',
    digest: '',
    parameters: '',
    mode: 'shadow',
    memoryMb: 0,
    onFailure: 'restart',
    ordersOnHalt: 'leave',
    stateFrom: 'active',
    by: '',
    reason: '',
    index: 0,
    timeUs: 0,
    activeIndex: 0,
    kept: undefined,
  };
  return {
    strategyId,
    last: AS_CONFIGURED,
    active: isConfigured ? AS_CONFIGURED : NO_DEPLOYMENT,
    candidate: NO_DEPLOYMENT,
    previous: NO_DEPLOYMENT,
    deployments: isConfigured ? [configured] : [],
  };
}

function termsOf(from: DeploymentTerms): DeploymentTerms {
  const { digest, file, memoryMb, mode, onFailure, ordersOnHalt, parameters, stateFrom, version } = from;
  return { version, file, digest, parameters, mode, memoryMb, onFailure, ordersOnHalt, stateFrom };
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
