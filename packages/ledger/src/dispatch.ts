/**
 * The way out: a message of an order either takes the next outbox slot of its venue's session, or is held until the gate
 * opens. Held messages leave in the order in which they were asked for. New orders and replaces grow old while they wait
 * and are then ended without having been sent; cancels never do (trading reference §3.2 step 4).
 */
import { encodeBody, type OutboxSlot, type SessionOutput } from '@baton/fix';
import { assertMayLeave } from './invariants/at-release.ts';
import type { LedgerState } from './ledger-state.ts';
import type { Order, PendingChange } from './order.ts';
import { newOrderSingle, orderCancelReplaceRequest, orderCancelRequest } from './order-message.ts';
import { closeOrder, dropPending } from './order-transition.ts';
import { releaseDenial } from './risk-release.ts';
import { factsOf } from './venue-facts.ts';
import { isGateOpen, type VenueSession } from './venue-session.ts';

/** Sends a new order, or holds it. The caller announces the change. */
export function dispatchNewOrder(state: LedgerState, venue: VenueSession, order: Order): void {
  const { timeUs } = state.entry;
  if (isGateOpen(venue)) assertMayLeave(state, order);
  const slot = isGateOpen(venue)
    ? send(state, venue, {
        msgType: 'D',
        body: withReceiveWindow(venue, newOrderSingle(order, venue.configuration.beginString, timeUs)),
        key: order.rootClOrdId,
      })
    : 0;
  if (slot === 0) {
    venue.held.push(order.rootClOrdId);
    return;
  }
  order.slot = slot;
  order.phase = 'Sent';
}

/** Sends the pending change of an order, or holds it. The caller announces the change. */
export function dispatchChange(state: LedgerState, venue: VenueSession, order: Order, change: PendingChange): void {
  const { timeUs } = state.entry;
  const slot = isGateOpen(venue)
    ? send(state, venue, {
        msgType: change.kind === 'cancel' ? 'F' : 'G',
        body: withReceiveWindow(
          venue,
          change.kind === 'cancel'
            ? orderCancelRequest(order, change, timeUs)
            : orderCancelReplaceRequest(order, change, venue.configuration.beginString, timeUs),
        ),
        key: change.clOrdId,
      })
    : 0;
  change.slot = slot;
  if (slot === 0) venue.held.push(change.clOrdId);
}

/** Gives an application message to the session; 0 when the session refused it. */
export function send(
  state: LedgerState,
  venue: VenueSession,
  message: { readonly msgType: string; readonly body: Uint8Array; readonly key: string },
): number {
  const outcome = venue.session.send(message.msgType, message.body, state.entry.timeUs, message.key);
  if (!outcome.ok) return 0;
  if (isOrderMessage(message.msgType)) venue.lastOrderUs = state.entry.timeUs;
  transmitAll(state, venue, outcome.outputs);
  return outcome.seq;
}

/** For steps of the session that only speak: everything they put out is to be written, or to be told to an operator. */
export function transmitAll(state: LedgerState, venue: VenueSession, outputs: readonly SessionOutput[]): void {
  for (const output of outputs) {
    if (output.type === 'transmit') transmit(state, venue, output.slot, output.possDup);
    else if (output.type === 'alarm') state.alarm(`FIX_${output.code}`, output.text);
    else throw new Error(`broken invariant: session answered a send with ${output.type}`);
  }
}

export function transmit(state: LedgerState, venue: VenueSession, slot: OutboxSlot, possDup: boolean): void {
  state.entry.effects.push({
    type: 'SendFix',
    venue: venue.configuration.venue,
    connectionId: venue.connectionId,
    senderCompId: venue.compId,
    msgSeqNum: slot.seq,
    msgType: slot.msgType,
    body: slot.body,
    possDup,
    timeUs: slot.timeUs,
    sentAtEntryTime: factsOf(venue.configuration).receiveWindow !== undefined && isOrderMessage(slot.msgType),
    clOrdId: isOrderMessage(slot.msgType) ? slot.key : '',
  });
}

