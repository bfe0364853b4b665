/**
 * Every order the venue knows, by its own id and by owner and ClOrdID. Among which orders a ClOrdID must be unique is the
 * profile's: all of the account, open ones, or those of a session's numbers. But for open ones, ClOrdIDs of cancel and
 * replace requests count as used too (FIX 4.4: a ClOrdID is unique among all requests of a session). Closed orders of the
 * house are forgotten, because nobody asks for them and the counter-flow makes many; those of sessions are kept for ever:
 * they are the evidence the venue is asked for.
 */
import type { OrderFacts } from '@baton/profiles';
import { HOUSE, isOpen, type Order } from './order.ts';

/** A ClOrdID with whose it is. */
export interface ClOrdIdUse {
  readonly owner: string;
  readonly clOrdId: string;
  /** Names the session and its numbers, for a venue that looks at these only. */
  readonly scopeKey?: string;
}

interface OwnerOrders {
  /** ClOrdID to order; null for a ClOrdID that named a request which made no order id (a cancel). */
  readonly byClOrdId: Map<string, Order | null>;
  readonly open: Set<Order>;
  /** `scopeKey` and ClOrdID, for scope `session`. */
  readonly used: Set<string>;
}

export class OrderRegistry {
  readonly #byOrderId = new Map<string, Order>();
  readonly #owners = new Map<string, OwnerOrders>();
  /** Orders of sessions, in the order of arrival. */
  readonly #history: Order[] = [];
  readonly #scope: OrderFacts['clOrdIdScope'];

  constructor(scope: OrderFacts['clOrdIdScope'] = 'account') {
    this.#scope = scope;
  }

  add(order: Order, scopeKey = ''): void {
    this.#byOrderId.set(order.orderId, order);
    const owner = this.#of(order.owner);
    if (this.#scope === 'session') owner.used.add(`${scopeKey} ${order.clOrdId}`);
    // A refused order does not hide the one that had its name before.
    const isHidden = order.rejectReason !== null && (owner.byClOrdId.get(order.clOrdId) ?? null) !== null;
    if (order.rejectReason !== 'duplicate-order' && !isHidden) owner.byClOrdId.set(order.clOrdId, order);
    if (isOpen(order)) owner.open.add(order);
    if (order.owner !== HOUSE) this.#history.push(order);
  }

  /** Gives an order a further ClOrdID, from an accepted replace. */
  rename(order: Order, clOrdId: string): void {
    order.clOrdId = clOrdId;
    order.clOrdIds.push(clOrdId);
    this.#of(order.owner).byClOrdId.set(clOrdId, order);
  }

  /** Marks the ClOrdID of a request as used. The house numbers its requests itself. */
  use({ owner, clOrdId, scopeKey = '' }: ClOrdIdUse): void {
    if (owner === HOUSE) return;
    const { byClOrdId, used } = this.#of(owner);
    if (this.#scope === 'session') used.add(`${scopeKey} ${clOrdId}`);
    if (!byClOrdId.has(clOrdId)) byClOrdId.set(clOrdId, null);
  }

  isUsed({ owner, clOrdId, scopeKey = '' }: ClOrdIdUse): boolean {
    const { byClOrdId, used } = this.#of(owner);
    if (this.#scope === 'session') return used.has(`${scopeKey} ${clOrdId}`);
    if (this.#scope === 'account') return byClOrdId.has(clOrdId);
    const order = byClOrdId.get(clOrdId) ?? null;
    return order !== null && isOpen(order);
  }

  /** What a venue loses with its memory: which names were used. The history stays, for the judge. */
  forget(): void {
    this.#owners.clear();
  }

  /** Called when an order has ended. */
  close(order: Order): void {
    const owner = this.#of(order.owner);
    owner.open.delete(order);
    if (order.owner !== HOUSE) return;
    this.#byOrderId.delete(order.orderId);
    owner.byClOrdId.delete(order.clOrdId);
  }

  get(orderId: string): Order | undefined {
    return this.#byOrderId.get(orderId);
  }

  /** The order that has or had this ClOrdID. */
  find(owner: string, clOrdId: string): Order | undefined {
    return this.#of(owner).byClOrdId.get(clOrdId) ?? undefined;
  }

  /** Open orders of one owner, oldest first. */
  open(owner: string): ReadonlySet<Order> {
    return this.#of(owner).open;
  }

  history(): readonly Order[] {
    return this.#history;
  }

  #of(owner: string): OwnerOrders {
    let orders = this.#owners.get(owner);
    if (orders === undefined) {
      orders = { byClOrdId: new Map(), open: new Set(), used: new Set() };
      this.#owners.set(owner, orders);
    }
    return orders;
  }
}
