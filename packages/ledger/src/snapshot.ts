/**
 * The snapshot: the whole state as canonical msgpack, arrays in a fixed order, so that equal states give equal bytes and a
 * restored ledger has the same hash and the same future. What can be computed (reservations' sums, digests of orders, the
 * index of ClOrdIDs) is not stored but computed again. Version 2 has the clients' sessions, which version 1 did not know; a
 * reader refuses versions that it does not know.
 */
import { readClients, writeClients } from './client-encoding.ts';
import { readConfiguration, writeConfiguration } from './configuration-encoding.ts';
import { makeVenue } from './configure.ts';
import { resolveConfiguration } from './configured.ts';
import type { CommandResult, DenialCode, TakeoverPhase } from './event.ts';
import { LedgerState } from './ledger-state.ts';
import { MalformedError, MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';
import { readOrder, writeOrder } from './order-encoding.ts';
import type { InstrumentPosition, Position } from './positions.ts';
import type { Fill, VenueSession } from './venue-session.ts';

const VERSION = 2;
/** Members of the outer array, by version. */
const MEMBER_COUNTS: ReadonlyMap<number, number> = new Map([
  [1, 9],
  [2, 10],
]);
/** Room for a small ledger; grows by doubling. */
const INITIAL_SIZE_BYTES = 1 << 16;
/** Texts in a snapshot are our own, but some came from the venue: one message bounds them. */
const TEXT_MAX = 1 << 16;

/** The bytes are no snapshot of a version that this program can read. */
export class SnapshotError extends Error {
  readonly code = 'BATON_LEDGER_SNAPSHOT';
  override readonly name = 'SnapshotError';
}

export function snapshotState(state: LedgerState): Uint8Array {
  const to = new MsgpackWriter(INITIAL_SIZE_BYTES);
  to.array(10).integer(VERSION);
  to.array(3).integer(state.horizons.closedOrdersMax).integer(state.horizons.executionsMax);
  to.integer(state.horizons.clientKeysMax);
  writeScalars(to, state);
  to.array(state.configured === undefined ? 0 : 1);
  if (state.configured !== undefined) writeConfiguration(to, state.configured.configuration);
  writePositions(to, state);
  const closed = state.orders.closed();
  to.array(closed.length);
  for (const order of closed) writeOrder(to, order);
  to.array(state.orders.openCount);
  for (const order of state.orders.open()) writeOrder(to, order);
  writeClientKeys(to, state);
  to.array(state.venues.size);
  for (const venue of state.venues.values()) writeVenue(to, venue);
  writeClients(to, state);
  return to.finish();
}

/** Throws SnapshotError. */
export function restoreState(bytes: Uint8Array): LedgerState {
  try {
    return readState(new MsgpackReader(bytes));
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new SnapshotError(`cannot restore a ledger from ${bytes.length} bytes: ${error.message}`, { cause: error });
  }
}

function readState(from: MsgpackReader): LedgerState {
  const count = from.array();
  const version = from.natural();
  if (MEMBER_COUNTS.get(version) !== count) {
    throw new MalformedError(`snapshot version ${version}, expected 1 to ${VERSION}, with its ${count} members`, 0);
  }
  from.arrayOf(3);
  const state = new LedgerState({
    closedOrdersMax: from.natural(),
    executionsMax: from.natural(),
    clientKeysMax: from.natural(),
  });
  readScalars(from, state);
  if (from.array() === 1) {
    const outcome = resolveConfiguration(readConfiguration(from), undefined);
    if (!outcome.ok) throw new MalformedError(`configuration refused: ${outcome.text}`, 0);
    state.configured = outcome.configured;
  }
  readPositions(from, state);
  for (const group of ['closed', 'open']) {
    for (let left = from.array(); left > 0; left -= 1) {
      const order = readOrder(from, state, group === 'open');
      state.orders.add(order);
      state.positions.reserve(order);
      state.orders.touch(order);
    }
  }
  readClientKeys(from, state);
  for (let left = from.array(); left > 0; left -= 1) readVenue(from, state);
  if (version > 1) readClients(from, state);
  from.end();
  return state;
}

function writeScalars(to: MsgpackWriter, state: LedgerState): void {
  const { counts, entry } = state;
  to.array(9).integer(entry.index).integer(entry.timeUs).boolean(state.killSwitch);
  to.integer(state.takeoverTerm).integer(state.takeoverNode).integer(state.staleCommands);
  to.integer(counts.orders).integer(counts.voided).integer(counts.fills);
}

function readScalars(from: MsgpackReader, state: LedgerState): void {
  const { counts, entry } = state;
  from.arrayOf(9);
  entry.index = from.natural();
  entry.timeUs = from.integer();
  state.killSwitch = from.boolean();
  state.takeoverTerm = from.natural();
  state.takeoverNode = from.natural();
  state.staleCommands = from.natural();
  counts.orders = from.natural();
  counts.voided = from.natural();
  counts.fills = from.natural();
}

function writePositions(to: MsgpackWriter, state: LedgerState): void {
  const all: InstrumentPosition[] = [...state.positions.all()];
  to.array(all.length);
  for (const position of all) {
    to.array(3).text(position.symbol);
    writePosition(to, position.total);
    to.array(position.byStrategy.size);
    for (const [strategyId, own] of position.byStrategy) {
      to.array(2).text(strategyId);
      writePosition(to, own);
    }
  }
}

function readPositions(from: MsgpackReader, state: LedgerState): void {
  for (let left = from.array(); left > 0; left -= 1) {
    from.arrayOf(3);
    const symbol = from.text(TEXT_MAX);
    const instrument = state.instrument(symbol);
    if (instrument === undefined) throw new MalformedError(`position of unknown instrument '${symbol}'`, 0);
    const position = state.positions.of(instrument);
    Object.assign(position.total, readPosition(from));
    for (let strategies = from.array(); strategies > 0; strategies -= 1) {
      from.arrayOf(2);
      position.byStrategy.set(from.text(TEXT_MAX), readPosition(from));
    }
  }
}

function writePosition(to: MsgpackWriter, position: Position): void {
  to.array(4).bigint(position.net).bigint(position.bought).bigint(position.sold).bigint(position.cost);
}

function readPosition(from: MsgpackReader): Position {
  from.arrayOf(4);
  return { net: from.bigint(), bought: from.bigint(), sold: from.bigint(), cost: from.bigint() };
}

function writeClientKeys(to: MsgpackWriter, state: LedgerState): void {
  const { answers } = state.clientKeys;
  to.array(3).integer(answers.digest.low).integer(answers.digest.high).array(answers.size);
  for (const [key, { high, low, result }] of answers.entries()) {
    to.array(6).text(key).integer(low).integer(high).boolean(result.ok);
    if (result.ok) to.text(result.clOrdId).text('');
    else to.text(result.code).text(result.text);
  }
}

function readClientKeys(from: MsgpackReader, state: LedgerState): void {
  const { answers } = state.clientKeys;
  from.arrayOf(3);
  const digest = { low: from.integer(), high: from.integer() };
  for (let left = from.array(); left > 0; left -= 1) {
    from.arrayOf(6);
    const key = from.text(TEXT_MAX);
    const low = from.integer();
    const high = from.integer();
    const ok = from.boolean();
    const first = from.text(TEXT_MAX);
    const second = from.text(TEXT_MAX);
    const result: CommandResult = ok
      ? { ok, clOrdId: first, duplicate: false }
      : { ok, code: first as DenialCode, text: second, duplicate: false };
    answers.add(key, { low, high, result });
  }
  answers.digest.resume(digest);
}

function writeVenue(to: MsgpackWriter, venue: VenueSession): void {
  to.array(15).text(venue.configuration.venue).plain(venue.session.snapshot());
  to.integer(venue.connectionId).integer(venue.connectionIdMax).text(venue.phase);
  to.integer(venue.logonSlot).integer(venue.nextExpected).text(venue.barrierId);
  to.boolean(venue.inboundSynced).boolean(venue.proofLost);
  to.integer(venue.answeredSlotMax).integer(venue.sequenceIndex);
  to.array(venue.queries.size);
  for (const [clOrdId, query] of venue.queries) {
    to.array(4).text(clOrdId).integer(query.attempts).integer(query.slot).integer(query.dueUs);
  }
  to.array(venue.held.length);
  for (const clOrdId of venue.held) to.text(clOrdId);
  const { executions } = venue;
  to.array(3).integer(executions.digest.low).integer(executions.digest.high).array(executions.size);
  for (const [execId, fill] of executions.entries()) writeExecution(to, execId, fill);
}

function readVenue(from: MsgpackReader, state: LedgerState): void {
  from.arrayOf(15);
  const name = from.text(TEXT_MAX);
  const configuration = state.configured?.venues.get(name);
  if (configuration === undefined) throw new MalformedError(`session of unknown venue '${name}'`, 0);
  const session = from.plain();
  if (!Array.isArray(session)) throw new MalformedError('expected a FIX session', 0);
  const venue = makeVenue(state, configuration, session);
  venue.connectionId = from.natural();
  venue.connectionIdMax = from.natural();
  venue.phase = from.text(TEXT_MAX) as TakeoverPhase;
  venue.logonSlot = from.natural();
  venue.nextExpected = from.natural();
  venue.barrierId = from.text(TEXT_MAX);
  venue.inboundSynced = from.boolean();
  venue.proofLost = from.boolean();
  venue.answeredSlotMax = from.natural();
  venue.sequenceIndex = from.natural();
  for (let left = from.array(); left > 0; left -= 1) {
    from.arrayOf(4);
    const clOrdId = from.text(TEXT_MAX);
    venue.queries.set(clOrdId, { attempts: from.natural(), slot: from.natural(), dueUs: from.natural() });
  }
  for (let left = from.array(); left > 0; left -= 1) venue.held.push(from.text(TEXT_MAX));
  from.arrayOf(3);
  const digest = { low: from.integer(), high: from.integer() };
  for (let left = from.array(); left > 0; left -= 1) readExecution(from, venue);
  venue.executions.digest.resume(digest);
  state.venues.set(name, venue);
}

function writeExecution(to: MsgpackWriter, execId: string, fill: Fill | undefined): void {
  if (fill === undefined) {
    to.array(1).text(execId);
    return;
  }
  to.array(11).text(execId).text(fill.clOrdId).text(fill.rootClOrdId).text(fill.strategyId).text(fill.symbol);
  to.boolean(fill.side === 'buy')
    .bigint(fill.quantity)
    .bigint(fill.price)
    .boolean(fill.busted);
  to.integer(fill.index).integer(fill.timeUs);
}

function readExecution(from: MsgpackReader, venue: VenueSession): void {
  const count = from.array();
  const execId = from.text(TEXT_MAX);
  if (count === 1) {
    venue.executions.add(execId, undefined);
    return;
  }
  if (count !== 11) throw new MalformedError(`expected a fill of 11 fields, found ${count}`, 0);
  venue.executions.add(execId, {
    execId,
    clOrdId: from.text(TEXT_MAX),
    rootClOrdId: from.text(TEXT_MAX),
    strategyId: from.text(TEXT_MAX),
    symbol: from.text(TEXT_MAX),
    side: from.boolean() ? 'buy' : 'sell',
    quantity: from.bigint(),
    price: from.bigint(),
    busted: from.boolean(),
    index: from.natural(),
    timeUs: from.integer(),
  });
}
