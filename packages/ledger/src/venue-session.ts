/**
 * What the ledger holds about the one session to a venue: the FIX session itself, which connection speaks for it, how far
 * its takeover has come and what proves it, messages that wait for the gate, and executions already booked. A reconnect
 * by the same leader and a takeover by another one are the same thing here: a new connection and the phases from there.
 */
import type { FixSession } from '@baton/fix';
import type { VenueConfiguration } from './command.ts';
import type { TakeoverPhase } from './event.ts';
import { Executions } from './executions.ts';

/** A question about an order that is not answered. */
export interface StatusQuery {
  attempts: number;
  /** MsgSeqNum of the last question (over HTTP: of what we send next); 0 when it has to be asked (again). */
  slot: number;
  /** Entry that asked, and its time. */
  askedIndex: number;
  askedUs: number;
  /** When to ask again. */
  dueUs: number;
  /** A report of the order's own does not make the question needless: an earlier one may have been missed. */
  readonly evenIfSettled: boolean;
}

/** How far the replay of events has come; `over` is also said where there is none. */
export interface EventReplay {
  stage: 'not-begun' | 'last-asked' | 'events-asked' | 'over';
  attempts: number;
  /** When to ask again. */
  dueUs: number;
  /** The execution that ends the replay; '' before it is known. */
  lastExecId: string;
}

export interface VenueSession {
  configuration: VenueConfiguration;
  session: FixSession;
  /** The connection that speaks for the session; 0 for none. */
  connectionId: number;
  /** Highest connection seen: connection numbers only rise, over all leaders. */
  connectionIdMax: number;
  phase: TakeoverPhase;
  /** MsgSeqNum of the Logon of this connection. */
  logonSlot: number;
  /** Everything of ours below it was received by the venue: proven on this connection. 0 while unknown. */
  nextExpected: number;
  /** The TestRequest that bounds the wait for a ResendRequest; '' when none is out. */
  barrierId: string;
  inboundSynced: boolean;
  /** The numbers restarted under open orders: nothing proves what was received, an operator must decide. */
  proofLost: boolean;
  /** Highest slot of D, F or G that the venue has answered: contradicts a claim that it was never received. */
  answeredSlotMax: number;
  /** `sequenceIndex` of the session when last looked at. */
  sequenceIndex: number;
  /** By root ClOrdID, in the order in which they were begun. */
  readonly queries: Map<string, StatusQuery>;
  /** ClOrdIDs of D, F and G that wait for the gate, oldest first. */
  held: string[];
  readonly executions: Executions;
  /** Our CompID on this connection, or on the last one. */
  compId: string;
  /** Connections since the barrier of this term. */
  connectionsInTerm: number;
  /** Which of the venue's gateways `session` is with: 0 or 1. */
  gateway: number;
  /** The session with the gateway that does not carry orders; undefined while that one has never been used. */
  otherSession: FixSession | undefined;
  /** When an order message last took a slot. */
  lastOrderUs: number;
  /** When the venue was last heard. */
  lastInboundUs: number;
  /** When a connection last ended. */
  lineEndedUs: number;
  /** Reports of what happened while nobody listened do not come by themselves: every open order has to be asked about. */
  reportsMayMiss: boolean;
  /** ExecID (17) of the last execution heard of. */
  lastExecId: string;
  /** The replay of events by ExecID on this connection. */
  replay: EventReplay;
  /** By root ClOrdID: up to which CumQty fills were booked without having been reported. */
  readonly inferred: Map<string, bigint>;
  /** Gateways (a bit each) whose next Logon begins the numbers anew: the life before this log had others. */
  gatewaysToReset: number;
  /** Fills from this time on are in the books, or known; what was before is not ours to compare. µs since 1970. */
  fillsKnownFromUs: number;
  /** Number of the takeover record that its recovery is noted in; 0 before the first. */
  recovery: number;
}

export function newVenueSession(
  configuration: VenueConfiguration,
  executionsMax: number,
  session: () => FixSession,
): VenueSession {
  return {
    configuration,
    session: session(),
    connectionId: 0,
    connectionIdMax: 0,
    phase: 'Idle',
    logonSlot: 0,
    nextExpected: 0,
    barrierId: '',
    inboundSynced: false,
    proofLost: false,
    answeredSlotMax: 0,
    sequenceIndex: 0,
    queries: new Map(),
    held: [],
    executions: new Executions(executionsMax),
    compId: configuration.senderCompId,
    connectionsInTerm: 0,
    gateway: 0,
    otherSession: undefined,
    lastOrderUs: 0,
    lastInboundUs: 0,
    lineEndedUs: 0,
    reportsMayMiss: false,
    lastExecId: '',
    replay: newReplay(),
    inferred: new Map(),
    gatewaysToReset: 0,
    fillsKnownFromUs: 0,
    recovery: 0,
  };
}

export function newReplay(): EventReplay {
  return { stage: 'not-begun', attempts: 0, dueUs: 0, lastExecId: '' };
}

export function isGateOpen(venue: VenueSession): boolean {
  return venue.phase === 'GateOpen';
}
