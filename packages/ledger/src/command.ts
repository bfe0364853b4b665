/**
 * Commands: what a log entry asks of the ledger. One command an entry, encoded once by `encodeCommand` as a canonical
 * msgpack array `[kind, ...fields]` (fixed order, no maps). Kind numbers are on disk: never reuse one; retired numbers
 * stay listed as reserved. Decimal values are text; they become scaled bigint when applied, with the instrument's scale.
 */

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

export type Side = 'buy' | 'sell';
export type OrderType = 'market' | 'limit';
export type TimeInForce = 'day' | 'ioc' | 'fok' | 'gtc';

export type Command =
  /** Sets the configuration. Proposed by a leader whose file differs from the ledger's. */
  | { readonly type: 'Configure'; readonly configuration: Configuration }
  /** A new leader's first command in its term: the barrier. Every older connection is void, the gate is closed. */
  | { readonly type: 'TakeoverStarted'; readonly node: number }
  /** The leader's gateway connected, lost a connection, received one framed message (checksum verified). */
  | { readonly type: 'TransportUp'; readonly venue: string; readonly connectionId: number }
  | { readonly type: 'TransportDown'; readonly venue: string; readonly connectionId: number; readonly reason: string }
  | { readonly type: 'InboundFix'; readonly venue: string; readonly connectionId: number; readonly bytes: Uint8Array }
  /** Time passes: heartbeats, timeouts, ageing. Proposed by the leader when `Ledger.nextDeadlineUs()` is due. */
  | { readonly type: 'Tick' }
  | {
      readonly type: 'SubmitOrder';
      /** The caller's idempotency key, unique per strategy; a repeat gets the first answer again. */
      readonly clientKey: string;
      readonly strategyId: string;
      readonly symbol: string;
      readonly side: Side;
      readonly orderType: OrderType;
      readonly timeInForce: TimeInForce;
      readonly quantity: string;
      /** Limit price; empty for a market order. */
      readonly price: string;
    }
  | {
      readonly type: 'CancelOrder';
      readonly clientKey: string;
      readonly strategyId: string;
      /** ClOrdID of any order in the chain, as answered to SubmitOrder. */
      readonly clOrdId: string;
    }
  | {
      readonly type: 'ReplaceOrder';
      readonly clientKey: string;
      readonly strategyId: string;
      readonly clOrdId: string;
      readonly quantity: string;
      readonly price: string;
    }
  /** Cancels every working order, of one strategy or ('') of all. */
  | { readonly type: 'MassCancel'; readonly clientKey: string; readonly strategyId: string }
  /** Kill switch: while on, new orders and replaces are denied; cancels pass. */
  | { readonly type: 'SetKillSwitch'; readonly on: boolean; readonly reason: string }
  /** Logs the venues' sessions out in an orderly way (Logout) before a planned stop. */
  | { readonly type: 'LogoutSessions'; readonly reason: string }
  /** A client of that identity has connected to the leader; its Logon follows. Its connection ended; it sent a message. */
  | { readonly type: 'ClientUp'; readonly client: string; readonly connectionId: number }
  | { readonly type: 'ClientDown'; readonly client: string; readonly connectionId: number; readonly reason: string }
  | {
      readonly type: 'ClientInbound';
      readonly client: string;
      readonly connectionId: number;
      readonly bytes: Uint8Array;
    };

/** Kind numbers of the encoded form. */
export const CommandKind = {
  Configure: 1,
  TakeoverStarted: 2,
  TransportUp: 3,
  TransportDown: 4,
  InboundFix: 5,
  Tick: 6,
  SubmitOrder: 7,
  CancelOrder: 8,
  ReplaceOrder: 9,
  MassCancel: 10,
  SetKillSwitch: 11,
  LogoutSessions: 12,
  ClientUp: 13,
  ClientDown: 14,
  ClientInbound: 15,
} as const;
