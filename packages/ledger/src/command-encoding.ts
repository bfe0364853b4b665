/**
 * The bytes of a command: a msgpack array `[kind, ...fields]`, in the order that its family gives them. Encoded once, by
 * the proposer; carried as bytes through log, network and disk; decoded when applied. Decoding never throws and bounds
 * every text; what is well-formed but makes no sense (an unknown symbol) is refused later, when it is applied.
 */
import { type Command, CommandKind } from './command.ts';
import { CommandFields } from './command-fields.ts';
import type { Configuration } from './configuration.ts';
import { readConfiguration, writeConfiguration } from './configuration-encoding.ts';
import { MalformedError, MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';
import { readOrderCommand, writeOrderCommand } from './order-command.ts';
import { readRiskCommand, writeRiskCommand } from './risk-command.ts';
import { readSessionCommand, writeSessionCommand } from './session-command.ts';
import { readStrategyCommand, writeStrategyCommand } from './strategy-command.ts';
import { readVenueCommand, writeVenueCommand } from './venue-command.ts';

export type DecodedCommand = Command | { readonly type: 'Malformed'; readonly reason: string };

/** Throws RangeError only for integers that are not safe integers. */
export function encodeCommand(command: Command): Uint8Array {
  const to = new MsgpackWriter();
  writeCommand(to, command);
  return to.finish();
}

export function decodeCommand(bytes: Uint8Array): DecodedCommand {
  try {
    const from = new MsgpackReader(bytes);
    const command = readCommand(new CommandFields(from));
    from.end();
    return command;
  } catch (error) {
    if (error instanceof MalformedError) return { type: 'Malformed', reason: error.message };
    throw error;
  }
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
    case 'RampStart':
    case 'RampAbort':
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
    case 'SetTimer':
    case 'CancelTimer':
    case 'StrategyCheckpoint':
      writeStrategyCommand(to, command);
      return;
    default:
      writeSessionCommand(to, command);
  }
}

function readCommand(fields: CommandFields): Command {
  // The frequent ones first.
  const command =
    readOrderCommand(fields) ??
    readSessionCommand(fields) ??
    readRiskCommand(fields) ??
    readStrategyCommand(fields) ??
    readVenueCommand(fields);
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
