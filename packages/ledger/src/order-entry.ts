/**
 * What strategies and clients ask for: submit, cancel, replace, mass cancel. Each is answered when its entry is applied:
 * accepted with a ClOrdID, or denied with a code from a closed list. A cancel of an order that the venue never saw ends it
 * here; a cancel asked for while a replace is pending waits for the replace's answer, because OrigClOrdID (41) would name
 * one of two ids, and the venue alone knows which.
 */
import { parseDecimal } from '@baton/fix';
import { clOrdIdAt } from './clordid.ts';
import { accepted, denied } from './denial.ts';
import { dispatchChange, dispatchNewOrder } from './dispatch.ts';
import type { CommandResult, DenialCode } from './event.ts';
import type { Instrument } from './instrument.ts';
import type { LedgerState } from './ledger-state.ts';
import { isClosed, newOrder, type Order, type PendingChange, viewOf } from './order.ts';
import type { OrderCommand, OrderType } from './order-command.ts';
import { closeOrder } from './order-transition.ts';
import { isColdPending } from './reconcile/cold-pending.ts';
import { decideCancelDenial, decideDenial, noteOrder, type RiskQuestion } from './risk.ts';
import type { VenueSession } from './venue-session.ts';

type CommandOf<Type extends OrderCommand['type']> = Extract<OrderCommand, { readonly type: Type }>;

const COLD_PENDING = 'a cold start is under way: what is open and held at the venue is not known yet';

export function applySubmitOrder(state: LedgerState, command: CommandOf<'SubmitOrder'>): CommandResult {
  const { configured, entry } = state;
  if (configured === undefined) return denied('NOT_CONFIGURED');
  const instrument = configured.instruments.get(command.symbol);
  const venue = state.venues.get(instrument?.venue ?? '');
  if (instrument === undefined || venue === undefined) return denied('UNKNOWN_INSTRUMENT');
  if (isColdPending(state, instrument.venue)) return denied('VENUE_NOT_READY', COLD_PENDING);
  const wanted = readTerms(instrument, command.orderType, command, 0n);
  if (typeof wanted === 'string') return denied(wanted);
  const { price, quantity } = wanted;
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
  if (command.orderType === 'market') {
    order.reservation.marketPrice = state.risk.references.get(instrument.symbol)?.price ?? 0n;
  }
  const question: RiskQuestion = {
    strategyId: order.strategyId,
    instrument,
    side: order.side,
    quantity,
    price: command.orderType === 'market' ? undefined : price,
    additional: quantity,
    isNew: true,
  };
  const code = decideDenial(state, question);
  if (code !== undefined) {
    // Told to the strategy and the audit, but not kept: a denied order never was in the book.
    order.phase = 'Denied';
    order.reason = code;
    state.emit({ type: 'OrderChanged', order: viewOf(order) });
    return denied(code);
  }
  noteOrder(state, question);
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
  if (mayBeAsked(order)) {
    const code = decideCancelDenial(state, order.strategyId, order.instrument);
    if (code !== undefined) return denied(code);
  }
  return requestCancel(state, order, clOrdIdAt(configured.prefix, entry.index, 0));
}

export function applyMassCancel(state: LedgerState, command: CommandOf<'MassCancel'>): CommandResult {
  const { configured, entry } = state;
  if (configured === undefined) return denied('NOT_CONFIGURED');
  let n = 0;
  // A copy: cancelling a held order closes it at once.
  for (const order of [...state.orders.open()]) {
    if (!isMeant(command, order)) continue;
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
  const wanted = readTerms(instrument, order.orderType, command, order.cumQuantity);
  if (typeof wanted === 'string') return denied(wanted);
  const { price, quantity } = wanted;
  const leaves = quantity - order.cumQuantity;
  const question: RiskQuestion = {
    strategyId: order.strategyId,
    instrument,
    side: order.side,
    quantity,
    price: order.orderType === 'market' ? undefined : price,
    additional: leaves > order.reserved ? leaves - order.reserved : 0n,
    isNew: false,
  };
  const code = decideDenial(state, question);
  if (code !== undefined) return denied(code);
  noteOrder(state, question);
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

/** Quantity and price of an order or replace, exact and as the venue takes them; or what is wrong with them. */
function readTerms(
  instrument: Instrument,
  orderType: OrderType,
  text: { readonly quantity: string; readonly price: string },
  filled: bigint,
): { readonly quantity: bigint; readonly price: bigint } | DenialCode {
  const isMarket = orderType === 'market';
  const quantity = parseDecimal(text.quantity, instrument.quantityScale);
  if (quantity === undefined || quantity <= filled) return 'BAD_QUANTITY';
  const price = isMarket ? 0n : parseDecimal(text.price, instrument.priceScale);
  if (price === undefined || (isMarket ? text.price !== '' : price <= 0n)) return 'BAD_PRICE';
  const { lot, quantityMax, quantityMin, tick } = instrument;
  if (lot !== 1n && quantity % lot !== 0n) return 'BAD_LOT';
  if (tick !== 1n && price % tick !== 0n) return 'BAD_TICK';
  if (quantityMin !== undefined && quantity < quantityMin) return 'QUANTITY_OUT_OF_RANGE';
  if (quantityMax !== undefined && quantity > quantityMax) return 'QUANTITY_OUT_OF_RANGE';
  return { quantity, price };
}

/** Others' orders on the account are left alone, unless a strategy has claimed them. */
function isMeant({ strategyId, symbol, venue }: CommandOf<'MassCancel'>, order: Order): boolean {
  if (order.external && order.strategyId === '') return false;
  return (
    (strategyId === '' || order.strategyId === strategyId) &&
    (symbol === undefined || order.instrument.symbol === symbol) &&
    (venue === undefined || order.instrument.venue === venue)
  );
}

/** Will a cancel be asked for? One that is refused anyway does not count against the rate. */
function mayBeAsked(order: Order): boolean {
  return !isClosed(order) && order.pending?.kind !== 'cancel' && order.cancelNextClOrdId === '';
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
