/**
 * What to do with a message that the venue provably never received: the first proof on a connection puts everything from
 * it on beyond what arrived on earlier ones. By default a new order is voided rather than sent late, its reservation
 * released, and the strategy decides anew on fresh prices; a replace is dropped; a cancel always goes out again, because
 * it can only reduce risk. Trading reference §3.2 step 4.
 *
 * A request for what was sent on this very connection proves nothing: it may be a second one for a gap that we have filled
 * meanwhile, and the message may be working at the venue already. Then the message goes out again as it was, which the
 * venue ignores if it has it (same number, 43=Y), and nothing is concluded.
 */
import type { OutboxSlot } from '@baton/fix';
import type { LedgerState } from './ledger-state.ts';
import { isClosed, type Order, type PendingChange } from './order.ts';
import { closeOrder, dropPending } from './order-transition.ts';
import { releaseDenial } from './risk-release.ts';
import { forgetQuestion } from './status-query.ts';
import type { VenueSession } from './venue-session.ts';

/** Answer to the session for each application slot that the venue wants again. */
export function decideResend(state: LedgerState, venue: VenueSession, slot: OutboxSlot): 'resend' | 'gap-fill' {
  if (slot.msgType === 'H' || slot.msgType === 'AF') {
    // Asked anew, with a number of its own: an old question is worth nothing.
    forgetQuestion(venue, slot.key, slot.seq);
    return 'gap-fill';
  }
  const order = state.orders.find(slot.key);
  if (order === undefined || isClosed(order)) return 'gap-fill';
  const { pending } = order;
  const isChange = pending?.slot === slot.seq;
  // Answered long ago: the venue has lost its own record of it, which takes nothing back.
  if (!isChange && (order.phase !== 'Sent' || order.slot !== slot.seq)) return 'gap-fill';
  if (!isProof(venue, slot.seq)) return 'resend';
  return isChange ? decideChange(state, venue, order, pending) : decideNewOrder(state, venue, order);
}

/** Only the first request on a connection, and only for what was sent before it. */
function isProof(venue: VenueSession, slot: number): boolean {
  return venue.nextExpected === 0 && slot < venue.logonSlot;
}

/** Ends what the proof covers and the session did not ask about, because its outbox had forgotten the slot. */
export function sweepNeverReceived(state: LedgerState, venue: VenueSession): void {
  for (const order of [...state.orders.open()]) {
    if (!order.inDoubt || order.instrument.venue !== venue.configuration.venue) continue;
    if (order.phase === 'Sent' && isNeverReceived(venue, order.slot)) {
      if (!contradicts(state, venue, order, order.slot)) closeOrder(state, order, 'Voided', 'NOT_RECEIVED');
      continue;
    }
    const { pending } = order;
    if (pending === undefined || !isNeverReceived(venue, pending.slot)) continue;
    if (contradicts(state, venue, order, pending.slot)) continue;
    if (pending.kind === 'replace') dropPending(state, order, 'NOT_RECEIVED');
    else holdAgain(state, venue, order, pending);
  }
}

/** What the venue asked for and got is in the outbox still; what was gap-filled, or trimmed long ago, is not. */
function isNeverReceived(venue: VenueSession, slot: number): boolean {
  return slot >= venue.nextExpected && slot < venue.logonSlot && !venue.session.state.outbox.has(slot);
}

/** Not received: it goes out again, under its own ClOrdID, with what waits for the gate. */
export function holdAgain(state: LedgerState, venue: VenueSession, order: Order, pending: PendingChange): void {
  pending.slot = 0;
  order.inDoubt = false;
  venue.held.push(pending.clOrdId);
  state.orderChanged(order);
}

function decideNewOrder(state: LedgerState, venue: VenueSession, order: Order): 'resend' | 'gap-fill' {
  if (contradicts(state, venue, order, order.slot)) return 'gap-fill';
  if (mayResend(state, venue, order)) {
    order.inDoubt = order.pending !== undefined && order.inDoubt;
    state.orderChanged(order);
    return 'resend';
  }
  closeOrder(state, order, 'Voided', 'NOT_RECEIVED');
  return 'gap-fill';
}

function mayResend(state: LedgerState, venue: VenueSession, order: Order): boolean {
  const { neverReceivedPolicy, orderMaxAgeMs } = venue.configuration;
  return (
    neverReceivedPolicy === 'resend' &&
    releaseDenial(state, order) === undefined &&
    order.pending?.kind !== 'cancel' &&
    state.entry.timeUs - order.createdTimeUs <= orderMaxAgeMs * 1000
  );
}

function decideChange(
  state: LedgerState,
  venue: VenueSession,
  order: Order,
  pending: PendingChange,
): 'resend' | 'gap-fill' {
  if (contradicts(state, venue, order, pending.slot)) return 'gap-fill';
  if (pending.kind === 'replace') {
    dropPending(state, order, 'NOT_RECEIVED');
    return 'gap-fill';
  }
  // What is in doubt now is at most the order itself, by an earlier slot of its own.
  order.inDoubt = order.inDoubt && order.phase === 'Sent';
  state.orderChanged(order);
  return 'resend';
}

/**
 * The venue has answered this slot's successor, and messages are received in order: its claim not to have it cannot be
 * true (a venue that lost its sequence state makes such claims). Nothing is concluded from it.
 */
function contradicts(state: LedgerState, venue: VenueSession, order: Order, slot: number): boolean {
  if (slot > venue.answeredSlotMax) return false;
  order.inDoubt = true;
  state.alarm(
    'CONTRADICTORY_PROOF',
    `${venue.configuration.venue} claims not to have message ${slot} of order ${order.rootClOrdId}, but has answered message ${venue.answeredSlotMax}: the order stays in doubt`,
  );
  state.orderChanged(order);
  return true;
}
