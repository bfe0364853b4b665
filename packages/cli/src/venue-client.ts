/**
 * A client of the simulated venue's query interface, and the way from its records to the books that are compared. The
 * venue is the witness: what it saw is the truth against which every ledger is judged. Only what belongs to the cluster's
 * CompID is taken; the house trades beside it.
 */
import type { VenueBooks, VenueConnection, VenueOrder, VenueViolation } from './books.ts';
import { CLUSTER_COMP_ID } from './cluster-file.ts';
import { compareDecimals } from './decimal-text.ts';
import { requestJson } from './http-json.ts';

interface Instant {
  readonly wallUs: number;
}

interface OrderRecord {
  readonly owner: string;
  readonly rootClOrdId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly cumQuantity: string;
  readonly leavesQuantity: string;
  readonly status: string;
}

interface FillRecord {
  readonly owner: string;
  readonly execId: string;
  readonly clOrdId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly price: string;
  readonly quantity: string;
}

interface PositionRecord {
  readonly owner: string;
  readonly symbol: string;
  readonly netQuantity: string;
}

interface ConnectionRecord {
  readonly connectionId: number;
  readonly compId: string | null;
  readonly loggedOnAt: Instant | null;
  readonly loggedOffAt: Instant | null;
  readonly closedAt: Instant | null;
}

interface MessageRecord {
  readonly n: number;
  readonly compId: string;
  readonly connectionId: number;
  readonly msgType: string;
  readonly clOrdId: string | null;
  readonly receivedAt: Instant;
  readonly outcome: 'accepted' | 'rejected' | null;
}

interface ViolationRecord extends VenueViolation {
  readonly compId: string;
}

export interface AcceptedOrder {
  readonly clOrdId: string;
  /** When its message was received, wall clock of the venue, µs since 1970. */
  readonly timeUs: number;
}

const NEW_ORDER_SINGLE = 'D';

export class VenueClient {
  /** `host:port` of the venue's HTTP interface. */
  readonly address: string;
  readonly #compId: string;
  /** Messages up to this number came too early to matter to any later `firstAcceptedAfter`. */
  #messagesSeen = { n: 0, untilUs: 0 };

  constructor(address: string, compId: string = CLUSTER_COMP_ID) {
    this.address = address;
    this.#compId = compId;
  }

  /** Everything the venue saw of the cluster's CompID. */
  async books(): Promise<VenueBooks> {
    const [orders, fills, positions, connections, messages, violations] = await Promise.all([
      this.#ask<OrderRecord[]>('/orders'),
      this.#ask<FillRecord[]>('/fills'),
      this.#ask<PositionRecord[]>('/positions'),
      this.#ask<ConnectionRecord[]>('/connections'),
      this.#ask<MessageRecord[]>('/messages'),
      this.#ask<ViolationRecord[]>('/violations'),
    ]);
    const isOwn = ({ owner }: { readonly owner: string }): boolean => owner === this.#compId;
    const ownViolations = violations.filter(({ compId }) => compId === this.#compId);
    return {
      acceptances: messages
        .filter(({ compId, outcome }) => compId === this.#compId && outcome === 'accepted')
        .map(({ clOrdId }) => clOrdId ?? ''),
      orders: orders.filter(isOwn).map(venueOrder),
      fills: fills.filter(isOwn).map(({ owner: _owner, ...fill }) => fill),
      positions: positions.filter(isOwn),
      connections: connections.filter(({ compId }) => compId === this.#compId).flatMap(venueConnection),
      violations: ownViolations,
      sequenceResets: ownViolations.filter(({ code }) => code === 'sequence-reset').length,
    };
  }

  /** Grows with everything the venue records: equal before and after means that nothing moved in between. */
  async revision(): Promise<number> {
    return (await this.#ask<{ readonly revision: number }>('/status')).revision;
  }

  /** The first order accepted over a connection that logged on after `afterUs`; null if there was none yet. */
  async firstAcceptedAfter(afterUs: number): Promise<AcceptedOrder | null> {
    const connections = await this.#ask<ConnectionRecord[]>('/connections');
    const young = new Set(
      connections.filter(({ loggedOnAt }) => (loggedOnAt?.wallUs ?? 0) > afterUs).map((each) => each.connectionId),
    );
    if (young.size === 0) return null;
    const since = this.#messagesSeen.untilUs <= afterUs ? this.#messagesSeen.n : 0;
    const messages = await this.#ask<MessageRecord[]>(`/messages?since=${since}`);
    for (const { n, receivedAt } of messages) {
      if (receivedAt.wallUs <= afterUs) this.#messagesSeen = { n, untilUs: receivedAt.wallUs };
    }
    const first = messages.find(
      ({ connectionId, msgType, outcome }) =>
        msgType === NEW_ORDER_SINGLE && outcome === 'accepted' && young.has(connectionId),
    );
    return first === undefined ? null : { clOrdId: first.clOrdId ?? '', timeUs: first.receivedAt.wallUs };
  }

  #ask<T>(path: string): Promise<T> {
    return requestJson<T>(this.address, path, { timeoutMs: 10_000 });
  }
}

function venueOrder(order: OrderRecord): VenueOrder {
  const { rootClOrdId, symbol, side, quantity, cumQuantity, leavesQuantity, status } = order;
  const isClosed = compareDecimals(leavesQuantity, '0') === 0;
  return { rootClOrdId, symbol, side, quantity, cumQuantity, closed: isClosed, rejected: status === 'rejected' };
}

function venueConnection(connection: ConnectionRecord): VenueConnection[] {
  const { connectionId, loggedOnAt, loggedOffAt, closedAt } = connection;
  if (loggedOnAt === null) return [];
  const endedAt = loggedOffAt ?? closedAt;
  return [{ id: connectionId, loggedOnUs: loggedOnAt.wallUs, endedUs: endedAt?.wallUs ?? null }];
}
