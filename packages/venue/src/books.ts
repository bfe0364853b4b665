/**
 * What the venue testifies when the books are compared: everything it knows of its sessions, in one consistent answer.
 * Orders rejected as duplicates are left out of `orders` (their ClOrdID belongs to the first one) and are in `violations`.
 */
import type { Exchange } from './exchange.ts';
import type { Instant } from './instant.ts';
import { HOUSE, isOpen } from './order.ts';
import { type FillView, fillView, type OrderView, orderView, positionView } from './views.ts';

export interface Books {
  /** Number of the newest event when this was read. */
  readonly revision: number;
  /** Each ClOrdID as often as it was accepted, by new order or replace, oldest first. */
  readonly acceptances: readonly string[];
  readonly orders: readonly (OrderView & { readonly closed: boolean; readonly rejected: boolean })[];
  readonly fills: readonly FillView[];
  /** Net quantity by symbol over the sessions asked for. */
  readonly positions: readonly { readonly owner: string; readonly symbol: string; readonly netQuantity: string }[];
  /** Connections that were logged on; wall clock, µs since 1970. `endedUs` null: still logged on. */
  readonly connections: readonly {
    readonly id: number;
    readonly compId: string;
    readonly sessionId: string;
    readonly loggedOnUs: number;
    readonly endedUs: number | null;
  }[];
  /** Breaches in words; suspicions are only in `/violations`. */
  readonly violations: readonly string[];
  readonly sequenceResets: number;
}

export interface FirstAccepted {
  readonly clOrdId: string;
  readonly compId: string;
  readonly connectionId: number;
  /** When the venue received and accepted it, wall clock. */
  readonly timeUs: number;
  readonly at: Instant;
}

/** The books of one session, or (null) of all sessions. */
export function booksOf({ market, records }: Exchange, compId: string | null): Books {
  const isAsked = (owner: string) => owner !== HOUSE && (compId === null || owner === compId);
  const breaches = records.violations().filter(({ severity, owner }) => severity === 'breach' && isAsked(owner));
  return {
    revision: records.revision,
    acceptances: records
      .acceptances()
      .filter((accepted) => isAsked(accepted.compId))
      .map(({ clOrdId }) => clOrdId),
    orders: market.orders
      .history()
      .filter(({ owner, rejectReason }) => isAsked(owner) && rejectReason !== 'duplicate-order')
      .map((order) => ({ ...orderView(market, order), closed: !isOpen(order), rejected: order.status === 'rejected' })),
    fills: market
      .fills()
      .filter(({ owner }) => isAsked(owner))
      .map((fill) => fillView(market, fill)),
    positions: [...market.positions.all()]
      .filter(({ owner }) => isAsked(owner))
      .map((position) => positionView(market, position))
      .map(({ owner, symbol, netQuantity }) => ({ owner, symbol, netQuantity })),
    connections: records
      .connections()
      .flatMap(({ connectionId: id, owner, compId, sessionId, loggedOnAt, loggedOffAt }) => {
        if (compId === null || sessionId === null || owner === null || loggedOnAt === null || !isAsked(owner))
          return [];
        return [{ id, compId, sessionId, loggedOnUs: loggedOnAt.wallUs, endedUs: loggedOffAt?.wallUs ?? null }];
      }),
    violations: breaches.map(({ code, text }) => `${code}: ${text}`),
    sequenceResets: breaches.filter(({ code }) => code === 'sequence-reset').length,
  };
}

/** The first new order accepted after this time over a connection opened after it (wall clock, µs); null: none yet. */
export function firstAcceptedAfter({ records }: Exchange, afterUs: number): FirstAccepted | null {
  const acceptances = records.acceptances();
  let found: FirstAccepted | null = null;
  // Backwards, because the question is asked again and again about what has just happened.
  for (let n = acceptances.length - 1; n >= 0; n--) {
    const acceptance = acceptances[n];
    if (acceptance === undefined || acceptance.at.wallUs <= afterUs) break;
    const { kind, clOrdId, compId, connectionId, at } = acceptance;
    if (kind !== 'new' || connectionId === null) continue;
    const openedUs = records.connection(connectionId)?.openedAt.wallUs ?? 0;
    if (openedUs > afterUs) found = { clOrdId, compId, connectionId, timeUs: at.wallUs, at };
  }
  return found;
}
