/**
 * The bytes of a command: a msgpack array `[kind, ...fields]` in the order of the fields below. Encoded once, by the
 * proposer; carried as bytes through log, network and disk; decoded when applied. Decoding never throws and bounds every
 * text; what is well-formed but makes no sense (an unknown symbol) is refused later, when it is applied.
 */
import {
  type Command,
  CommandKind,
  type Configuration,
  type OrderType,
  type Side,
  type TimeInForce,
} from './command.ts';
import { MalformedError, MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';

/** Keys, names, symbols: longer ones are a mistake, and they stay in memory as long as the order does. */
export const NAME_SIZE_BYTES_MAX = 64;
/** Free text: reasons. */
export const TEXT_SIZE_BYTES_MAX = 256;
/** One FIX message: the framer refuses longer ones before they are proposed. */
export const FIX_MESSAGE_SIZE_BYTES_MAX = 1 << 16;
/** Instruments and venues in one configuration. */
const CONFIGURED_COUNT_MAX = 10_000;
const DECIMAL_SIZE_BYTES_MAX = 48;

const SIDES: readonly Side[] = ['buy', 'sell'];
const ORDER_TYPES: readonly OrderType[] = ['market', 'limit'];
const TIMES_IN_FORCE: readonly TimeInForce[] = ['day', 'ioc', 'fok', 'gtc'];
const POLICIES = ['void', 'resend'] as const;

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
    default:
      throw new MalformedError(`unknown command kind ${kind}`, 0);
  }
}

function choice<T>(from: MsgpackReader, values: readonly T[]): T {
  const at = from.natural();
  const value = values[at];
  if (value === undefined) throw new MalformedError(`expected a choice below ${values.length}, found ${at}`, 0);
  return value;
}

/** Also part of the ledger's snapshot. */
export function writeConfiguration(to: MsgpackWriter, configuration: Configuration): void {
  const { limits } = configuration;
  to.array(5).text(configuration.clusterId).integer(configuration.incarnation);
  to.array(configuration.instruments.length);
  for (const one of configuration.instruments) {
    to.array(4).text(one.symbol).text(one.venue).integer(one.priceScale).integer(one.quantityScale);
  }
  to.array(configuration.venues.length);
  for (const one of configuration.venues) {
    to.array(11).text(one.venue).text(one.beginString).text(one.senderCompId).text(one.targetCompId).text(one.account);
    to.integer(one.heartBtIntS).boolean(one.nextExpectedMsgSeqNum).integer(POLICIES.indexOf(one.neverReceivedPolicy));
    to.integer(one.orderMaxAgeMs).integer(optional(one.statusQuery)).integer(optional(one.unknownIsConclusive));
  }
  to.array(4).text(limits.orderQuantityMax).text(limits.orderNotionalMax).text(limits.positionMax);
  to.integer(limits.openOrdersMax);
}

export function readConfiguration(from: MsgpackReader): Configuration {
  const name = (): string => from.text(NAME_SIZE_BYTES_MAX);
  from.arrayOf(5);
  const clusterId = name();
  const incarnation = from.natural();
  const instruments = readList(from, () => {
    from.arrayOf(4);
    return { symbol: name(), venue: name(), priceScale: from.natural(), quantityScale: from.natural() };
  });
  const venues = readList(from, () => {
    from.arrayOf(11);
    return {
      venue: name(),
      beginString: name(),
      senderCompId: name(),
      targetCompId: name(),
      account: name(),
      heartBtIntS: from.natural(),
      nextExpectedMsgSeqNum: from.boolean(),
      neverReceivedPolicy: choice(from, POLICIES),
      orderMaxAgeMs: from.natural(),
      ...readOptional('statusQuery', from),
      ...readOptional('unknownIsConclusive', from),
    };
  });
  from.arrayOf(4);
  const decimal = (): string => from.text(DECIMAL_SIZE_BYTES_MAX);
  const limits = {
    orderQuantityMax: decimal(),
    orderNotionalMax: decimal(),
    positionMax: decimal(),
    openOrdersMax: from.natural(),
  };
  return { clusterId, incarnation, instruments, venues, limits };
}

/** Absent stays absent: a configuration is compared with the file it came from. */
function optional(value: boolean | undefined): number {
  return value === undefined ? 0 : value ? 2 : 1;
}

function readOptional<Name extends string>(name: Name, from: MsgpackReader): { readonly [Key in Name]?: boolean } {
  const value = from.natural();
  if (value > 2) throw new MalformedError(`expected a choice below 3, found ${value}`, 0);
  return value === 0 ? {} : ({ [name]: value === 2 } as { readonly [Key in Name]?: boolean });
}

function readList<T>(from: MsgpackReader, readOne: () => T): T[] {
  const count = from.array();
  if (count > CONFIGURED_COUNT_MAX) throw new MalformedError(`list of ${count}, at most ${CONFIGURED_COUNT_MAX}`, 0);
  const list: T[] = [];
  for (let at = 0; at < count; at += 1) list.push(readOne());
  return list;
}
