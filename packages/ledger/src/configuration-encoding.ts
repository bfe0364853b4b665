/**
 * The bytes of a configuration, within a Configure command and within a snapshot: msgpack arrays of its fields in a fixed
 * order. Lists that are empty are absent when read: a configuration is compared with the file it came from.
 */
import type { ClientConfiguration, Configuration } from './configuration.ts';
import { readInstrument, writeInstrument } from './instrument-encoding.ts';
import { readGlobalLimits, readLimits, writeLimits } from './limits-encoding.ts';
import { MalformedError, type MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';
import { readVenueFacts, writeVenueFacts } from './venue-facts-encoding.ts';

/** Keys, names, symbols: longer ones are a mistake, and they stay in memory as long as the order does. */
export const NAME_SIZE_BYTES_MAX = 64;
/** Instruments, venues and clients in one configuration. */
const CONFIGURED_COUNT_MAX = 10_000;

const POLICIES = ['void', 'resend'] as const;
const SCOPES = ['venue', 'strategy', 'symbol'] as const;

export function writeConfiguration(to: MsgpackWriter, configuration: Configuration): void {
  const clients = configuration.clients ?? [];
  const currencies = configuration.currencies ?? [];
  const scopedLimits = configuration.scopedLimits ?? [];
  to.array(8).text(configuration.clusterId).integer(configuration.incarnation);
  to.array(configuration.instruments.length);
  for (const one of configuration.instruments) writeInstrument(to, one);
  to.array(configuration.venues.length);
  for (const one of configuration.venues) {
    to.array(one.facts === undefined ? 11 : 12);
    to.text(one.venue).text(one.beginString).text(one.senderCompId).text(one.targetCompId).text(one.account);
    to.integer(one.heartBtIntS).boolean(one.nextExpectedMsgSeqNum).integer(POLICIES.indexOf(one.neverReceivedPolicy));
    to.integer(one.orderMaxAgeMs).integer(optional(one.statusQuery)).integer(optional(one.unknownIsConclusive));
    if (one.facts !== undefined) writeVenueFacts(to, one.facts);
  }
  writeLimits(to, configuration.limits);
  to.array(clients.length);
  for (const one of clients) {
    to.array(7).text(one.client).text(one.beginString).text(one.senderCompId).text(one.targetCompId);
    to.text(one.account).integer(one.heartBtIntS).boolean(one.resetOnLogon);
  }
  to.array(currencies.length);
  for (const one of currencies) to.array(2).text(one.currency).integer(one.scale);
  to.array(scopedLimits.length);
  for (const one of scopedLimits) {
    to.array(3).integer(SCOPES.indexOf(one.scope)).text(one.target);
    writeLimits(to, one.limits);
  }
}

export function readConfiguration(from: MsgpackReader): Configuration {
  const name = (): string => from.text(NAME_SIZE_BYTES_MAX);
  from.arrayOf(8);
  const clusterId = name();
  const incarnation = from.natural();
  const instruments = readList(from, () => readInstrument(from));
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
  const limits = readGlobalLimits(from);
  const clients = readClients(from);
  const currencies = readList(from, () => {
    from.arrayOf(2);
    return { currency: name(), scale: from.natural() };
  });
  const scopedLimits = readList(from, () => {
    from.arrayOf(3);
    return { scope: choice(from, SCOPES), target: name(), limits: readLimits(from) };
  });
  return {
    clusterId,
    incarnation,
    instruments,
    venues,
    limits,
    ...(clients.length === 0 ? {} : { clients }),
    ...(currencies.length === 0 ? {} : { currencies }),
    ...(scopedLimits.length === 0 ? {} : { scopedLimits }),
  };
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
