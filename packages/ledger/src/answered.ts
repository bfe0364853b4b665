/**
 * Notes that the venue has spoken about an order: which slot is thereby answered, and that the order is no longer in
 * doubt once nothing of it is unanswered.
 */
import type { Execution } from './execution-report.ts';
import type { Fill } from './executions.ts';
import type { Order } from './order.ts';
import type { VenueSession } from './venue-session.ts';

/** The report answers the order's NewOrderSingle, or a change that it names. */
export function answered(execution: Execution): void {
  const { order, report, venue } = execution;
  if (order.phase === 'Sent') noteAnswered(venue, order.slot);
  const { pending } = order;
  if (pending !== undefined && pending.clOrdId === report.clOrdId) noteAnswered(venue, pending.slot);
  clearDoubt(venue, order);
}

export function noteAnswered(venue: VenueSession, slot: number): void {
  if (slot > venue.answeredSlotMax) venue.answeredSlotMax = slot;
}

/** Ends the doubt about an order that waits for nothing from before this connection. */
export function clearDoubt(venue: VenueSession, order: Order): void {
  const { pending } = order;
  // A change that the venue received on an earlier connection is as doubtful as before: only its own answer, or a status
  // query, settles it. One that it had not received was sent again on this one.
  const received = venue.nextExpected === 0 ? venue.logonSlot : venue.nextExpected;
  const changeInDoubt = pending !== undefined && pending.slot !== 0 && pending.slot < received;
  if (!changeInDoubt) order.inDoubt = false;
}

export function remembered(execution: Execution, fill: Fill | undefined): void {
  const { report, venue } = execution;
  if (report.execId !== '') venue.executions.add(report.execId, fill);
}
