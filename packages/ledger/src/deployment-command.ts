/**
 * Commands about strategies as people steer them: deploy, promote, roll back, parameters, pause, remove. Their fields and
 * their bytes. And the envelope in which a strategy's own commands say which of its deployments asks.
 */
import type { CommandFields } from './command-fields.ts';
import { CommandKind } from './command-kind.ts';
import { choice } from './configuration-encoding.ts';
import type { DeployedMode, DeploymentTerms, StateSource } from './deployment.ts';
import type { MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';

/** Who wants it, and why: for the audit. */
interface Signed {
  readonly by: string;
  readonly reason: string;
}

export type DeploymentCommand =
  /** A candidate: it runs beside the active version, muted. The same again is a repeat, and harmless. */
  | ({
      readonly type: 'DeployStrategy';
      readonly strategyId: string;
      /** A strategy of this id stands in the configuration files: it is active until another is promoted. */
      readonly isConfigured: boolean;
    } & DeploymentTerms &
      Signed)
  /** From this entry on the intents of the candidate count, and no longer those of the active version. */
  | ({ readonly type: 'PromoteStrategy'; readonly strategyId: string; readonly deployment: number } & Signed)
  /** Back to the version before; `from` is the deployment that shall no longer count. */
  | ({ readonly type: 'RollbackStrategy'; readonly strategyId: string; readonly from: number } & Signed)
  | ({
      readonly type: 'SetStrategyParameters';
      readonly strategyId: string;
      readonly deployment: number;
      /** What the configuration file says; the ledger takes it for the old value where it knows none. */
      readonly configured: string;
      /** JSON object: all parameters, not only those that change. */
      readonly parameters: string;
    } & Signed)
  /** Of one strategy, or ('') of all. */
  | ({ readonly type: 'PauseStrategies'; readonly strategyId: string; readonly paused: boolean } & Signed)
  | ({
      readonly type: 'RemoveStrategy';
      readonly strategyId: string;
      readonly deployment: number;
      /** Of the active one: take the strategy's open orders back. */
      readonly cancelOrders: boolean;
    } & Signed);

export const PARAMETERS_SIZE_BYTES_MAX = 8 * 1024;
export const STRATEGY_FILE_SIZE_BYTES_MAX = 512;

const MODES: readonly DeployedMode[] = ['shadow', 'leader', 'replicated'];
const ON_FAILURE: readonly DeploymentTerms['onFailure'][] = ['restart', 'halt'];
const ORDERS_ON_HALT: readonly DeploymentTerms['ordersOnHalt'][] = ['leave', 'cancel'];
const SOURCES: readonly StateSource[] = ['active', 'fresh'];

const TYPES: Readonly<Record<DeploymentCommand['type'], true>> = {
  DeployStrategy: true,
  PromoteStrategy: true,
  RollbackStrategy: true,
  SetStrategyParameters: true,
  PauseStrategies: true,
  RemoveStrategy: true,
};

export function isDeploymentCommand<T extends { readonly type: string }>(
  command: T,
): command is Extract<T, DeploymentCommand> {
  return Object.hasOwn(TYPES, command.type);
}

export function writeDeploymentCommand(to: MsgpackWriter, command: DeploymentCommand): void {
  const head = (count: number): MsgpackWriter =>
    to.array(count).integer(CommandKind[command.type]).text(command.strategyId).text(command.by).text(command.reason);
  switch (command.type) {
    case 'DeployStrategy':
      writeTerms(head(14).boolean(command.isConfigured), command);
      return;
    case 'PromoteStrategy':
      head(5).integer(command.deployment);
      return;
    case 'RollbackStrategy':
      head(5).integer(command.from);
      return;
    case 'SetStrategyParameters':
      head(7).integer(command.deployment).text(command.configured).text(command.parameters);
      return;
    case 'PauseStrategies':
      head(5).boolean(command.paused);
      return;
    case 'RemoveStrategy':
      head(6).integer(command.deployment).boolean(command.cancelOrders);
  }
}

/** Undefined for a kind of another family. */
export function readDeploymentCommand(fields: CommandFields): DeploymentCommand | undefined {
  const { from, kind } = fields;
  const head = (count: number): { strategyId: string; by: string; reason: string } => {
    fields.expect(count);
    return { strategyId: fields.name(), by: fields.name(), reason: fields.reason() };
  };
  switch (kind) {
    case CommandKind.DeployStrategy:
      return { type: 'DeployStrategy', ...head(14), isConfigured: from.boolean(), ...readTerms(from) };
    case CommandKind.PromoteStrategy:
      return { type: 'PromoteStrategy', ...head(5), deployment: from.natural() };
    case CommandKind.RollbackStrategy:
      return { type: 'RollbackStrategy', ...head(5), from: from.natural() };
    case CommandKind.SetStrategyParameters:
      return {
        type: 'SetStrategyParameters',
        ...head(7),
        deployment: from.natural(),
        configured: from.text(PARAMETERS_SIZE_BYTES_MAX),
        parameters: from.text(PARAMETERS_SIZE_BYTES_MAX),
      };
    case CommandKind.PauseStrategies:
      return { type: 'PauseStrategies', ...head(5), paused: from.boolean() };
    case CommandKind.RemoveStrategy:
      return { type: 'RemoveStrategy', ...head(6), deployment: from.natural(), cancelOrders: from.boolean() };
    default:
      return undefined;
  }
}

export function writeTerms(to: MsgpackWriter, terms: DeploymentTerms): void {
  to.text(terms.version).text(terms.file).text(terms.digest).text(terms.parameters);
  to.integer(MODES.indexOf(terms.mode)).integer(terms.memoryMb).integer(ON_FAILURE.indexOf(terms.onFailure));
  to.integer(ORDERS_ON_HALT.indexOf(terms.ordersOnHalt)).integer(SOURCES.indexOf(terms.stateFrom));
}

export function readTerms(from: MsgpackReader): DeploymentTerms {
  return {
    version: from.text(64),
    file: from.text(STRATEGY_FILE_SIZE_BYTES_MAX),
    digest: from.text(64),
    parameters: from.text(PARAMETERS_SIZE_BYTES_MAX),
    mode: choice(from, MODES),
    memoryMb: from.natural(),
    onFailure: choice(from, ON_FAILURE),
    ordersOnHalt: choice(from, ORDERS_ON_HALT),
    stateFrom: choice(from, SOURCES),
  };
}
