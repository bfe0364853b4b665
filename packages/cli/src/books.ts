/**
 * The two sides that have to agree: what the venue saw (its books, the truth) and what one node's ledger says. Plain data,
 * so that the comparison in verify-books.ts can be judged without a cluster. Decimals are text; times are µs since 1970.
 */
import type { FillView, OrderView, PositionView } from './node-client.ts';

/** One order in the venue's books, accepted or refused. */
export interface VenueOrder {
  /** The ClOrdID it came with; a replace gives it further ones. */
  readonly rootClOrdId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly cumQuantity: string;
  /** Final at the venue: filled, canceled, rejected or expired. */
  readonly closed: boolean;
  /** Refused by the venue with ExecType Rejected; it never traded. */
  readonly rejected: boolean;
}

/** One execution with a quantity, as reported to the cluster. */
export interface VenueFill {
  readonly execId: string;
  readonly clOrdId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly price: string;
}

/** One connection on which the cluster logged on; `endedUs` is null while it lives. */
export interface VenueConnection {
  readonly id: number;
  /** Of connections of one session only one may be logged on; where a node or a term has a CompID of its own there are several sessions. */
  readonly sessionId?: string;
  readonly loggedOnUs: number;
  readonly endedUs: number | null;
}

/**
 * What a well-behaved cluster never does. A breach is proof; a suspicion is something that a breach would cause, and that
 * an unlucky order of arrival can cause as well (bytes of a dead leader read late).
 */
export interface VenueViolation {
  readonly code: string;
  readonly severity: 'breach' | 'suspicion';
  readonly text: string;
}

/** Everything the venue knows of one CompID. */
export interface VenueBooks {
  /** ClOrdIDs of new orders, replaces and cancels that the venue acted on, in its order: one element an acceptance. */
  readonly acceptances: readonly string[];
  readonly orders: readonly VenueOrder[];
  readonly fills: readonly VenueFill[];
  /** Net quantity by symbol. */
  readonly positions: readonly { readonly symbol: string; readonly netQuantity: string }[];
  readonly connections: readonly VenueConnection[];
  readonly violations: readonly VenueViolation[];
  /** Times a sequence number went back to 1: resets asked, granted or done. */
  readonly sequenceResets: number;
}

/** What one node's ledger says. */
export interface NodeBooks {
  readonly node: string;
  readonly orders: readonly OrderView[];
  readonly fills: readonly FillView[];
  readonly positions: readonly PositionView[];
  /** State hashes seen on this node, one an index. */
  readonly stateHashes: readonly { readonly index: number; readonly hash: string }[];
}
