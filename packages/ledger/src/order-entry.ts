/**
 * What strategies and clients ask for: submit, cancel, replace, mass cancel. Each is answered when its entry is applied:
 * accepted with a ClOrdID, or denied with a code from a closed list. A cancel of an order that the venue never saw ends it
 * here; a cancel asked for while a replace is pending waits for the replace's answer, because OrigClOrdID (41) would name
 * one of two ids, and the venue alone knows which.
 */
import { parseDecimal } from '@baton/fix';
import { clOrdIdAt } from './clordid.ts';
import type { Command } from './command.ts';
import { dispatchChange, dispatchNewOrder } from './dispatch.ts';
import type { CommandResult, DenialCode } from './event.ts';
import type { LedgerState } from './ledger-state.ts';
import { isClosed, newOrder, type Order, type PendingChange, viewOf } from './order.ts';
import { closeOrder } from './order-transition.ts';
import { decideDenial } from './risk.ts';
import type { VenueSession } from './venue-session.ts';

type CommandOf<Type extends Command['type']> = Extract<Command, { readonly type: Type }>;

/** Texts of denials, for people. */
const DENIAL_TEXT: Readonly<Record<DenialCode, string>> = {
  BAD_COMMAND: 'the command cannot be understood',
  NOT_CONFIGURED: 'the cluster has no configuration yet',
  UNKNOWN_INSTRUMENT: 'no such instrument is configured',
  BAD_QUANTITY: 'quantity is not a positive decimal within the scale of the instrument, or not above what is filled',
  BAD_PRICE: 'a limit order needs a positive price within the scale of the instrument, a market order none',
  ORDER_QUANTITY_LIMIT: 'quantity is above the limit of one order',
  ORDER_NOTIONAL_LIMIT: 'price times quantity is above the limit of one order',
  POSITION_LIMIT: 'with all open orders filled the position would exceed its limit',
  OPEN_ORDERS_LIMIT: 'too many orders are open',
  KILL_SWITCH: 'the kill switch is on',
  UNKNOWN_ORDER: 'no order with this ClOrdID is known, or it closed long ago',
  ORDER_CLOSED: 'the order is closed',
  CHANGE_PENDING: 'a cancel or replace of this order is waiting for its answer',
  CLIENT_KEY_REUSED: 'another request was made under this clientKey',
};

export function denied(code: DenialCode, text: string = DENIAL_TEXT[code]): CommandResult {
  return { ok: false, code, text, duplicate: false };
}

function accepted(clOrdId: string): CommandResult {
  return { ok: true, clOrdId, duplicate: false };
}

export function applySubmitOrder(state: LedgerState, command: CommandOf<'SubmitOrder'>): CommandResult {
  const { configured, entry } = state;
  if (configured === undefined) return denied('NOT_CONFIGURED');
  const instrument = configured.instruments.get(command.symbol);
  const venue = state.venues.get(instrument?.venue ?? '');
  if (instrument === undefined || venue === undefined) return denied('UNKNOWN_INSTRUMENT');
  const isMarket = command.orderType === 'market';
  const quantity = parseDecimal(command.quantity, instrument.quantityScale);
  if (quantity === undefined || quantity <= 0n) return denied('BAD_QUANTITY');
  const price = isMarket ? 0n : parseDecimal(command.price, instrument.priceScale);
  if (price === undefined || (isMarket ? command.price !== '' : price <= 0n)) return denied('BAD_PRICE');
  const order = newOrder({
    rootClOrdId: clOrdIdAt(configured.prefix, entry.index, 0),
    clientKey: command.clientKey,
    strategyId: command.strategyId,
    instrument,
    side: command.side,
    orderType: command.orderType,
    timeInForce: command.timeInForce,
    quantity,
    price,
    phase: 'Held',
    createdIndex: entry.index,
    createdTimeUs: entry.timeUs,
    external: false,
  });
  const code = decideDenial(state, {
    instrument,
    side: order.side,
    quantity,
    price: isMarket ? undefined : price,
    additional: quantity,
    isNew: true,
  });
  if (code !== undefined) {
    // Told to the strategy and the audit, but not kept: a denied order never was in the book.
    order.phase = 'Denied';
    order.reason = code;
    state.emit({ type: 'OrderChanged', order: viewOf(order) });
    return denied(code);
  }
  state.orders.add(order);
  state.counts.orders += 1;
  dispatchNewOrder(state, venue, order);
  state.orderChanged(order);
  return accepted(order.rootClOrdId);
}

