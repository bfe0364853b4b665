/**
 * The way in: what the leader's gateway reports about a venue's connection (up, down, a message) and what the FIX session
 * makes of it. Commands of a connection that is not the current one are counted and ignored: they come from a socket that
 * a later one has replaced, or from a leader whose term has ended. No connection counts before the barrier of its term.
 */
import type { FixMessage, SessionOutput } from '@baton/fix';
import { MsgType, parseMessage } from '@baton/fix';
import { voidClientConnections } from './client-connection.ts';
import { transmit } from './dispatch.ts';
import { beginRecovery } from './doubt.ts';
import { applyLastExecId, LAST_EXEC_ID } from './event-replay.ts';
import { applyExecutionReport } from './execution.ts';
import { applySessionHandedOver } from './handover.ts';
import type { LedgerState } from './ledger-state.ts';
import { tellAccount } from './reconcile/account-question.ts';
import { applyBusinessReject, applyCancelReject, applySessionReject } from './refusal.ts';
import { evidenceOf } from './session-evidence.ts';
import {
  advanceTakeover,
  closeGate,
  noteLoggedOn,
  noteProof,
  noteReset,
  reachPhase,
  returnToBarrier,
  TAKEOVER,
} from './takeover.ts';
import type { HandedOver } from './venue-command.ts';
import { factsOf, restartsNumbers } from './venue-facts.ts';
import { takeLine } from './venue-line.ts';
import type { VenueSession } from './venue-session.ts';

/** Why a connection is closed while the numbers are in question. */
export const AWAITING_OPERATOR = 'awaiting-operator';

/** A new leader: every connection of older terms is void, and every session has to be taken over. */
export function applyTakeoverStarted(state: LedgerState, node: number, cause: string): void {
  state.takeoverTerm = state.entry.term;
  state.takeoverNode = node;
  voidClientConnections(state);
  beginRecovery(state, 'failover', cause, state.venues.values());
  for (const venue of state.venues.values()) {
    dropConnection(state, venue);
    venue.connectionsInTerm = 0;
    closeGate(state, venue, TAKEOVER);
    reachPhase(state, venue, 'Barrier');
  }
}

export function applyTransportUp(state: LedgerState, name: string, connectionId: number, gateway: number): void {
  const venue = readyVenue(state, name, connectionId);
  if (venue === undefined) return;
  takeLine(state, venue, gateway);
  venue.connectionId = connectionId;
  venue.connectionIdMax = connectionId;
  const reset = (venue.gatewaysToReset & (1 << venue.gateway)) !== 0;
  venue.logonSlot = reset ? 1 : venue.session.state.nextOut;
  reachPhase(state, venue, 'Connecting');
  const outputs = venue.session.connected(state.entry.timeUs, reset);
  if (reset) venue.sequenceIndex = venue.session.state.sequenceIndex;
  carryOut(state, venue, outputs);
}

/** A line that the leader has kept logged on while it followed. */
export function applyHandover(state: LedgerState, name: string, handed: HandedOver): void {
  const venue = readyVenue(state, name, handed.connectionId);
  if (venue !== undefined) applySessionHandedOver(state, venue, handed);
}

/** The venue, ready for a new connection; undefined when the connection does not count. */
function readyVenue(state: LedgerState, name: string, connectionId: number): VenueSession | undefined {
  const venue = state.venues.get(name);
  const isBarrierApplied = state.takeoverTerm === state.entry.term && state.takeoverTerm !== 0;
  if (venue === undefined || !isBarrierApplied || connectionId <= venue.connectionIdMax) {
    state.staleCommands += 1;
    return undefined;
  }
  if (venue.proofLost) {
    // No further logon before a person has decided: each would be refused, and burn a number.
    const text = { type: 'CloseTransport', venue: name, connectionId, reason: AWAITING_OPERATOR } as const;
    state.entry.effects.push(text);
    return undefined;
  }
  if (venue.connectionId !== 0) {
    // The gateway has given the old one up without saying so.
    closeTransport(state, venue, 'replaced by a newer connection');
    dropConnection(state, venue);
    returnToBarrier(state, venue, 'RECONNECTED');
  }
  return venue;
}

export function applyTransportDown(state: LedgerState, name: string, connectionId: number, reason: string): void {
  const venue = currentVenue(state, name, connectionId);
  if (venue === undefined) return;
  dropConnection(state, venue);
  returnToBarrier(state, venue, reason === '' ? 'TRANSPORT_DOWN' : reason);
}

export function applyInboundFix(state: LedgerState, name: string, connectionId: number, bytes: Uint8Array): void {
  const venue = currentVenue(state, name, connectionId);
  if (venue === undefined) return;
  venue.lastInboundUs = state.entry.timeUs;
  const message = parseMessage(bytes);
  state.entry.evidence = evidenceOf(message);
  carryOut(state, venue, venue.session.received(message, state.entry.timeUs));
  advanceTakeover(state, venue);
}

/** Time has passed for one venue's session. */
export function tickSession(state: LedgerState, venue: VenueSession): void {
  if (venue.connectionId !== 0) carryOut(state, venue, venue.session.tick(state.entry.timeUs));
  advanceTakeover(state, venue);
}

