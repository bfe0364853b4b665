/** One order in a snapshot: its fields in this order. Reservations are computed again from the rest. */
import type { OrderType, Side, TimeInForce } from './command.ts';
import type { LedgerState } from './ledger-state.ts';
import { MalformedError, type MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';
import { newOrder, type Order, type OrderPhase, type PendingChange } from './order.ts';
import { readReservation, writeReservation } from './reservation.ts';
import { type SnapshotSection, TEXT_MAX } from './snapshot-section.ts';

/** Closed ones first, in the order in which they closed; then open ones, oldest first. */
export const ORDERS: SnapshotSection<Order> = {
  name: 'orders',
  *items({ orders }) {
    yield* orders.closed();
    yield* orders.open();
  },
  write: writeOrder,
  read(from, state) {
    const order = readOrder(from, state);
    state.orders.add(order);
    state.positions.reserve(order);
    state.orders.touch(order);
  },
};

function writeOrder(to: MsgpackWriter, order: Order): void {
  to.array(order.clOrdIds.length);
  for (const clOrdId of order.clOrdIds) to.text(clOrdId);
  to.text(order.workingClOrdId).text(order.orderId).text(order.clientKey).text(order.strategyId);
  to.text(order.instrument.symbol).text(order.side).text(order.orderType).text(order.timeInForce);
  to.bigint(order.quantity).bigint(order.price).bigint(order.cumQuantity).text(order.phase);
  to.text(order.cancelNextClOrdId).boolean(order.inDoubt).integer(order.slot).text(order.reason);
  to.integer(order.createdIndex).integer(order.createdTimeUs).boolean(order.external);
  writeReservation(to, order.reservation);
  const { pending } = order;
  if (pending === undefined) {
    to.array(0);
    return;
  }
  to.array(6).text(pending.kind).text(pending.clOrdId).integer(pending.slot);
  to.bigint(pending.quantity).bigint(pending.price).integer(pending.createdTimeUs);
}

function readOrder(from: MsgpackReader, state: LedgerState): Order {
  const clOrdIds: string[] = [];
  for (let left = from.array(); left > 0; left -= 1) clOrdIds.push(from.text(TEXT_MAX));
  const workingClOrdId = from.text(TEXT_MAX);
  const orderId = from.text(TEXT_MAX);
  const clientKey = from.text(TEXT_MAX);
  const strategyId = from.text(TEXT_MAX);
  const symbol = from.text(TEXT_MAX);
  const instrument = state.instrument(symbol);
  if (instrument === undefined) throw new MalformedError(`order of unknown instrument '${symbol}'`, 0);
  const side = from.text(TEXT_MAX) as Side;
  const orderType = from.text(TEXT_MAX) as OrderType;
  const timeInForce = from.text(TEXT_MAX) as TimeInForce;
  const quantity = from.bigint();
  const price = from.bigint();
  const cumQuantity = from.bigint();
  const phase = from.text(TEXT_MAX) as OrderPhase;
  const cancelNextClOrdId = from.text(TEXT_MAX);
  const inDoubt = from.boolean();
  const slot = from.integer();
  const reason = from.text(TEXT_MAX);
  const createdIndex = from.natural();
  const createdTimeUs = from.integer();
  const external = from.boolean();
  const rootClOrdId = clOrdIds[0];
  if (rootClOrdId === undefined) throw new MalformedError('order without a ClOrdID', 0);
  const order = newOrder({
    rootClOrdId,
    clientKey,
    strategyId,
    instrument,
    side,
    orderType,
    timeInForce,
    quantity,
    price,
    phase,
    createdIndex,
    createdTimeUs,
    external,
  });
  order.clOrdIds.push(...clOrdIds.slice(1));
  readReservation(from, order.reservation);
  order.reservation.cumQuantity = cumQuantity;
  const pending = readPending(from);
  Object.assign(order, { workingClOrdId, orderId, cumQuantity, cancelNextClOrdId, inDoubt, slot, reason, pending });
  return order;
}

function readPending(from: MsgpackReader): PendingChange | undefined {
  if (from.array() === 0) return undefined;
  return {
    kind: from.text(TEXT_MAX) as PendingChange['kind'],
    clOrdId: from.text(TEXT_MAX),
    slot: from.integer(),
    quantity: from.bigint(),
    price: from.bigint(),
    createdTimeUs: from.integer(),
  };
}