/** How long after its SendingTime the venue may take the message, where the venue looks at that. */
function withReceiveWindow(venue: VenueSession, body: Uint8Array): Uint8Array {
  const { receiveWindow } = factsOf(venue.configuration);
  if (receiveWindow === undefined) return body;
  const { tag, unit, windowMs } = receiveWindow;
  return Buffer.concat([body, encodeBody([[tag, unit === 'us' ? windowMs * 1000 : windowMs]])]);
}

export function isOrderMessage(msgType: string): boolean {
  return msgType === 'D' || msgType === 'F' || msgType === 'G';
}

/** Sends everything that waited, now that the gate is open. */
export function releaseHeld(state: LedgerState, venue: VenueSession): void {
  const waiting = venue.held;
  venue.held = [];
  for (const clOrdId of waiting) {
    const order = state.orders.find(clOrdId);
    if (order === undefined || !waits(order, clOrdId)) continue;
    if (order.phase === 'Held') {
      const code = releaseDenial(state, order);
      if (code !== undefined) closeOrder(state, order, 'Voided', code);
      else if (isAged(state, venue, order.createdTimeUs)) closeOrder(state, order, 'Voided', 'HELD_TOO_LONG');
      else {
        dispatchNewOrder(state, venue, order);
        state.orderChanged(order);
      }
      continue;
    }
    releaseChange(state, venue, order, order.pending as PendingChange);
  }
}

function releaseChange(state: LedgerState, venue: VenueSession, order: Order, change: PendingChange): void {
  if (change.kind === 'replace') {
    const code = releaseDenial(state, order);
    if (code !== undefined) {
      dropPending(state, order, code);
      return;
    }
    if (isAged(state, venue, change.createdTimeUs)) {
      dropPending(state, order, 'HELD_TOO_LONG');
      return;
    }
  }
  dispatchChange(state, venue, order, change);
  state.orderChanged(order);
}

/** Ends held orders and replaces that have grown too old. */
export function ageHeld(state: LedgerState, venue: VenueSession): void {
  if (venue.held.length === 0) return;
  const kept: string[] = [];
  for (const clOrdId of venue.held) {
    const order = state.orders.find(clOrdId);
    if (order === undefined || !waits(order, clOrdId)) continue;
    if (order.phase === 'Held' && isAged(state, venue, order.createdTimeUs)) {
      closeOrder(state, order, 'Voided', 'HELD_TOO_LONG');
    } else if (order.pending?.kind === 'replace' && isAged(state, venue, order.pending.createdTimeUs)) {
      dropPending(state, order, 'HELD_TOO_LONG');
    } else kept.push(clOrdId);
  }
  venue.held = kept;
}

/** When the first held message becomes too old; undefined when none can. */
export function heldDeadlineUs(state: LedgerState, venue: VenueSession): number | undefined {
  const maxAgeUs = venue.configuration.orderMaxAgeMs * 1000;
  // Oldest first, one age for all: the first that can grow old is the first that will.
  for (const clOrdId of venue.held) {
    const order = state.orders.find(clOrdId);
    if (order === undefined || !waits(order, clOrdId)) continue;
    if (order.phase === 'Held') return order.createdTimeUs + maxAgeUs + 1;
    if (order.pending?.kind === 'replace') return order.pending.createdTimeUs + maxAgeUs + 1;
  }
  return undefined;
}

function isAged(state: LedgerState, venue: VenueSession, createdTimeUs: number): boolean {
  return state.entry.timeUs - createdTimeUs > venue.configuration.orderMaxAgeMs * 1000;
}

/** Is this id still the one of a message that has not been sent? */
function waits(order: Order, clOrdId: string): boolean {
  if (order.phase === 'Held') return order.rootClOrdId === clOrdId;
  return order.pending?.clOrdId === clOrdId && order.pending.slot === 0;
}
