/**
 * Commands: what a log entry asks of the ledger. One command an entry, encoded once by `encodeCommand` as a canonical
 * msgpack array `[kind, ...fields]` (fixed order, no maps). Decimal values are text; they become scaled bigint when
 * applied, with the instrument's scale. Each family of commands has a file of its own, with its bytes.
 */
import type { Configuration } from './configuration.ts';
import type { DeploymentCommand } from './deployment-command.ts';
import type { DrillCommand } from './drill-command.ts';
import type { OperationCommand } from './operation-command.ts';
import type { OrderCommand } from './order-command.ts';
import type { ReconcileCommand } from './reconcile/reconcile-command.ts';
import type { RiskCommand } from './risk-command.ts';
import type { SessionCommand } from './session-command.ts';
import type { StrategyStateCommand } from './strategy-command.ts';
import type { VenueCommand } from './venue-command.ts';

export { CommandKind } from './command-kind.ts';
export type {
  ClientConfiguration,
  Configuration,
  CurrencyConfiguration,
  InstrumentConfiguration,
  LimitConfiguration,
  Limits,
  Scope,
  ScopedLimits,
  VenueConfiguration,
} from './configuration.ts';
export type { OrderType, Side, TimeInForce } from './order-command.ts';

/** Sets the configuration. Proposed by a leader whose file differs from the ledger's. */
export interface ConfigureCommand {
  readonly type: 'Configure';
  readonly configuration: Configuration;
}

/** One family a line. */
export type Command =
  | ConfigureCommand
  | SessionCommand
  | OrderCommand
  | RiskCommand
  | StrategyStateCommand
  | DeploymentCommand
  | VenueCommand
  | OperationCommand
  | DrillCommand
  | ReconcileCommand;

/** A command, and which deployment of a strategy gave it; nobody's where people and clients ask. */
export type AuthoredCommand = Command & { readonly author?: number };
