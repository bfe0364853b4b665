/**
 * The takeover of one venue's session, phase by phase, each reached by the entry that completes it: a new leader that dies
 * half-way leaves nothing to guess. Proof of what arrived is one number K, the first of our messages that the venue has
 * not received: its NextExpectedMsgSeqNum (789), the BeginSeqNo of its ResendRequest, or, if it answers a TestRequest
 * without having asked for anything, our Logon's own number. The order of the phases is not the order of the evidence:
 * facts are noted as they come, and phases follow when all before them is done. Design §6, trading reference §3.2, §3.6.
 */

import { releaseHeld, transmitAll } from './dispatch.ts';
import { beginRecovery, recordDoubts, recordPhase, recoveryOf, tellRecovered } from './doubt.ts';
import { noteDrillGate } from './drill.ts';
import type { TakeoverPhase } from './event.ts';
import type { LedgerState } from './ledger-state.ts';
import { sweepNeverReceived } from './never-received.ts';
import { unansweredSlot } from './order.ts';
import { isColdPending } from './reconcile/cold-pending.ts';
import { mayOpen, noteRecoveryPhase } from './recovery-run.ts';
import { askQueries, beginQueries, isReconciled } from './status-query.ts';
import { factsOf, restartsNumbers } from './venue-facts.ts';
import { newReplay, type VenueSession } from './venue-session.ts';

/** Why a gate is closed when another leader takes over. */
export const TAKEOVER = 'TAKEOVER';

export type Proof = 'NextExpectedMsgSeqNum' | 'ResendRequest' | 'TestRequest';

export function reachPhase(state: LedgerState, venue: VenueSession, phase: TakeoverPhase): void {
  venue.phase = phase;
  recordPhase(state, venue);
  noteRecoveryPhase(state, venue);
  state.emit({ type: 'TakeoverPhaseReached', term: state.takeoverTerm, venue: venue.configuration.venue, phase });
  if (phase === 'GateOpen') noteDrillGate(state);
}

/** Ends trading with this venue until the phases have been passed again; messages on their way become doubtful. */
export function closeGate(state: LedgerState, venue: VenueSession, reason: string): void {
  if (venue.phase === 'GateOpen') state.emit({ type: 'GateClosed', venue: venue.configuration.venue, reason });
  // The first loss begins a record; what fails on the way back belongs to it.
  if (venue.phase === 'GateOpen' && reason !== TAKEOVER) beginRecovery(state, 'reconnect', reason, [venue]);
  venue.logonSlot = 0;
  venue.nextExpected = 0;
  venue.barrierId = '';
  venue.inboundSynced = false;
  venue.queries.clear();
  venue.replay = newReplay();
  for (const order of state.orders.open()) {
    if (order.inDoubt || order.instrument.venue !== venue.configuration.venue || unansweredSlot(order) === 0) continue;
    order.inDoubt = true;
    state.orderChanged(order);
  }
  recordDoubts(state, venue);
}

/** The session is not logged on (any more): what follows is a takeover from its barrier on, by whichever leader. */
export function returnToBarrier(state: LedgerState, venue: VenueSession, reason: string): void {
  closeGate(state, venue, reason);
  if (venue.phase !== 'Idle' && venue.phase !== 'Barrier') reachPhase(state, venue, 'Barrier');
}

/**
 * The first proof on a connection is the one that counts; later ones can only say less. A venue that claims not to have
 * what it has answered lost its numbers (a restart without its memory): nothing that it says proves anything any more,
 * even where our numbers and its new ones happen to meet (crash-point matrix row 20).
 */
export function noteProof(state: LedgerState, venue: VenueSession, nextExpected: number, source: Proof): void {
  if (venue.nextExpected !== 0) return;
  if (nextExpected <= venue.answeredSlotMax) {
    venue.proofLost = true;
    state.alarm(
      'SEQUENCE_ANOMALY',
      `${venue.configuration.venue} expects message ${nextExpected} (${source}), but has answered message ${venue.answeredSlotMax}: it lost its numbers; the gate stays closed until an operator has reconciled`,
    );
  }
  venue.nextExpected = nextExpected;
  const recovery = recoveryOf(state, venue);
  if (recovery !== undefined) {
    recovery.nextExpected = nextExpected;
    recovery.proof = source;
  }
  state.emit({ type: 'OutboundProven', venue: venue.configuration.venue, nextExpected, source });
}

