/**
 * What is in doubt since a leader died or a line was lost, written into the record of the recovery. An order leaves doubt in
 * whatever rule handles its news; the state notes it there with the evidence of that entry. Trading reference §3.2 step 6.
 */
import type { LedgerState } from './ledger-state.ts';
import type { Order } from './order.ts';
import { type DoubtRecord, newVenueRecovery, RECORDED_ORDERS_MAX, type VenueRecovery } from './takeover-record.ts';
import type { VenueSession } from './venue-session.ts';

/** A record's phases: a line that fails again and again must not fill the memory. */
const RECORDED_PHASES_MAX = 200;

/** A new record, and the venues that it is about. */
export function beginRecovery(
  state: LedgerState,
  kind: 'failover' | 'reconnect',
  cause: string,
  venues: Iterable<VenueSession>,
): void {
  const { index, timeUs } = state.entry;
  const from = { term: state.takeoverTerm, node: state.takeoverNode, startedIndex: index, startedUs: timeUs };
  const record = state.takeovers.begin({ ...from, kind, cause: cause.slice(0, 256) });
  for (const venue of venues) {
    record.venues.push(newVenueRecovery(venue.configuration.venue));
    venue.recovery = record.n;
  }
}

/** A venue that was configured after the barrier: its first way to an open gate belongs to that takeover. */
export function joinRecovery(state: LedgerState, venue: VenueSession): void {
  const record = state.takeovers.ofTerm(state.takeoverTerm);
  if (record === undefined) return;
  record.venues.push(newVenueRecovery(venue.configuration.venue));
  venue.recovery = record.n;
}

/** The record that a venue's recovery is noted in; undefined before its first. */
export function recoveryOf(state: LedgerState, venue: VenueSession): VenueRecovery | undefined {
  const name = venue.configuration.venue;
  return state.takeovers.find(venue.recovery)?.venues.find((one) => one.venue === name);
}

export function recordPhase(state: LedgerState, venue: VenueSession): void {
  const { index, timeUs } = state.entry;
  const phases = recoveryOf(state, venue)?.phases;
  if (phases !== undefined && phases.length < RECORDED_PHASES_MAX) phases.push({ phase: venue.phase, index, timeUs });
}

/** Every order of the venue that is in doubt now waits for its evidence. */
export function recordDoubts(state: LedgerState, venue: VenueSession): void {
  const recovery = recoveryOf(state, venue);
  if (recovery === undefined) return;
  for (const order of state.orders.open()) {
    if (order.inDoubt && order.instrument.venue === recovery.venue) recordDoubt(state, recovery, order);
  }
}

function recordDoubt(state: LedgerState, recovery: VenueRecovery, order: Order): void {
  const clOrdId = order.rootClOrdId;
  const before = state.doubts.get(clOrdId);
  if (before !== undefined && recovery.orders.includes(before)) return;
  if (recovery.orders.length >= RECORDED_ORDERS_MAX) {
    recovery.unlisted += 1;
    return;
  }
  if (before !== undefined) before.detail = 'still in doubt when the next recovery began';
  const doubt: DoubtRecord = { clOrdId, outcome: 'InDoubt', evidence: 'None', detail: '', index: 0, timeUs: 0 };
  recovery.orders.push(doubt);
  state.doubts.set(clOrdId, doubt);
}

/** Gate open: what the recovery came to. */
export function tellRecovered(state: LedgerState, venue: VenueSession): void {
  const orders = recoveryOf(state, venue)?.orders ?? [];
  const inDoubt = orders.filter(({ index }) => index === 0).length;
  state.emit({
    type: 'SessionRecovered',
    venue: venue.configuration.venue,
    term: state.takeoverTerm,
    takeover: venue.recovery,
    nextExpected: venue.nextExpected,
    lastInbound: venue.session.state.nextIn - 1,
    resolved: orders.length - inDoubt,
    inDoubt,
  });
}
