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
  /** Currencies that are not counted in CURRENCY_SCALE_DEFAULT places. */
  readonly currencies?: readonly CurrencyConfiguration[];
  /** Limits of one venue, strategy or symbol beside the global ones: every limit that applies must hold. */
  readonly scopedLimits?: readonly ScopedLimits[];
}

export interface CurrencyConfiguration {
  readonly currency: string;
  /** Decimal places in which amounts are counted; sums of it are exact, what goes into them is rounded half-even. */
  readonly scale: number;
}

/** Places of an amount in a currency that the configuration does not name. */
export const CURRENCY_SCALE_DEFAULT = 8;

export interface InstrumentConfiguration {
  readonly symbol: string;
  readonly venue: string;
  /** Decimal places of prices and of quantities: 2 means hundredths. */
  readonly priceScale: number;
  readonly quantityScale: number;
  /** Decimal text: the step of prices and of quantities; default one unit of the scale. */
  readonly tickSize?: string;
  readonly lotSize?: string;
  /** Decimal text: smallest and largest quantity that the venue takes in one order; default none. */
  readonly quantityMin?: string;
  readonly quantityMax?: string;
  /** Decimal text: what one unit of quantity is worth at price 1, in `currency`; default 1. */
  readonly multiplier?: string;
  /** Currency (15) of prices and P&L; default '', a currency of its own. */
  readonly currency?: string;
  /** false: new orders and replaces are denied, cancels pass. Default true. */
  readonly tradable?: boolean;
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

/**
 * Limits of one scope (trading reference §3.10). Decimal text; empty or absent means no limit. Quantities are in units of
 * the instrument, amounts in its currency; sums are kept a currency, so a limit of an amount holds for each of them.
 */
export interface Limits {
  readonly orderQuantityMax?: string;
  readonly orderNotionalMax?: string;
  /** Largest absolute position in any one symbol, with everything open filled. */
  readonly positionMax?: string;
  readonly openOrdersMax?: number;
  /** Amount: what open orders reserve, plus the cost of open positions. */
  readonly usedCapitalMax?: string;
  /** Amount: loss since midnight UTC, realised and marked at the reference price. */
  readonly dailyLossMax?: string;
  /** New orders and replaces, and cancels, accepted within any `rateWindowMs` (default 1000). */
  readonly orderRateMax?: number;
  readonly cancelRateMax?: number;
  readonly rateWindowMs?: number;
  /** How far, in percent of the reference price, a buy may be above it and a sell below. */
  readonly priceCollarPercent?: string;
  /** An older reference price counts as none. */
  readonly referenceMaxAgeMs?: number;
  /** A second order of the same strategy, symbol, side, quantity and price within it is denied. */
  readonly duplicateWindowMs?: number;
  /** Orders in doubt from which on new ones are denied; the venue's gate need not be open. */
  readonly inDoubtMax?: number;
  /** Denies an order that could trade with an open one of the same account. */
  readonly selfMatchGuard?: boolean;
}

/** The global limits. */
export interface LimitConfiguration extends Limits {
  readonly orderQuantityMax: string;
  readonly orderNotionalMax: string;
  readonly positionMax: string;
  readonly openOrdersMax: number;
}

/** What limits and trading states are set for; `target` names the venue, strategy or symbol, '' for global. */
export type Scope = 'global' | 'venue' | 'strategy' | 'symbol';

export interface ScopedLimits {
  readonly scope: Exclude<Scope, 'global'>;
  readonly target: string;
  readonly limits: Limits;
}
