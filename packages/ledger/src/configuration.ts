/**
 * The configuration as a Configure command carries it and a snapshot keeps it: what the whole cluster must agree on before
 * it can trade. Decimal values are text; configured.ts resolves them, with the scales of the instruments.
 */

import type { VenueFacts } from './venue-facts.ts';

/** Everything the cluster must agree on before it can trade; replaces the configuration as a whole. */
export interface Configuration {
  readonly clusterId: string;
  /** Life of the cluster between cold starts; part of every ClOrdID. */
  readonly incarnation: number;
  readonly instruments: readonly InstrumentConfiguration[];
  readonly venues: readonly VenueConfiguration[];
  readonly limits: LimitConfiguration;
  /** Who may enter orders by FIX; absent when nobody may. */
  readonly clients?: readonly ClientConfiguration[];
}

export interface InstrumentConfiguration {
  readonly symbol: string;
  readonly venue: string;
  /** Decimal places of prices and of quantities: 2 means hundredths. */
  readonly priceScale: number;
  readonly quantityScale: number;
}

/** One FIX session to a venue, with the facts of the venue's profile that the ledger needs. */
export interface VenueConfiguration {
  readonly venue: string;
  readonly beginString: string;
  readonly senderCompId: string;
  readonly targetCompId: string;
  readonly account: string;
  readonly heartBtIntS: number;
  /** Sends NextExpectedMsgSeqNum (789) and trusts the venue's. */
  readonly nextExpectedMsgSeqNum: boolean;
  /** What to do with a new order that the venue provably never received. */
  readonly neverReceivedPolicy: 'void' | 'resend';
  /** A never-received order older than this is voided even under `resend`; an order held while no session is open too. */
  readonly orderMaxAgeMs: number;
  /** The venue answers OrderStatusRequest (H). Default true; without it an order in doubt stays so until it is reported. */
  readonly statusQuery?: boolean;
  /** "Unknown order" in answer to a status query proves that an order never entered the book. Default true. */
  readonly unknownIsConclusive?: boolean;
  /** What the venue's profile says; absent for a classic venue, which the keys above describe alone. */
  readonly facts?: VenueFacts;
}

/** One FIX session of a client who enters orders. CompIDs are named as the client names them in its own messages. */
export interface ClientConfiguration {
  /** The client's name here; also the strategyId of its orders. */
  readonly client: string;
  readonly beginString: string;
  /** The client's own CompID: 49 of what it sends. */
  readonly senderCompId: string;
  /** Ours: 56 of what it sends. */
  readonly targetCompId: string;
  /** Account (1) that its orders must name, if they name one, and that its reports carry; '' for none. */
  readonly account: string;
  /** Longest HeartBtInt (108) that the client may ask for; 0 (no heartbeats) is never accepted. */
  readonly heartBtIntS: number;
  /** Both numbers start at 1 with every logon, whether or not the client says 141=Y. */
  readonly resetOnLogon: boolean;
}

/** Decimal text; empty text means no limit. */
export interface LimitConfiguration {
  readonly orderQuantityMax: string;
  readonly orderNotionalMax: string;
  readonly positionMax: string;
  readonly openOrdersMax: number;
}