/** The venue has accepted our Logon. */
export function noteLoggedOn(
  state: LedgerState,
  venue: VenueSession,
  logon: { readonly peerNextExpected: number | undefined; readonly reset: boolean },
): void {
  reachPhase(state, venue, 'LoggedOn');
  if (restartsNumbers(factsOf(venue.configuration))) {
    // A new session: nothing that it may prove is of use for what was sent before.
    venue.nextExpected = venue.logonSlot;
    venue.sequenceIndex = venue.session.state.sequenceIndex;
    return;
  }
  const gateway = 1 << venue.gateway;
  if (logon.reset && (venue.gatewaysToReset & gateway) !== 0) {
    // We have asked for it: nothing was ever sent under the numbers that the venue had.
    venue.gatewaysToReset &= ~gateway;
    venue.answeredSlotMax = 0;
    venue.sequenceIndex = venue.session.state.sequenceIndex;
  } else if (logon.reset) noteReset(state, venue);
  if (venue.configuration.nextExpectedMsgSeqNum && logon.peerNextExpected !== undefined) {
    noteProof(state, venue, logon.peerNextExpected, 'NextExpectedMsgSeqNum');
  }
}

/** Numbers restarted at 1: harmless while nothing is open, else the end of every proof (crash-point matrix row 20). */
export function noteReset(state: LedgerState, venue: VenueSession): void {
  venue.sequenceIndex = venue.session.state.sequenceIndex;
  venue.answeredSlotMax = 0;
  for (const order of state.orders.open()) {
    if (order.instrument.venue !== venue.configuration.venue || order.phase === 'Held') continue;
    venue.proofLost = true;
  }
  if (!venue.proofLost) return;
  state.alarm(
    'SEQUENCE_RESET',
    `${venue.configuration.venue} restarted its sequence numbers while orders are open: nothing proves what it received; the gate stays closed until an operator has reconciled`,
  );
}

/** Moves on as far as the facts allow. Called at the end of every entry that may have brought some. */
export function advanceTakeover(state: LedgerState, venue: VenueSession): void {
  if (venue.proofLost) return;
  if (venue.phase === 'LoggedOn' && isOutboundResolved(state, venue)) {
    sweepNeverReceived(state, venue);
    reachPhase(state, venue, 'OutboundResolved');
  }
  if (venue.phase === 'OutboundResolved' && venue.inboundSynced) {
    reachPhase(state, venue, 'InboundSynced');
    beginQueries(state, venue);
  }
  if (venue.phase === 'InboundSynced') {
    askQueries(state, venue);
    if (isReconciled(venue) && !isColdPending(state, venue.configuration.venue)) reachPhase(state, venue, 'Reconciled');
  }
  if (venue.phase === 'Reconciled' && mayOpen(state, venue.configuration.venue)) {
    reachPhase(state, venue, 'GateOpen');
    tellRecovered(state, venue);
    state.emit({ type: 'GateOpened', term: state.takeoverTerm, venue: venue.configuration.venue });
  }
  if (venue.phase === 'GateOpen' && venue.held.length > 0) releaseHeld(state, venue);
}

/** What the venue asked for again must have been served, too: a resend in batches takes several entries. */
function isOutboundResolved(state: LedgerState, venue: VenueSession): boolean {
  if (venue.session.state.resendDebt !== undefined) return false;
  if (venue.nextExpected !== 0) return true;
  if (venue.barrierId === '') {
    const id = `B${state.entry.index}`;
    const outcome = venue.session.testRequest(id, state.entry.timeUs);
    if (outcome.ok) {
      venue.barrierId = id;
      transmitAll(state, venue, outcome.outputs);
    }
  }
  return false;
}
