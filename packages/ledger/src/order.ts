/**
 * One order as the cluster knows it. Three facts are kept apart because they change independently: its phase (what is
 * proven), a pending cancel or replace (what has been asked), and whether its effect at the venue is in doubt. The state
 * that outsiders see is derived from the three, so that nothing has to be remembered to return from doubt.
 */
import { formatDecimal } from '@baton/fix';
import type { OrderType, Side, TimeInForce } from './command.ts';
import type { OrderState, OrderView } from './event.ts';
import type { Instrument } from './instrument.ts';
import { newReservation, type Reservation } from './reservation.ts';

export type OrderPhase = 'Held' | 'Sent' | 'Working' | ClosedPhase;
export type ClosedPhase = 'Denied' | 'Voided' | 'Filled' | 'Canceled' | 'Rejected' | 'Expired';

/** In the place of a slot's number: sent under numbers that are no longer in force. */
export const EARLIER_NUMBERS = -1;

/** A cancel or replace that the venue has not answered. */
export interface PendingChange {
  readonly kind: 'cancel' | 'replace';
  readonly clOrdId: string;
  /** MsgSeqNum of its outbox slot; 0 while it is held because no session is open. */
  slot: number;
  /** What a replace asks for; the order's own for a cancel. */
  readonly quantity: bigint;
  readonly price: bigint;
  readonly createdTimeUs: number;
}

export interface Order {
  /** ClOrdID of the first message of the chain: the order's identity for its strategy. */
  readonly rootClOrdId: string;
  /** Last ClOrdID that the venue accepted: OrigClOrdID (41) of the next change. */
  workingClOrdId: string;
  /** Every ClOrdID of the chain, cancels included, oldest first: each finds the order. */
  readonly clOrdIds: string[];
  /** OrderID (37) of the venue; '' until it is known. */
  orderId: string;
  readonly clientKey: string;
  /** '' when no strategy of ours has asked for it, until one claims it. */
  strategyId: string;
  readonly instrument: Instrument;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  quantity: bigint;
  price: bigint;
  cumQuantity: bigint;
  phase: OrderPhase;
  pending: PendingChange | undefined;
  /** A cancel asked for while a replace is pending: ClOrdID of the F that follows once the replace is answered. */
  cancelNextClOrdId: string;
  inDoubt: boolean;
  /** MsgSeqNum of the slot of its NewOrderSingle; 0 before. */
  slot: number;
  reason: string;
  readonly createdIndex: number;
  readonly createdTimeUs: number;
  /** Quantity reserved in the position's worst case (see positions.ts). */
  reserved: bigint;
  /** Capital reserved, and how the order counts in its scopes of risk. */
  readonly reservation: Reservation;
  /** Seen at the venue, not made by this ledger's orders. */
  readonly external: boolean;
  /** Digest that the orders' sum holds for this order; out of date while `digestStale`. */
  digestLow: number;
  digestHigh: number;
  digestStale: boolean;
}

export type NewOrder = Pick<
  Order,
  | 'rootClOrdId'
  | 'clientKey'
  | 'strategyId'
  | 'instrument'
  | 'side'
  | 'orderType'
  | 'timeInForce'
  | 'quantity'
  | 'price'
  | 'phase'
  | 'createdIndex'
  | 'createdTimeUs'
  | 'external'
>;

export function newOrder(from: NewOrder): Order {
  return {
    rootClOrdId: from.rootClOrdId,
    workingClOrdId: from.rootClOrdId,
    clOrdIds: [from.rootClOrdId],
    orderId: '',
    clientKey: from.clientKey,
    strategyId: from.strategyId,
    instrument: from.instrument,
    side: from.side,
    orderType: from.orderType,
    timeInForce: from.timeInForce,
    quantity: from.quantity,
    price: from.price,
    cumQuantity: 0n,
    phase: from.phase,
    pending: undefined,
    cancelNextClOrdId: '',
    inDoubt: false,
    slot: 0,
    reason: '',
    createdIndex: from.createdIndex,
    createdTimeUs: from.createdTimeUs,
    reserved: 0n,
    reservation: newReservation(),
    external: from.external,
    digestLow: 0,
    digestHigh: 0,
    digestStale: false,
  };
}

export function isClosed(order: Order): boolean {
  return order.phase !== 'Working' && order.phase !== 'Sent' && order.phase !== 'Held';
}

/** Quantity that may still be filled by what the venue is known to have; never negative (overfills). */
export function leavesQuantity(order: Order): bigint {
  if (isClosed(order) || order.cumQuantity >= order.quantity) return 0n;
  return order.quantity - order.cumQuantity;
}

/** Most that may still be filled, whatever becomes of a pending replace: what risk has to reserve. */
export function worstCaseLeaves(order: Order): bigint {
  const leaves = leavesQuantity(order);
  if (order.pending?.kind !== 'replace' || isClosed(order)) return leaves;
  const replaced = order.pending.quantity - order.cumQuantity;
  return replaced > leaves ? replaced : leaves;
}

/** The price at which an order, or what a pending replace would make of it, ties up most capital. */
export function capitalPrice(order: Order): bigint {
  if (order.orderType === 'market') return order.reservation.marketPrice;
  const { pending, price } = order;
  return pending?.kind === 'replace' && pending.price > price ? pending.price : price;
}

/** The slot of the message that the venue has not answered, 0 for none. */
export function unansweredSlot(order: Order): number {
  if (isClosed(order)) return 0;
  if (order.phase === 'Sent') return order.slot;
  return order.pending?.slot ?? 0;
}

export function stateOf(order: Order): OrderState {
  if (isClosed(order) || order.phase === 'Held') return order.phase;
  if (order.inDoubt) return 'InDoubt';
  if (order.pending !== undefined) return order.pending.kind === 'cancel' ? 'PendingCancel' : 'PendingReplace';
  return order.phase;
}

export function viewOf(order: Order): OrderView {
  const { priceScale, quantityScale, symbol, venue } = order.instrument;
  return {
    clOrdId: order.workingClOrdId,
    rootClOrdId: order.rootClOrdId,
    orderId: order.orderId,
    clientKey: order.clientKey,
    strategyId: order.strategyId,
    venue,
    symbol,
    side: order.side,
    orderType: order.orderType,
    timeInForce: order.timeInForce,
    quantity: formatDecimal(order.quantity, quantityScale),
    price: order.orderType === 'market' ? '' : formatDecimal(order.price, priceScale),
    cumQuantity: formatDecimal(order.cumQuantity, quantityScale),
    leavesQuantity: formatDecimal(leavesQuantity(order), quantityScale),
    state: stateOf(order),
    reason: order.reason,
    createdIndex: order.createdIndex,
    createdTimeUs: order.createdTimeUs,
    external: order.external,
    slot: Math.max(0, order.slot),
  };
}
