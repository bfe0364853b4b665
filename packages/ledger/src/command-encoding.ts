/**
 * The bytes of a command: a msgpack array `[kind, ...fields]`, in the order that its family gives them. Encoded once, by
 * the proposer; carried as bytes through log, network and disk; decoded when applied. Decoding never throws and bounds
 * every text; what is well-formed but makes no sense (an unknown symbol) is refused later, when it is applied.
 */
import { type AuthoredCommand, type Command, CommandKind } from './command.ts';
import { CommandFields } from './command-fields.ts';
import type { Configuration } from './configuration.ts';
import { readConfiguration, writeConfiguration } from './configuration-encoding.ts';
import { isDeploymentCommand, readDeploymentCommand, writeDeploymentCommand } from './deployment-command.ts';
import { isDrillCommand, readDrillCommand, writeDrillCommand } from './drill-command.ts';
import { MalformedError, MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';
import { isOperationCommand, readOperationCommand, writeOperationCommand } from './operation-command.ts';
import { readOrderCommand, writeOrderCommand } from './order-command.ts';
import { readReconcileCommand, writeReconcileCommand } from './reconcile/reconcile-command.ts';
import { readRiskCommand, writeRiskCommand } from './risk-command.ts';
import { readSessionCommand, writeSessionCommand } from './session-command.ts';
import { readStrategyCommand, writeStrategyCommand } from './strategy-command.ts';
import { readVenueCommand, writeVenueCommand } from './venue-command.ts';

/** Bytes of the longest command within an envelope: a strategy's state. */
const AUTHORED_SIZE_BYTES_MAX = 1 << 17;

export type DecodedCommand = AuthoredCommand | { readonly type: 'Malformed'; readonly reason: string };

/** Throws RangeError only for integers that are not safe integers. */
export function encodeCommand(command: AuthoredCommand): Uint8Array {
  const to = new MsgpackWriter();
  writeCommand(to, command);
  const bytes = to.finish();
  if (command.author === undefined) return bytes;
  return new MsgpackWriter().array(3).integer(CommandKind.OfDeployment).integer(command.author).bytes(bytes).finish();
}

/** The command's own bytes: those that are the same whichever deployment gives it. */
export function commandBytes(bytes: Uint8Array): Uint8Array {
  const from = new MsgpackReader(bytes);
  from.arrayOf(3);
  from.natural();
  from.natural();
  return from.bytes(AUTHORED_SIZE_BYTES_MAX);
}

export function decodeCommand(bytes: Uint8Array): DecodedCommand {
  try {
    const from = new MsgpackReader(bytes);
    const fields = new CommandFields(from);
    const command = fields.kind === CommandKind.OfDeployment ? readAuthored(fields) : readCommand(fields);
    from.end();
    return command;
  } catch (error) {
    if (error instanceof MalformedError) return { type: 'Malformed', reason: error.message };
    throw error;
  }
}

function readAuthored(fields: CommandFields): AuthoredCommand {
  fields.expect(3);
  const author = fields.from.natural();
  const from = new MsgpackReader(fields.from.bytes(AUTHORED_SIZE_BYTES_MAX));
  const inner = new CommandFields(from);
  const command = readOrderCommand(inner) ?? readStrategyCommand(inner);
  if (command === undefined) throw new MalformedError(`no deployment gives commands of kind ${inner.kind}`, 0);
  from.end();
  // A fresh object of ours: completed in place, because a copy of every order would cost.
  (command as { author?: number }).author = author;
  return command;
}

function writeCommand(to: MsgpackWriter, command: Command): void {
  switch (command.type) {
    case 'Configure':
      writeConfiguration(to.array(2).integer(CommandKind.Configure), command.configuration);
      return;
    case 'SubmitOrder':
    case 'CancelOrder':
    case 'ReplaceOrder':
    case 'MassCancel':
    case 'QueryOrder':
    case 'ClaimExternal':
      writeOrderCommand(to, command);
      return;
    case 'SetKillSwitch':
    case 'SetTradingState':
    case 'SetLimits':
    case 'ReferencePrice':
    case 'SampleReferences':
    case 'RampStart':
    case 'RampAbort':
    case 'GuardRamp':
    case 'BookAdjustment':
      writeRiskCommand(to, command);
      return;
    case 'VenueAnswer':
    case 'AcceptSequenceReset':
    case 'SettleInDoubt':
    case 'SessionHandedOver':
    case 'TakeoverTimed':
      writeVenueCommand(to, command);
      return;
    case 'AskAccount':
    case 'BookFindings':
    case 'NoteHistory':
    case 'EndReconciliation':
    case 'AcknowledgeFinding':
    case 'StartCold':
    case 'ColdVenueStep':
    case 'AcceptColdStart':
      writeReconcileCommand(to, command);
      return;
    case 'SetTimer':
    case 'CancelTimer':
    case 'StrategyCheckpoint':
      writeStrategyCommand(to, command);
      return;
    default:
      if (isOperationCommand(command)) writeOperationCommand(to, command);
      else if (isDrillCommand(command)) writeDrillCommand(to, command);
      else if (isDeploymentCommand(command)) writeDeploymentCommand(to, command);
      else writeSessionCommand(to, command);
  }
}

function readCommand(fields: CommandFields): Command {
  // The frequent ones first.
  const command =
    readOrderCommand(fields) ??
    readSessionCommand(fields) ??
    readRiskCommand(fields) ??
    readStrategyCommand(fields) ??
    readDeploymentCommand(fields) ??
    readVenueCommand(fields) ??
    readOperationCommand(fields) ??
    readDrillCommand(fields) ??
    readReconcileCommand(fields);
  if (command !== undefined) return command;
  if (fields.kind !== CommandKind.Configure) throw new MalformedError(`unknown command kind ${fields.kind}`, 0);
  fields.expect(2);
  return { type: 'Configure', configuration: readConfiguration(fields.from) };
}

/** The configuration as the ledger would give it back: keys in its order, empty lists left out. For comparing two. */
export function normalConfiguration(configuration: Configuration): Configuration {
  const to = new MsgpackWriter();
  writeConfiguration(to, configuration);
  return readConfiguration(new MsgpackReader(to.finish()));
}