/** Logs out in order. New orders are held from now on. */
export function logoutSession(state: LedgerState, venue: VenueSession, reason: string): void {
  if (venue.connectionId === 0) return;
  // Text (58) is plain ASCII; what an operator typed may not be.
  const text = reason.replace(/[^\x20-\x7e]/g, '?');
  carryOut(state, venue, venue.session.logout(text, state.entry.timeUs));
  returnToBarrier(state, venue, 'LOGOUT');
}

function currentVenue(state: LedgerState, name: string, connectionId: number): VenueSession | undefined {
  const venue = state.venues.get(name);
  if (venue === undefined || connectionId === 0 || venue.connectionId !== connectionId) {
    state.staleCommands += 1;
    return undefined;
  }
  return venue;
}

/** Nothing speaks for the session any more. What it answers (logged out) is what every caller goes on to do. */
function dropConnection(state: LedgerState, venue: VenueSession): void {
  if (venue.connectionId !== 0) venue.lineEndedUs = state.entry.timeUs;
  venue.connectionId = 0;
  venue.session.disconnected(state.entry.timeUs);
}

/** Gives the connection up: what follows is another one. */
function endLine(state: LedgerState, venue: VenueSession, reason: string): void {
  closeTransport(state, venue, reason);
  dropConnection(state, venue);
  returnToBarrier(state, venue, reason);
}

function closeTransport(state: LedgerState, venue: VenueSession, reason: string): void {
  const { connectionId } = venue;
  state.entry.effects.push({ type: 'CloseTransport', venue: venue.configuration.venue, connectionId, reason });
}

/**
 * Does what a step of the session asks for. Nothing in here may send through the session: its own messages of this step
 * already have their numbers, and what is sent in between would overtake them. What wants to be sent is held, and leaves
 * at the end of the entry.
 */
function carryOut(state: LedgerState, venue: VenueSession, outputs: readonly SessionOutput[]): void {
  for (const output of outputs) {
    switch (output.type) {
      case 'transmit':
        if (output.slot.msgType === MsgType.ResendRequest && !factsOf(venue.configuration).resend) {
          endLine(state, venue, 'messages are missing, and the venue sends nothing again');
          return;
        }
        transmit(state, venue, output.slot, output.possDup);
        break;
      case 'deliver':
        deliver(state, venue, output.message);
        break;
      case 'logged-on':
        noteLoggedOn(state, venue, output);
        break;
      case 'resend-served':
        if (venue.phase === 'LoggedOn') noteProof(state, venue, output.beginSeqNo, 'ResendRequest');
        break;
      case 'test-answered':
        // Nothing was asked for again before the answer: all that lay below our Logon had arrived.
        if (output.id === venue.barrierId) noteProof(state, venue, venue.logonSlot, 'TestRequest');
        break;
      case 'inbound-synced':
        venue.inboundSynced = true;
        break;
      case 'rejected':
        applySessionReject(state, venue, output);
        break;
      case 'logged-out':
        returnToBarrier(state, venue, output.text === undefined ? output.reason : `${output.reason}: ${output.text}`);
        break;
      case 'disconnect':
        endLine(state, venue, output.reason);
        if (CONTRADICTIONS.has(output.reason)) noteContradiction(state, venue, output.reason);
        break;
      case 'alarm':
        state.alarm(`FIX_${output.code}`, `${venue.configuration.venue}: ${output.text}`);
        break;
    }
  }
  if (venue.session.state.sequenceIndex !== venue.sequenceIndex) noticeReset(state, venue);
}

/** The venue has lost numbers that we have, or has some that we never gave. */
const CONTRADICTIONS: ReadonlySet<string> = new Set(['sequence-too-low', 'next-expected-too-high']);

function noteContradiction(state: LedgerState, venue: VenueSession, reason: string): void {
  if (venue.proofLost) return;
  venue.proofLost = true;
  state.alarm(
    'SEQUENCE_RESET',
    `${venue.configuration.venue}: ${reason}: the venue's numbers contradict ours; the gate stays closed until an operator has reconciled`,
  );
}

/** Numbers restarted within a connection (a Logon with 141=Y while logged on). */
function noticeReset(state: LedgerState, venue: VenueSession): void {
  if (restartsNumbers(factsOf(venue.configuration))) {
    venue.sequenceIndex = venue.session.state.sequenceIndex;
    // Every connection has numbers of its own; a restart while logged on loses what was under way.
    if (venue.session.state.status === 'active')
      endLine(state, venue, 'the venue restarted its numbers while logged on');
    return;
  }
  noteReset(state, venue);
  if (venue.proofLost) returnToBarrier(state, venue, 'SEQUENCE_RESET');
}

function deliver(state: LedgerState, venue: VenueSession, message: FixMessage): void {
  // Messages that waited above a gap are delivered with the one that closed it.
  state.entry.evidence = evidenceOf(message);
  switch (message.msgType) {
    case '8':
      if (!tellAccount(state, venue, message)) applyExecutionReport(state, venue, message);
      return;
    case '9':
      applyCancelReject(state, venue, message);
      return;
    case LAST_EXEC_ID:
      applyLastExecId(state, venue, message);
      return;
    case 'j':
      applyBusinessReject(state, venue, message);
      return;
    default:
      if (tellAccount(state, venue, message)) return;
      state.alarm('MESSAGE_NOT_HANDLED', `${venue.configuration.venue} sent 35=${message.msgType.slice(0, 8)}`);
  }
}
