/**
 * All orders the ledger holds: open ones, and the last closed ones for queries and late messages. Memory follows open
 * orders, not history: a closed order is evicted when `closedMax` later ones have closed, which is the same entry on every
 * node (issue E moves this horizon out of the JavaScript heap). Every ClOrdID of a chain finds its order.
 */
import { Digest, DigestSum } from './digest.ts';
import { isClosed, type Order } from './order.ts';

/** Digests are brought up to date in batches; more waiting than this are worked off at once to bound memory. */
const STALE_MAX = 1024;

export class Orders {
  readonly closedMax: number;
  readonly #byClOrdId = new Map<string, Order>();
  /** In the order in which they were opened (or opened again by a bust). */
  readonly #open = new Set<Order>();
  /** Ring of closed orders, oldest at `#oldestClosed` once it is full. */
  readonly #closed: Order[] = [];
  #oldestClosed = 0;
  readonly #sum = new DigestSum();
  #stale: Order[] = [];

  constructor(closedMax: number) {
    this.closedMax = closedMax;
  }

  get openCount(): number {
    return this.#open.size;
  }

  find(clOrdId: string): Order | undefined {
    return this.#byClOrdId.get(clOrdId);
  }

  /** A new order; closed ones only when a snapshot is restored. */
  add(order: Order): void {
    for (const clOrdId of order.clOrdIds) this.#byClOrdId.set(clOrdId, order);
    if (isClosed(order)) this.#keepClosed(order);
    else this.#open.add(order);
    this.touch(order);
  }

  /** Another ClOrdID of an order's chain. */
  addClOrdId(order: Order, clOrdId: string): void {
    order.clOrdIds.push(clOrdId);
    this.#byClOrdId.set(clOrdId, order);
    this.touch(order);
  }

  /** Must be called after every change of an order: the state's digest rests on it. */
  touch(order: Order): void {
    if (order.digestStale) return;
    order.digestStale = true;
    this.#stale.push(order);
    if (this.#stale.length > STALE_MAX) this.#refreshDigests();
  }

  /** The order's phase has just become a closed one. */
  close(order: Order): void {
    if (!isClosed(order))
      throw new Error(`broken invariant: order ${order.rootClOrdId} closed in phase ${order.phase}`);
    this.#open.delete(order);
    this.#keepClosed(order);
    this.touch(order);
  }

  /** A closed order works again because its fill was taken back. */
  reopen(order: Order): void {
    if (isClosed(order)) throw new Error(`broken invariant: order ${order.rootClOrdId} reopened in ${order.phase}`);
    const closed = this.closed().filter((one) => one !== order);
    this.#closed.length = 0;
    this.#oldestClosed = 0;
    this.#closed.push(...closed);
    this.#open.add(order);
    this.touch(order);
  }

  /** Open orders, oldest first. Safe against orders closing meanwhile. */
  open(): IterableIterator<Order> {
    return this.#open.values();
  }

  /** Closed orders still held, in the order in which they closed. */
  closed(): Order[] {
    return [...this.#closed.slice(this.#oldestClosed), ...this.#closed.slice(0, this.#oldestClosed)];
  }

  /** Sum of the digests of all orders held. */
  digest(): DigestSum {
    this.#refreshDigests();
    return this.#sum;
  }

  #keepClosed(order: Order): void {
    if (this.#closed.length < this.closedMax) {
      this.#closed.push(order);
      return;
    }
    const evicted = this.#closed[this.#oldestClosed] as Order;
    this.#closed[this.#oldestClosed] = order;
    this.#oldestClosed = (this.#oldestClosed + 1) % this.closedMax;
    this.#evict(evicted);
  }

  #evict(order: Order): void {
    for (const clOrdId of order.clOrdIds) this.#byClOrdId.delete(clOrdId);
    if (order.digestStale) this.#refreshDigests();
    this.#sum.remove({ low: order.digestLow, high: order.digestHigh });
    // Not to be counted again should somebody touch it after its eviction.
    order.digestStale = true;
  }

  #refreshDigests(): void {
    for (const order of this.#stale) {
      this.#sum.remove({ low: order.digestLow, high: order.digestHigh });
      const digest = digestOf(order);
      order.digestLow = digest.low;
      order.digestHigh = digest.high;
      order.digestStale = false;
      this.#sum.add(digest);
    }
    this.#stale = [];
  }
}

function digestOf(order: Order): Digest {
  const digest = new Digest();
  for (const clOrdId of order.clOrdIds) digest.text(clOrdId);
  digest.text(order.workingClOrdId).text(order.orderId).text(order.clientKey).text(order.strategyId);
  digest.text(order.instrument.symbol).text(order.side).text(order.orderType).text(order.timeInForce);
  digest.bigint(order.quantity).bigint(order.price).bigint(order.cumQuantity).bigint(order.reserved);
  digest.text(order.phase).text(order.cancelNextClOrdId).boolean(order.inDoubt).integer(order.slot);
  digest.bigint(order.reservation.pending).bigint(order.reservation.posted).bigint(order.reservation.voided);
  digest.text(order.reason).integer(order.createdIndex).integer(order.createdTimeUs).boolean(order.external);
  const { pending } = order;
  if (pending === undefined) return digest;
  digest.text(pending.kind).text(pending.clOrdId).integer(pending.slot).integer(pending.createdTimeUs);
  return digest.bigint(pending.quantity).bigint(pending.price);
}
