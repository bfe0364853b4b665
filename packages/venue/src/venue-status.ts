/** The venue at a glance: `GET /status` and `GET /sequence-numbers`. */
import type { Exchange } from './exchange.ts';
import type { Instant } from './instant.ts';
import type { VenueSession } from './venue-session.ts';
import { type MarketDataView, marketDataView } from './views.ts';

export interface SessionStatusView {
  readonly sessionId: string;
  readonly owner: string;
  readonly compId: string;
  readonly gateway: 1 | 2;
  readonly venueCompId: string;
  readonly nextExpectedMsgSeqNum: boolean;
  readonly isLoggedOn: boolean;
  readonly connectionId: number | null;
  /** Next MsgSeqNum the venue sends, and the next it expects. */
  readonly nextOut: number;
  readonly nextIn: number;
  /** How often the numbers began again. */
  readonly sequenceResets: number;
  /** Reports that wait for the next logon. */
  readonly unsent: number;
}

export interface VenueStatusView {
  /** Number of the newest event: grows with everything that happens. */
  readonly revision: number;
  /** Grows with everything but messages that only ask (heartbeats, questions for orders and fills). */
  readonly booksRevision: number;
  /** Name of the profile it plays. */
  readonly profile: string;
  readonly at: Instant;
  readonly sessions: readonly SessionStatusView[];
  readonly connections: { readonly open: number; readonly total: number };
  readonly refusedLogons: number;
  readonly orders: { readonly total: number; readonly open: number };
  readonly fills: number;
  readonly messages: number;
  readonly violations: { readonly breaches: number; readonly suspicions: number };
  readonly counterFlow: boolean;
  readonly market: readonly MarketDataView[];
}

export function sessionStatuses({ acceptor }: Exchange): SessionStatusView[] {
  return Array.from(acceptor.sessions(), (session) => viewOf(session));
}

function viewOf(session: VenueSession): SessionStatusView {
  // Getters of a class are not spread, so each is named.
  const { sessionId, owner, compId, gateway, spec, fix, connectionId, unsentCount, usesNextExpected } = session;
  return {
    sessionId,
    owner,
    compId,
    gateway,
    venueCompId: spec.senderCompId,
    nextExpectedMsgSeqNum: usesNextExpected,
    isLoggedOn: fix.state.status === 'active',
    connectionId,
    nextOut: fix.state.nextOut,
    nextIn: fix.state.nextIn,
    sequenceResets: fix.state.sequenceIndex,
    unsent: unsentCount,
  };
}

export function venueStatus(exchange: Exchange, at: Instant): VenueStatusView {
  const { market, records } = exchange;
  const connections = records.connections();
  const breaches = records.violations().filter(({ severity }) => severity === 'breach').length;
  const sessions = sessionStatuses(exchange);
  return {
    revision: records.revision,
    booksRevision: records.booksRevision,
    profile: exchange.profile.name,
    at,
    sessions,
    connections: { open: connections.filter(({ closedAt }) => closedAt === null).length, total: connections.length },
    refusedLogons: records.refusedLogons().length,
    orders: {
      total: market.orders.history().length,
      open: exchange.acceptor.directory.owners().reduce((sum, owner) => sum + market.orders.open(owner).size, 0),
    },
    fills: market.fills().length,
    messages: records.messages().length,
    violations: { breaches, suspicions: records.violations().length - breaches },
    counterFlow: exchange.isCounterFlowOn,
    market: Array.from(market.instruments(), ({ symbol }) => marketDataView(market, symbol)).filter(
      (data) => data !== undefined,
    ),
  };
}
