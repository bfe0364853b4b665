/**
 * The three ways in which a venue refuses a message: OrderCancelReject (9), BusinessMessageReject (j), and the session's
 * Reject (3). A refused cancel or replace leaves its order as it was; a refused new order is over; a refused status query
 * leaves its order in doubt.
 */
import { type FixMessage, type SessionOutput, Tag } from '@baton/fix';
import { clearDoubt, noteAnswered } from './answered.ts';
import type { LedgerState } from './ledger-state.ts';
import { isClosed, type Order } from './order.ts';
import { closeOrder, dropPending } from './order-transition.ts';
import type { VenueSession } from './venue-session.ts';

/** CxlRejReason (102): the venue does not know the order. */
const UNKNOWN_ORDER = '1';

export function applyCancelReject(state: LedgerState, venue: VenueSession, message: FixMessage): void {
  const clOrdId = message.getString(Tag.ClOrdID) ?? '';
  const order = state.orders.find(clOrdId) ?? state.orders.find(message.getString(Tag.OrigClOrdID) ?? '');
  const cause = message.getString(Tag.CxlRejReason) ?? '';
  const reason = message.getString(Tag.Text) ?? `CxlRejReason ${cause}`;
  if (order === undefined) {
    state.alarm(
      'UNKNOWN_CANCEL_REJECT',
      `${venue.configuration.venue}: cancel '${clOrdId}' refused, which is not ours`,
    );
    return;
  }
  refuseChange(state, venue, order, clOrdId, reason);
  if (cause === UNKNOWN_ORDER && order.phase === 'Working') {
    // It is open here and not there: an execution is missing. What we last knew stays reserved.
    order.inDoubt = true;
    state.alarm('ORDER_UNKNOWN_TO_VENUE', `order ${order.rootClOrdId} is Working here; the venue does not know it`);
    state.orderChanged(order);
  }
}

export function applyBusinessReject(state: LedgerState, venue: VenueSession, message: FixMessage): void {
  applyRefusal(state, venue, {
    msgType: message.getString(Tag.RefMsgType) ?? '',
    slot: message.getInt(Tag.RefSeqNum) ?? 0,
    clOrdId: message.getString(Tag.BusinessRejectRefID) ?? '',
    reason: message.getString(Tag.Text) ?? `BusinessRejectReason ${message.getString(Tag.BusinessRejectReason) ?? ''}`,
  });
}

/** The session's own Reject: the message had no effect at the venue. */
export function applySessionReject(
  state: LedgerState,
  venue: VenueSession,
  output: Extract<SessionOutput, { readonly type: 'rejected' }>,
): void {
  applyRefusal(state, venue, {
    msgType: output.refMsgType ?? '',
    slot: output.refSeqNum ?? 0,
    clOrdId: '',
    reason: output.text ?? `SessionRejectReason ${output.reason ?? ''}`,
  });
}

interface Refusal {
  readonly msgType: string;
  /** MsgSeqNum of the refused message; 0 when not told. */
  readonly slot: number;
  /** '' when not told. */
  readonly clOrdId: string;
  readonly reason: string;
}

function applyRefusal(state: LedgerState, venue: VenueSession, refusal: Refusal): void {
  const { clOrdId, reason, slot } = refusal;
  if (refusal.msgType === 'H' || isQuerySlot(venue, slot)) {
    refuseQuery(state, venue, refusal);
    return;
  }
  const order = state.orders.find(clOrdId) ?? openOrderBySlot(state, venue, slot);
  if (order === undefined || isClosed(order)) {
    state.alarm(
      'REFUSED_MESSAGE',
      `${venue.configuration.venue} refused message ${slot} (35=${refusal.msgType}): ${reason}`,
    );
    return;
  }
  const { pending } = order;
  if (pending !== undefined && pending.slot !== 0 && (pending.slot === slot || pending.clOrdId === clOrdId)) {
    refuseChange(state, venue, order, pending.clOrdId, reason);
    return;
  }
  if (order.phase === 'Sent' && (order.slot === slot || order.rootClOrdId === clOrdId)) {
    noteAnswered(venue, order.slot);
    closeOrder(state, order, 'Rejected', reason);
  }
}

function refuseChange(state: LedgerState, venue: VenueSession, order: Order, clOrdId: string, reason: string): void {
  const { pending } = order;
  if (pending === undefined || pending.clOrdId !== clOrdId) {
    state.emit({ type: 'CancelRejected', clOrdId, reason });
    return;
  }
  noteAnswered(venue, pending.slot);
  dropPending(state, order, reason);
  if (!isClosed(order) && order.phase === 'Working' && order.inDoubt) {
    clearDoubt(venue, order);
    state.orderChanged(order);
  }
}

/** The venue will not answer: the order stays in doubt, and the takeover need not wait for it. */
function refuseQuery(state: LedgerState, venue: VenueSession, refusal: Refusal): void {
  for (const [rootClOrdId, query] of venue.queries) {
    if (query.slot !== refusal.slot && rootClOrdId !== refusal.clOrdId) continue;
    venue.queries.delete(rootClOrdId);
    state.alarm('STATUS_QUERY_REFUSED', `order ${rootClOrdId} stays in doubt: ${refusal.reason}`);
    return;
  }
}

function isQuerySlot(venue: VenueSession, slot: number): boolean {
  for (const query of venue.queries.values()) if (query.slot === slot && slot !== 0) return true;
  return false;
}

/** A search over open orders: refusals are rare, an index would have to be kept for every message. */
function openOrderBySlot(state: LedgerState, venue: VenueSession, slot: number): Order | undefined {
  if (slot === 0) return undefined;
  for (const order of state.orders.open()) {
    if (order.instrument.venue !== venue.configuration.venue) continue;
    if (order.pending?.slot === slot || (order.phase === 'Sent' && order.slot === slot)) return order;
  }
  return undefined;
}
