/**
 * Every order the venue knows, by its own id and by owner and ClOrdID. ClOrdIDs of cancel and replace requests count as
 * used too (FIX 4.4: a ClOrdID is unique among all requests of a session). Closed orders of the house are forgotten,
 * because nobody asks for them and the counter-flow makes many; those of sessions are kept for ever: they are the
 * evidence the venue is asked for.
 */
import { HOUSE, isOpen, type Order } from './order.ts';

interface OwnerOrders {
  /** ClOrdID to order; null for a ClOrdID that named a request which made no order id (a cancel). */
  readonly byClOrdId: Map<string, Order | null>;
  readonly open: Set<Order>;
}

export class OrderRegistry {
  readonly #byOrderId = new Map<string, Order>();
  readonly #owners = new Map<string, OwnerOrders>();
  /** Orders of sessions, in the order of arrival. */
  readonly #history: Order[] = [];

  add(order: Order): void {
    this.#byOrderId.set(order.orderId, order);
    const owner = this.#of(order.owner);
    if (order.rejectReason !== 'duplicate-order') owner.byClOrdId.set(order.clOrdId, order);
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
  use(owner: string, clOrdId: string): void {
    if (owner === HOUSE) return;
    const { byClOrdId } = this.#of(owner);
    if (!byClOrdId.has(clOrdId)) byClOrdId.set(clOrdId, null);
  }

  isUsed(owner: string, clOrdId: string): boolean {
    return this.#of(owner).byClOrdId.has(clOrdId);
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
      orders = { byClOrdId: new Map(), open: new Set() };
      this.#owners.set(owner, orders);
    }
    return orders;
  }
}
