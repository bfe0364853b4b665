/**
 * What the ledger holds about the one session to a venue: the FIX session itself, which connection speaks for it, how far
 * its takeover has come and what proves it, messages that wait for the gate, and executions already booked. A reconnect
 * by the same leader and a takeover by another one are the same thing here: a new connection and the phases from there.
 */
import type { FixSession } from '@baton/fix';
import type { VenueConfiguration } from './command.ts';
import type { TakeoverPhase } from './event.ts';
import { Executions } from './executions.ts';

/** An OrderStatusRequest that is not answered. */
export interface StatusQuery {
  attempts: number;
  /** MsgSeqNum of the last H; 0 when it has to be asked (again). */
  slot: number;
  /** When to ask again. */
  dueUs: number;
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
}

export function newVenueSession(
  configuration: VenueConfiguration,
  session: FixSession,
  executionsMax: number,
): VenueSession {
  return {
    configuration,
    session,
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
  };
}

export function isGateOpen(venue: VenueSession): boolean {
  return venue.phase === 'GateOpen';
}