export function applyCancelOrder(state: LedgerState, command: CommandOf<'CancelOrder'>): CommandResult {
  const { configured, entry } = state;
  if (configured === undefined) return denied('NOT_CONFIGURED');
  const order = state.orders.find(command.clOrdId);
  if (order === undefined) return denied('UNKNOWN_ORDER');
  return requestCancel(state, order, clOrdIdAt(configured.prefix, entry.index, 0));
}

export function applyMassCancel(state: LedgerState, command: CommandOf<'MassCancel'>): CommandResult {
  const { configured, entry } = state;
  if (configured === undefined) return denied('NOT_CONFIGURED');
  let n = 0;
  // A copy: cancelling a held order closes it at once.
  for (const order of [...state.orders.open()]) {
    if (command.strategyId !== '' && order.strategyId !== command.strategyId) continue;
    if (order.external) continue;
    if (requestCancel(state, order, clOrdIdAt(configured.prefix, entry.index, n)).ok) n += 1;
  }
  return accepted('');
}

export function applyReplaceOrder(state: LedgerState, command: CommandOf<'ReplaceOrder'>): CommandResult {
  const { configured, entry } = state;
  if (configured === undefined) return denied('NOT_CONFIGURED');
  const order = state.orders.find(command.clOrdId);
  if (order === undefined) return denied('UNKNOWN_ORDER');
  if (isClosed(order)) return denied('ORDER_CLOSED');
  if (order.pending !== undefined) return denied('CHANGE_PENDING');
  // Not the order's own: its limits are those of the configuration at its birth.
  const instrument = configured.instruments.get(order.instrument.symbol) ?? order.instrument;
  const isMarket = order.orderType === 'market';
  const quantity = parseDecimal(command.quantity, instrument.quantityScale);
  if (quantity === undefined || quantity <= order.cumQuantity) return denied('BAD_QUANTITY');
  const price = isMarket ? 0n : parseDecimal(command.price, instrument.priceScale);
  if (price === undefined || (isMarket ? command.price !== '' : price <= 0n)) return denied('BAD_PRICE');
  const leaves = quantity - order.cumQuantity;
  const code = decideDenial(state, {
    instrument,
    side: order.side,
    quantity,
    price: isMarket ? undefined : price,
    additional: leaves > order.reserved ? leaves - order.reserved : 0n,
    isNew: false,
  });
  if (code !== undefined) return denied(code);
  if (order.phase === 'Held') {
    order.quantity = quantity;
    order.price = price;
    state.orderChanged(order);
    return accepted(order.rootClOrdId);
  }
  const clOrdId = clOrdIdAt(configured.prefix, entry.index, 0);
  ask(state, order, { kind: 'replace', clOrdId, slot: 0, quantity, price, createdTimeUs: entry.timeUs });
  return accepted(clOrdId);
}

function requestCancel(state: LedgerState, order: Order, clOrdId: string): CommandResult {
  if (isClosed(order)) return denied('ORDER_CLOSED');
  if (order.phase === 'Held') {
    closeOrder(state, order, 'Voided', 'CANCELED_BEFORE_SENT');
    return accepted(order.rootClOrdId);
  }
  const { pending } = order;
  if (pending?.kind === 'cancel' || order.cancelNextClOrdId !== '') return denied('CHANGE_PENDING');
  if (pending !== undefined && pending.slot !== 0) {
    order.cancelNextClOrdId = clOrdId;
    state.orders.addClOrdId(order, clOrdId);
    return accepted(clOrdId);
  }
  if (pending !== undefined) {
    // A replace that was never sent: the cancel takes its place.
    state.emit({ type: 'CancelRejected', clOrdId: pending.clOrdId, reason: 'SUPERSEDED_BY_CANCEL' });
  }
  const { quantity, price } = order;
  ask(state, order, { kind: 'cancel', clOrdId, slot: 0, quantity, price, createdTimeUs: state.entry.timeUs });
  return accepted(clOrdId);
}

function ask(state: LedgerState, order: Order, change: PendingChange): void {
  order.pending = change;
  state.orders.addClOrdId(order, change.clOrdId);
  dispatchChange(state, state.venues.get(order.instrument.venue) as VenueSession, order, change);
  state.orderChanged(order);
}
