/**
 * The bytes of one order: its fields in this order, for the record of a closed one and for a snapshot of an open one. What
 * is reserved for it is computed again from the rest; its ClOrdIDs stand outside, as they are the keys of a record.
 */
import type { OrderType, Side, TimeInForce } from './command.ts';
import type { Instrument } from './instrument.ts';
import type { ArchiveCodec } from './memory/archive.ts';
import { MalformedError, type MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';
import { newOrder, type Order, type OrderPhase, type PendingChange } from './order.ts';
import { readReservation, writeReservation } from './reservation.ts';

const TEXT_MAX = 1 << 16;

type InstrumentOf = (symbol: string) => Instrument | undefined;

/** Written as their places in these lists. */
const SIDES: readonly Side[] = ['buy', 'sell'];
const ORDER_TYPES: readonly OrderType[] = ['limit', 'market'];
const TIMES_IN_FORCE: readonly TimeInForce[] = ['day', 'gtc', 'ioc', 'fok'];
const PHASES: readonly OrderPhase[] = [
  'Held',
  'Sent',
  'Working',
  'Denied',
  'Voided',
  'Filled',
  'Canceled',
  'Rejected',
  'Expired',
];

export function orderCodec(instrumentOf: InstrumentOf): ArchiveCodec<Order> {
  return {
    keys: ({ clOrdIds }) => clOrdIds,
    write: writeOrder,
    read: (from, clOrdIds) => readOrder(from, clOrdIds, instrumentOf),
  };
}

export function writeOrder(to: MsgpackWriter, order: Order): void {
  to.text(order.clientKey).text(order.strategyId).text(order.instrument.symbol);
  to.integer(SIDES.indexOf(order.side)).integer(ORDER_TYPES.indexOf(order.orderType));
  to.integer(TIMES_IN_FORCE.indexOf(order.timeInForce));
  to.bigint(order.quantity).bigint(order.price).integer(PHASES.indexOf(order.phase));
  to.integer(order.createdIndex).integer(order.createdTimeUs).boolean(order.external);
  // The first ClOrdID is nearly always the one that works.
  to.text(order.workingClOrdId === order.rootClOrdId ? '' : order.workingClOrdId);
  to.text(order.orderId).bigint(order.cumQuantity).text(order.cancelNextClOrdId).boolean(order.inDoubt);
  to.integer(order.slot).text(order.reason);
  writeReservation(to, order.reservation);
  writePending(to, order.pending);
}

/** Throws MalformedError. */
export function readOrder(from: MsgpackReader, clOrdIds: readonly string[], instrumentOf: InstrumentOf): Order {
  const [rootClOrdId, ...others] = clOrdIds;
  if (rootClOrdId === undefined) throw new MalformedError('order without a ClOrdID', 0);
  const order = newOrder({
    rootClOrdId,
    clientKey: from.text(TEXT_MAX),
    strategyId: from.text(TEXT_MAX),
    instrument: readInstrument(from, instrumentOf),
    side: oneOf(from, SIDES),
    orderType: oneOf(from, ORDER_TYPES),
    timeInForce: oneOf(from, TIMES_IN_FORCE),
    quantity: from.bigint(),
    price: from.bigint(),
    phase: oneOf(from, PHASES),
    createdIndex: from.natural(),
    createdTimeUs: from.integer(),
    external: from.boolean(),
  });
  order.clOrdIds.push(...others);
  const working = from.text(TEXT_MAX);
  if (working !== '') order.workingClOrdId = working;
  order.orderId = from.text(TEXT_MAX);
  order.cumQuantity = from.bigint();
  order.cancelNextClOrdId = from.text(TEXT_MAX);
  order.inDoubt = from.boolean();
  order.slot = from.integer();
  order.reason = from.text(TEXT_MAX);
  readReservation(from, order.reservation);
  order.reservation.cumQuantity = order.cumQuantity;
  order.pending = readPending(from);
  return order;
}

function readInstrument(from: MsgpackReader, instrumentOf: InstrumentOf): Instrument {
  const symbol = from.text(TEXT_MAX);
  const instrument = instrumentOf(symbol);
  if (instrument === undefined) throw new MalformedError(`order of unknown instrument '${symbol}'`, 0);
  return instrument;
}

function writePending(to: MsgpackWriter, pending: PendingChange | undefined): void {
  to.boolean(pending !== undefined);
  if (pending === undefined) return;
  to.boolean(pending.kind === 'cancel')
    .text(pending.clOrdId)
    .integer(pending.slot);
  to.bigint(pending.quantity).bigint(pending.price).integer(pending.createdTimeUs);
}

function readPending(from: MsgpackReader): PendingChange | undefined {
  if (!from.boolean()) return undefined;
  return {
    kind: from.boolean() ? 'cancel' : 'replace',
    clOrdId: from.text(TEXT_MAX),
    slot: from.integer(),
    quantity: from.bigint(),
    price: from.bigint(),
    createdTimeUs: from.integer(),
  };
}

function oneOf<Member>(from: MsgpackReader, members: readonly Member[]): Member {
  const place = from.natural();
  const member = members[place];
  if (member === undefined) throw new MalformedError(`place ${place} in a list of ${members.length}`, 0);
  return member;
}
