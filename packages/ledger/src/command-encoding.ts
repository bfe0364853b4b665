/**
 * The bytes of a command: a msgpack array `[kind, ...fields]` in the order of the fields below. Encoded once, by the
 * proposer; carried as bytes through log, network and disk; decoded when applied. Decoding never throws and bounds every
 * text; what is well-formed but makes no sense (an unknown symbol) is refused later, when it is applied.
 */
import { type Command, CommandKind, type OrderType, type Side, type TimeInForce } from './command.ts';
import { choice, NAME_SIZE_BYTES_MAX, readConfiguration, writeConfiguration } from './configuration-encoding.ts';
import { MalformedError, MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';

/** Free text: reasons. */
export const TEXT_SIZE_BYTES_MAX = 256;
/** One FIX message: the framer refuses longer ones before they are proposed. */
export const FIX_MESSAGE_SIZE_BYTES_MAX = 1 << 16;
/** Digits, sign and point of any quantity or price. */
const DECIMAL_SIZE_BYTES_MAX = 48;

const SIDES: readonly Side[] = ['buy', 'sell'];
const ORDER_TYPES: readonly OrderType[] = ['market', 'limit'];
const TIMES_IN_FORCE: readonly TimeInForce[] = ['day', 'ioc', 'fok', 'gtc'];

export type DecodedCommand = Command | { readonly type: 'Malformed'; readonly reason: string };

/** Throws RangeError only for integers that are not safe integers. */
export function encodeCommand(command: Command): Uint8Array {
  const to = new MsgpackWriter();
  switch (command.type) {
    case 'Configure':
      to.array(2).integer(CommandKind.Configure);
      writeConfiguration(to, command.configuration);
      return to.finish();
    case 'TakeoverStarted':
      return to.array(2).integer(CommandKind.TakeoverStarted).integer(command.node).finish();
    case 'TransportUp':
      return to.array(3).integer(CommandKind.TransportUp).text(command.venue).integer(command.connectionId).finish();
    case 'TransportDown':
      to.array(4).integer(CommandKind.TransportDown).text(command.venue);
      return to.integer(command.connectionId).text(command.reason).finish();
    case 'InboundFix':
      to.array(4).integer(CommandKind.InboundFix).text(command.venue);
      return to.integer(command.connectionId).bytes(command.bytes).finish();
    case 'Tick':
      return to.array(1).integer(CommandKind.Tick).finish();
    case 'SubmitOrder':
      to.array(9)
        .integer(CommandKind.SubmitOrder)
        .text(command.clientKey)
        .text(command.strategyId)
        .text(command.symbol);
      to.integer(SIDES.indexOf(command.side)).integer(ORDER_TYPES.indexOf(command.orderType));
      return to
        .integer(TIMES_IN_FORCE.indexOf(command.timeInForce))
        .text(command.quantity)
        .text(command.price)
        .finish();
    case 'CancelOrder':
      to.array(4).integer(CommandKind.CancelOrder).text(command.clientKey);
      return to.text(command.strategyId).text(command.clOrdId).finish();
    case 'ReplaceOrder':
      to.array(6).integer(CommandKind.ReplaceOrder).text(command.clientKey).text(command.strategyId);
      return to.text(command.clOrdId).text(command.quantity).text(command.price).finish();
    case 'MassCancel':
      return to.array(3).integer(CommandKind.MassCancel).text(command.clientKey).text(command.strategyId).finish();
    case 'SetKillSwitch':
      return to.array(3).integer(CommandKind.SetKillSwitch).boolean(command.on).text(command.reason).finish();
    case 'LogoutSessions':
      return to.array(2).integer(CommandKind.LogoutSessions).text(command.reason).finish();
    case 'ClientUp':
      return to.array(3).integer(CommandKind.ClientUp).text(command.client).integer(command.connectionId).finish();
    case 'ClientDown':
      to.array(4).integer(CommandKind.ClientDown).text(command.client);
      return to.integer(command.connectionId).text(command.reason).finish();
    case 'ClientInbound':
      to.array(4).integer(CommandKind.ClientInbound).text(command.client);
      return to.integer(command.connectionId).bytes(command.bytes).finish();
  }
}

export function decodeCommand(bytes: Uint8Array): DecodedCommand {
  try {
    const from = new MsgpackReader(bytes);
    const count = from.array();
    const command = readCommand(from, from.natural(), count);
    from.end();
    return command;
  } catch (error) {
    if (error instanceof MalformedError) return { type: 'Malformed', reason: error.message };
    throw error;
  }
}

function readCommand(from: MsgpackReader, kind: number, count: number): Command {
  const name = (): string => from.text(NAME_SIZE_BYTES_MAX);
  const expectCount = (expected: number): void => {
    if (count !== expected) throw new MalformedError(`kind ${kind} has ${expected} fields, found ${count}`, 0);
  };
  switch (kind) {
    case CommandKind.SubmitOrder:
      expectCount(9);
      return {
        type: 'SubmitOrder',
        clientKey: name(),
        strategyId: name(),
        symbol: name(),
        side: choice(from, SIDES),
        orderType: choice(from, ORDER_TYPES),
        timeInForce: choice(from, TIMES_IN_FORCE),
        quantity: from.text(DECIMAL_SIZE_BYTES_MAX),
        price: from.text(DECIMAL_SIZE_BYTES_MAX),
      };
    case CommandKind.InboundFix:
      expectCount(4);
      return {
        type: 'InboundFix',
        venue: name(),
        connectionId: from.natural(),
        bytes: from.bytes(FIX_MESSAGE_SIZE_BYTES_MAX),
      };
    case CommandKind.ClientInbound:
      expectCount(4);
      return {
        type: 'ClientInbound',
        client: name(),
        connectionId: from.natural(),
        bytes: from.bytes(FIX_MESSAGE_SIZE_BYTES_MAX),
      };
    case CommandKind.CancelOrder:
      expectCount(4);
      return { type: 'CancelOrder', clientKey: name(), strategyId: name(), clOrdId: name() };
    case CommandKind.ReplaceOrder:
      expectCount(6);
      return {
        type: 'ReplaceOrder',
        clientKey: name(),
        strategyId: name(),
        clOrdId: name(),
        quantity: from.text(DECIMAL_SIZE_BYTES_MAX),
        price: from.text(DECIMAL_SIZE_BYTES_MAX),
      };
    case CommandKind.MassCancel:
      expectCount(3);
      return { type: 'MassCancel', clientKey: name(), strategyId: name() };
    default:
      return readOperation(from, kind, expectCount);
  }
}

/** Commands that are rare: sessions, configuration, operators. */
function readOperation(from: MsgpackReader, kind: number, expectCount: (count: number) => void): Command {
  const name = (): string => from.text(NAME_SIZE_BYTES_MAX);
  switch (kind) {
    case CommandKind.Configure:
      expectCount(2);
      return { type: 'Configure', configuration: readConfiguration(from) };
    case CommandKind.TakeoverStarted:
      expectCount(2);
      return { type: 'TakeoverStarted', node: from.natural() };
    case CommandKind.TransportUp:
      expectCount(3);
      return { type: 'TransportUp', venue: name(), connectionId: from.natural() };
    case CommandKind.TransportDown:
      expectCount(4);
      return {
        type: 'TransportDown',
        venue: name(),
        connectionId: from.natural(),
        reason: from.text(TEXT_SIZE_BYTES_MAX),
      };
    case CommandKind.Tick:
      expectCount(1);
      return { type: 'Tick' };
    case CommandKind.SetKillSwitch:
      expectCount(3);
      return { type: 'SetKillSwitch', on: from.boolean(), reason: from.text(TEXT_SIZE_BYTES_MAX) };
    case CommandKind.LogoutSessions:
      expectCount(2);
      return { type: 'LogoutSessions', reason: from.text(TEXT_SIZE_BYTES_MAX) };
    case CommandKind.ClientUp:
      expectCount(3);
      return { type: 'ClientUp', client: name(), connectionId: from.natural() };
    case CommandKind.ClientDown:
      expectCount(4);
      return {
        type: 'ClientDown',
        client: name(),
        connectionId: from.natural(),
        reason: from.text(TEXT_SIZE_BYTES_MAX),
      };
    default:
      throw new MalformedError(`unknown command kind ${kind}`, 0);
  }
}
