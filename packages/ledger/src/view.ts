/**
 * Read-only views of the ledger for the operations API, strategies and tests. Made when asked for; nothing in them refers
 * to the ledger's own objects.
 */
import { formatDecimal } from '@baton/fix';
import { type ClientSession, mayMissMessages } from './client-session.ts';
import type { FillView, OrderView, TakeoverPhase } from './event.ts';
import type { Fill } from './executions.ts';
import type { LedgerState } from './ledger-state.ts';
import { type Order, viewOf } from './order.ts';
import {
  type PositionDetail,
  positionDetail,
  type StrategyPositionDetail,
  strategyPositionDetail,
} from './position-view.ts';
import type { TakeoverRecord } from './takeover-record.ts';

export interface OrderFilter {
  /** true: only open orders; false: only closed ones. */
  readonly open?: boolean;
  /** Looks at so many closed orders, the last ones; each costs some microseconds. */
  readonly closedMax?: number;
  /** Of those, only the first so many: with `closedMax` a page of the past. */
  readonly closedTake?: number;
  /** Open orders of entries after this index only, in the order of their entries. */
  readonly openAfter?: number;
  /** About so many open orders, the oldest; those of one entry are not parted. */
  readonly openMax?: number;
  readonly strategyId?: string;
  readonly venue?: string;
  readonly symbol?: string;
}

export interface TakeoverFilter {
  /** Numbers greater than this only, and smaller than that. */
  readonly after?: number;
  readonly before?: number;
  /** Of those, so many, the newest. */
  readonly newest?: number;
}

export interface FillFilter {
  /** Only fills of entries after this index. */
  readonly after?: number;
  readonly venue?: string;
  /** ClOrdID of any order of the chain. */
  readonly clOrdId?: string;
  /** About so many of each venue, the first ones; those of one entry are not parted. */
  readonly limit?: number;
  /** The last so many of each venue instead, as far as the last few thousand executions reach. */
  readonly newest?: number;
}

export interface SessionView {
  readonly venue: string;
  /** Ours on this connection, or on the last one. */
  readonly senderCompId: string;
  readonly targetCompId: string;
  /** Which of the venue's gateways: 0 or 1. */
  readonly gateway: number;
  /** The connection that speaks for the session; 0 for none. */
  readonly connectionId: number;
  /** As the FIX session itself sees it: disconnected, logon-sent, active, logout-sent. */
  readonly status: string;
  readonly phase: TakeoverPhase;
  readonly term: number;
  readonly gateOpen: boolean;
  /** MsgSeqNum of the next message out, and of the next expected in. */
  readonly nextOut: number;
  readonly nextIn: number;
  /** Proven on this connection: the venue has everything of ours below it; 0 while unknown. */
  readonly nextExpected: number;
  /** Messages that wait for the gate. */
  readonly held: number;
  /** Status queries without an answer. */
  readonly queries: number;
}

export interface LedgerStatus {
  readonly index: number;
  readonly timeUs: number;
  /** '' before the first configuration. */
  readonly clusterId: string;
  readonly incarnation: number;
  readonly killSwitch: boolean;
  /** Term and node of the last barrier. */
  readonly takeoverTerm: number;
  readonly takeoverNode: number;
  /** `total` and `voided` count since the incarnation began, the others the present. */
  readonly orders: {
    readonly total: number;
    readonly open: number;
    readonly held: number;
    readonly inDoubt: number;
    readonly voided: number;
  };
  /** Fills applied since the incarnation began. */
  readonly fills: number;
  /** Transport commands ignored because their connection was not current. */
  readonly staleCommands: number;
}

/** The session of a client who enters orders by FIX. */
export interface ClientSessionView {
  readonly client: string;
  readonly beginString: string;
  /** The client's CompID and ours, as in the client's messages. */
  readonly senderCompId: string;
  readonly targetCompId: string;
  /** The connection that speaks for the session; 0 for none. */
  readonly connectionId: number;
  readonly status: string;
  /** MsgSeqNum of our next message, and of the next expected from the client. */
  readonly nextOut: number;
  readonly nextIn: number;
  /** Messages that wait for its next logon. */
  readonly unsent: number;
  /** Something that it was told may not have arrived. */
  readonly mayMiss: boolean;
  readonly openOrders: number;
}

/** Closed orders first, in the order in which they closed; then open ones, oldest first. */
export function ordersView(state: LedgerState, filter: OrderFilter): OrderView[] {
  const { open, strategyId, symbol, venue } = filter;
  const orders: Order[] = [];
  const closedTake = filter.closedTake ?? Number.POSITIVE_INFINITY;
  if (open !== true && closedTake > 0) {
    for (const order of state.orders.closed(filter.closedMax)) if (orders.push(order) >= closedTake) break;
  }
  if (open !== false) for (const order of openOrders(state, filter)) orders.push(order);
  const wanted = orders.filter(
    (order) =>
      (strategyId === undefined || order.strategyId === strategyId) &&
      (symbol === undefined || order.instrument.symbol === symbol) &&
      (venue === undefined || order.instrument.venue === venue),
  );
  return wanted.map(viewOf);
}

/** Oldest first; where a page is wanted, by the entry that created them, so that the next page begins where it ended. */
function openOrders(state: LedgerState, { openAfter = 0, openMax }: OrderFilter): Iterable<Order> {
  if (openMax === undefined || (openAfter === 0 && state.orders.openCount <= openMax)) return state.orders.open();
  const later = [...state.orders.open()].filter(({ createdIndex }) => createdIndex > openAfter);
  later.sort((a, b) => a.createdIndex - b.createdIndex);
  let end = Math.min(openMax, later.length);
  while (end > 0 && later[end]?.createdIndex === later[end - 1]?.createdIndex) end += 1;
  return later.slice(0, end);
}

