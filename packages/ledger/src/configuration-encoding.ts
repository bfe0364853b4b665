/**
 * The bytes of a configuration, within a Configure command and within a snapshot: msgpack arrays of its fields in a fixed
 * order. Clients stand last and only if there are any, so that a configuration without them has the bytes it always had.
 */
import type { ClientConfiguration, Configuration } from './configuration.ts';
import { MalformedError, type MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';
import { readVenueFacts, writeVenueFacts } from './venue-facts-encoding.ts';

/** Keys, names, symbols: longer ones are a mistake, and they stay in memory as long as the order does. */
export const NAME_SIZE_BYTES_MAX = 64;
/** Instruments, venues and clients in one configuration. */
const CONFIGURED_COUNT_MAX = 10_000;
const DECIMAL_SIZE_BYTES_MAX = 48;

const POLICIES = ['void', 'resend'] as const;

export function writeConfiguration(to: MsgpackWriter, configuration: Configuration): void {
  const { limits } = configuration;
  const clients = configuration.clients ?? [];
  to.array(clients.length === 0 ? 5 : 6)
    .text(configuration.clusterId)
    .integer(configuration.incarnation);
  to.array(configuration.instruments.length);
  for (const one of configuration.instruments) {
    to.array(4).text(one.symbol).text(one.venue).integer(one.priceScale).integer(one.quantityScale);
  }
  to.array(configuration.venues.length);
  for (const one of configuration.venues) {
    to.array(one.facts === undefined ? 11 : 12);
    to.text(one.venue).text(one.beginString).text(one.senderCompId).text(one.targetCompId).text(one.account);
    to.integer(one.heartBtIntS).boolean(one.nextExpectedMsgSeqNum).integer(POLICIES.indexOf(one.neverReceivedPolicy));
    to.integer(one.orderMaxAgeMs).integer(optional(one.statusQuery)).integer(optional(one.unknownIsConclusive));
    if (one.facts !== undefined) writeVenueFacts(to, one.facts);
  }
  to.array(4).text(limits.orderQuantityMax).text(limits.orderNotionalMax).text(limits.positionMax);
  to.integer(limits.openOrdersMax);
  if (clients.length === 0) return;
  to.array(clients.length);
  for (const one of clients) {
    to.array(7).text(one.client).text(one.beginString).text(one.senderCompId).text(one.targetCompId);
    to.text(one.account).integer(one.heartBtIntS).boolean(one.resetOnLogon);
  }
}

export function readConfiguration(from: MsgpackReader): Configuration {
  const name = (): string => from.text(NAME_SIZE_BYTES_MAX);
  const count = from.array();
  if (count !== 5 && count !== 6) throw new MalformedError(`expected 5 or 6 fields, found ${count}`, 0);
  const clusterId = name();
  const incarnation = from.natural();
  const instruments = readList(from, () => {
    from.arrayOf(4);
    return { symbol: name(), venue: name(), priceScale: from.natural(), quantityScale: from.natural() };
  });
  const venues = readList(from, () => {
    const fields = from.array();
    if (fields !== 11 && fields !== 12)
      throw new MalformedError(`expected 11 or 12 fields of a venue, found ${fields}`, 0);
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
      ...(fields === 12 ? { facts: readVenueFacts(from) } : {}),
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
  const agreed = { clusterId, incarnation, instruments, venues, limits };
  return count === 5 ? agreed : { ...agreed, clients: readClients(from) };
}

function readClients(from: MsgpackReader): ClientConfiguration[] {
  const name = (): string => from.text(NAME_SIZE_BYTES_MAX);
  return readList(from, () => {
    from.arrayOf(7);
    return {
      client: name(),
      beginString: name(),
      senderCompId: name(),
      targetCompId: name(),
      account: name(),
      heartBtIntS: from.natural(),
      resetOnLogon: from.boolean(),
    };
  });
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

/** One of a closed list, stored as its place there. */
export function choice<T>(from: MsgpackReader, values: readonly T[]): T {
  const at = from.natural();
  const value = values[at];
  if (value === undefined) throw new MalformedError(`expected a choice below ${values.length}, found ${at}`, 0);
  return value;
}
