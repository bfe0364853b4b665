/**
 * Which FIX session a new connection speaks for. Numbers that live on: the one there is. Numbers that start at 1 with every
 * logon: a new one under the CompID of this connection, and what was sent under the old numbers can be proven by none of
 * the new. A venue with two gateways has a session with each, and the one that is connected carries the orders.
 */
import { FixSession, type LoggedOnLine, type ResendPolicy, type SessionOptions } from '@baton/fix';
import { compIdOf } from './comp-id.ts';
import type { VenueConfiguration } from './configuration.ts';
import { recordDoubts } from './doubt.ts';
import type { LedgerState } from './ledger-state.ts';
import { decideResend } from './never-received.ts';
import { EARLIER_NUMBERS, unansweredSlot } from './order.ts';
import { factsOf, restartsNumbers } from './venue-facts.ts';
import { newVenueSession, type VenueSession } from './venue-session.ts';

/** Outbox slots kept for resends: more messages than are unanswered when a leader dies. Older ones are gap-filled when asked
 * for, and the sweep of a takeover ends what they were about; each slot kept costs memory in the core. */
const OUTBOX_MAX = 2_000;
/** A whole outbox is served in one step: a takeover must not wait for ticks between batches. */
const RESEND_BATCH = 1_000_000;
/** DefaultApplVerID (1137): FIX 5.0 SP2. */
const APPL_VER_ID = '9';

export function sessionOptions(venue: VenueConfiguration, compId: string): SessionOptions {
  const facts = factsOf(venue);
  const { cancelOnDisconnect } = facts;
  return {
    role: 'initiator',
    beginString: venue.beginString,
    defaultApplVerId: venue.beginString === 'FIXT.1.1' ? APPL_VER_ID : undefined,
    senderCompId: compId,
    targetCompId: venue.targetCompId,
    heartBtIntS: venue.heartBtIntS,
    sendNextExpectedMsgSeqNum: venue.nextExpectedMsgSeqNum,
    resetOnLogon: restartsNumbers(facts) && facts.resetSeqNumFlag === 'Y',
    outboxMax: facts.resend ? OUTBOX_MAX : 0,
    resendBatch: RESEND_BATCH,
    // A leader with a wrong clock may have pushed the log's time ahead of every clock (it never goes back): a venue's
    // SendingTime measured by it would end the session of every later leader, too. Row 22 of the crash-point matrix.
    checkLatencyMs: null,
    logonFields: cancelOnDisconnect === undefined ? [] : [[cancelOnDisconnect.tag, cancelOnDisconnect.value]],
  };
}

/** A venue with sessions that have not spoken yet. */
export function makeVenue(state: LedgerState, configuration: VenueConfiguration): VenueSession {
  const venue = newVenueSession(configuration, state.horizons.executionsMax, () =>
    newSession(state, configuration, configuration.senderCompId, () => venue),
  );
  return venue;
}

/** Puts a session as it was when `snapshot` was taken in the place of the venue's own, or of that with its other gateway. */
export function restoreSession(
  state: LedgerState,
  venue: VenueSession,
  snapshot: readonly unknown[],
  which: 'carrying' | 'other' = 'carrying',
): void {
  const options = sessionOptions(venue.configuration, venue.compId);
  const session = FixSession.restore(
    options,
    policyOf(state, () => venue),
    snapshot,
  );
  if (which === 'carrying') venue.session = session;
  else venue.otherSession = session;
}

/** A connection of the leader, through one of the venue's gateways: the session that it speaks for becomes current. */
export function takeLine(state: LedgerState, venue: VenueSession, gateway: number): void {
  const facts = factsOf(venue.configuration);
  venue.connectionsInTerm += 1;
  if (restartsNumbers(facts)) {
    const { takeoverNode: node, takeoverTerm: term } = state;
    venue.compId = compIdOf(venue.configuration.senderCompId, facts, { node, term, attempt: venue.connectionsInTerm });
    restartNumbers(state, venue);
  } else if (facts.gateways === 2 && gateway !== venue.gateway) changeGateway(state, venue, gateway);
}

/** Both sides start at 1: a session without a past. */
export function restartNumbers(state: LedgerState, venue: VenueSession): void {
  leaveNumbers(state, venue);
  venue.session = newSession(state, venue.configuration, venue.compId, () => venue);
  venue.sequenceIndex = venue.session.state.sequenceIndex;
}

/** A session that the new leader has kept logged on: it goes on with its own numbers and CompID. */
export function adoptLine(state: LedgerState, venue: VenueSession, compId: string, line: LoggedOnLine): void {
  venue.connectionsInTerm += 1;
  venue.compId = compId;
  leaveNumbers(state, venue);
  const options = sessionOptions(venue.configuration, compId);
  venue.session = FixSession.loggedOn(
    options,
    policyOf(state, () => venue),
    line,
  );
  venue.sequenceIndex = venue.session.state.sequenceIndex;
}

/** What has not been answered was sent under numbers of which the session of now knows nothing: it is in doubt. */
export function leaveNumbers(state: LedgerState, venue: VenueSession): void {
  venue.answeredSlotMax = 0;
  venue.reportsMayMiss = true;
  for (const order of state.orders.open()) {
    if (order.instrument.venue !== venue.configuration.venue || unansweredSlot(order) === 0) continue;
    if (order.phase === 'Sent') order.slot = EARLIER_NUMBERS;
    if (order.pending !== undefined && order.pending.slot !== 0) order.pending.slot = EARLIER_NUMBERS;
    order.inDoubt = true;
    state.orderChanged(order);
  }
  recordDoubts(state, venue);
}

function changeGateway(state: LedgerState, venue: VenueSession, gateway: number): void {
  leaveNumbers(state, venue);
  const other = venue.otherSession ?? newSession(state, venue.configuration, venue.compId, () => venue);
  venue.otherSession = venue.session;
  venue.session = other;
  venue.gateway = gateway;
  venue.sequenceIndex = other.state.sequenceIndex;
}

function newSession(
  state: LedgerState,
  configuration: VenueConfiguration,
  compId: string,
  venue: () => VenueSession,
): FixSession {
  return new FixSession(sessionOptions(configuration, compId), policyOf(state, venue));
}

function policyOf(state: LedgerState, venue: () => VenueSession): ResendPolicy {
  return { onResend: (slot) => decideResend(state, venue(), slot) };
}