/** Copies, oldest first. */
export function takeoversView(state: LedgerState, filter: TakeoverFilter): TakeoverRecord[] {
  const { after = 0, before = Number.POSITIVE_INFINITY, newest = Number.POSITIVE_INFINITY } = filter;
  const wanted = state.takeovers.all().filter(({ n }) => n > after && n < before);
  return structuredClone(wanted.slice(Math.max(0, wanted.length - newest)));
}

export function positionsView(state: LedgerState): PositionDetail[] {
  const views: PositionDetail[] = [];
  for (const position of state.positions.all()) {
    const instrument = state.instrument(position.symbol);
    if (instrument !== undefined)
      views.push(positionDetail(position, instrument, state.risk.references.get(position.symbol)));
  }
  return views;
}

export function strategyPositionsView(state: LedgerState, strategyId: string): StrategyPositionDetail[] {
  const views: StrategyPositionDetail[] = [];
  for (const position of state.positions.all()) {
    const instrument = state.instrument(position.symbol);
    if (instrument === undefined || !position.byStrategy.has(strategyId)) continue;
    const reference = state.risk.references.get(position.symbol);
    views.push(strategyPositionDetail(position, instrument, reference, strategyId));
  }
  return views;
}

/** Fills still remembered, in the order in which they were applied. */
export function fillsView(state: LedgerState, filter: FillFilter): FillView[] {
  const root = filter.clOrdId === undefined ? undefined : (state.orders.peek(filter.clOrdId)?.rootClOrdId ?? '');
  const after = filter.after ?? 0;
  const views: FillView[] = [];
  for (const [name, venue] of state.venues) {
    if (filter.venue !== undefined && filter.venue !== name) continue;
    const limit = views.length + (filter.limit ?? Number.POSITIVE_INFINITY);
    const { newest } = filter;
    for (const fill of newest === undefined ? venue.executions.fills(after) : venue.executions.newestFills(newest)) {
      if (views.length >= limit && views.at(-1)?.index !== fill.index) break;
      if (root === undefined || fill.rootClOrdId === root) views.push(fillView(state, name, fill));
    }
  }
  // Within a venue they are in order already; the sort is stable.
  return views.sort((a, b) => a.index - b.index);
}

function fillView(state: LedgerState, venue: string, fill: Fill): FillView {
  const instrument = state.instrument(fill.symbol);
  const { busted, clOrdId, execId, index, rootClOrdId, side, strategyId, symbol, timeUs } = fill;
  const quantity = formatDecimal(fill.quantity, instrument?.quantityScale ?? 0);
  const price = formatDecimal(fill.price, instrument?.priceScale ?? 0);
  return { venue, execId, clOrdId, rootClOrdId, strategyId, symbol, side, quantity, price, busted, index, timeUs };
}

export function sessionsView(state: LedgerState): SessionView[] {
  const views: SessionView[] = [];
  for (const [name, venue] of state.venues) {
    const session = venue.session.state;
    views.push({
      venue: name,
      senderCompId: venue.compId,
      targetCompId: venue.configuration.targetCompId,
      gateway: venue.gateway,
      connectionId: venue.connectionId,
      status: session.status,
      phase: venue.phase,
      term: state.takeoverTerm,
      gateOpen: venue.phase === 'GateOpen',
      nextOut: session.nextOut,
      nextIn: session.nextIn,
      nextExpected: venue.nextExpected,
      held: venue.held.length,
      queries: venue.queries.size,
    });
  }
  return views;
}

export function clientSessionsView(state: LedgerState): ClientSessionView[] {
  return Array.from(state.clients.values(), (client) => clientSessionView(client));
}

function clientSessionView(client: ClientSession): ClientSessionView {
  const { configuration, connectionId, orders, session } = client;
  return {
    client: configuration.client,
    beginString: configuration.beginString,
    senderCompId: configuration.senderCompId,
    targetCompId: configuration.targetCompId,
    connectionId,
    status: session.state.status,
    nextOut: session.state.nextOut,
    nextIn: session.state.nextIn,
    unsent: client.unsent.length,
    mayMiss: mayMissMessages(client),
    openOrders: orders.openCount,
  };
}

/** Costs nothing that grows with the open orders: it is asked for each second, and by some with each entry. */
export function statusView(state: LedgerState): LedgerStatus {
  return {
    index: state.entry.index,
    timeUs: state.entry.timeUs,
    clusterId: state.configured?.configuration.clusterId ?? '',
    incarnation: state.configured?.configuration.incarnation ?? 0,
    killSwitch: state.killSwitch,
    takeoverTerm: state.takeoverTerm,
    takeoverNode: state.takeoverNode,
    orders: {
      total: state.counts.orders,
      open: state.orders.openCount,
      held: heldOrders(state),
      // As the scopes of risk count them (I13).
      inDoubt: state.risk.whole.inDoubt,
      voided: state.counts.voided,
    },
    fills: state.counts.fills,
    staleCommands: state.staleCommands,
  };
}

/** New orders that wait for a gate; only what waits is looked at. */
function heldOrders(state: LedgerState): number {
  let held = 0;
  for (const venue of state.venues.values()) {
    for (const clOrdId of venue.held) {
      const order = state.orders.peek(clOrdId);
      if (order?.phase === 'Held' && order.rootClOrdId === clOrdId) held += 1;
    }
  }
  return held;
}
