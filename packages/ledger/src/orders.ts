/**
 * All orders the ledger knows. Open ones are objects; a closed one leaves the JavaScript heap at the end of the entry that
 * closed it and stays findable, by every ClOrdID of its chain, until `closedMax` later ones have closed: late executions
 * find the order they belong to, and memory follows open orders. `find` makes a closed order an object again for the length
 * of an entry; nobody may keep an order longer than that.
 */

import { Digest, DigestSum } from './digest.ts';
import type { Instrument } from './instrument.ts';
import { Archive } from './memory/archive.ts';
import { RecordTable } from './memory/record-table.ts';
import { isClosed, type Order } from './order.ts';
import { orderCodec } from './order-record.ts';

/** Digests are brought up to date in batches; more waiting than this are worked off at once to bound memory. */
const STALE_MAX = 1024;
/** ClOrdIDs of one chain: the first and the last ones. An order that is replaced all day long must not grow. */
const CHAIN_MAX = 1000;

export class Orders {
  readonly #archive: Archive<Order>;
  /** Open orders, and those that have closed in this entry, by every ClOrdID. */
  readonly #byClOrdId = new Map<string, Order>();
  /** In the order in which they were opened (or opened again by a bust). */
  readonly #open = new Set<Order>();
  #closing: Order[] = [];
  /** Of the open ones. */
  readonly #sum = new DigestSum();
  #stale: Order[] = [];

  constructor(closedMax: number, instrumentOf: (symbol: string) => Instrument | undefined) {
    this.#archive = new Archive(new RecordTable(closedMax), orderCodec(instrumentOf));
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** Records of closed orders. */
  get table(): RecordTable {
    return this.#archive.table;
  }

  find(clOrdId: string): Order | undefined {
    return this.#byClOrdId.get(clOrdId) ?? this.#archive.find(clOrdId);
  }

  /** To be looked at only. */
  peek(clOrdId: string): Order | undefined {
    return this.#byClOrdId.get(clOrdId) ?? this.#archive.peek(clOrdId);
  }

  /** A new order, open. */
  add(order: Order): void {
    for (const clOrdId of order.clOrdIds) this.#byClOrdId.set(clOrdId, order);
    this.#open.add(order);
    this.touch(order);
  }

  /** Another ClOrdID of an order's chain. */
  addClOrdId(order: Order, clOrdId: string): void {
    order.clOrdIds.push(clOrdId);
    const isHere = this.#byClOrdId.get(order.rootClOrdId) === order;
    if (isHere) this.#byClOrdId.set(clOrdId, order);
    if (order.clOrdIds.length > CHAIN_MAX) {
      for (const forgotten of order.clOrdIds.splice(1, 1)) if (isHere) this.#byClOrdId.delete(forgotten);
    }
    this.touch(order);
  }

  /** Must be called after every change of an order: the state's digest rests on it. */
  touch(order: Order): void {
    // A closed one is looked at when the entry ends.
    if (order.digestStale || isClosed(order)) return;
    order.digestStale = true;
    this.#stale.push(order);
    if (this.#stale.length > STALE_MAX) this.#refreshDigests();
  }

  /** The order's phase has just become a closed one. */
  close(order: Order): void {
    if (!isClosed(order))
      throw new Error(`broken invariant: order ${order.rootClOrdId} closed in phase ${order.phase}`);
    if (!this.#open.delete(order)) throw new Error(`broken invariant: order ${order.rootClOrdId} was not open`);
    this.#closing.push(order);
  }

  /** A closed order works again because its fill was taken back. */
  reopen(order: Order): void {
    if (isClosed(order)) throw new Error(`broken invariant: order ${order.rootClOrdId} reopened in ${order.phase}`);
    if (this.#archive.take(order)) for (const clOrdId of order.clOrdIds) this.#byClOrdId.set(clOrdId, order);
    else this.#closing = this.#closing.filter((one) => one !== order);
    this.#open.add(order);
    this.touch(order);
  }

  /** The end of an entry: what has closed leaves. */
  settle(): void {
    this.#archive.settle();
    if (this.#closing.length === 0) return;
    for (const order of this.#closing) {
      for (const clOrdId of order.clOrdIds) this.#byClOrdId.delete(clOrdId);
      this.#sum.remove({ low: order.digestLow, high: order.digestHigh });
      // Not to be counted any more if it waits for its digest.
      order.digestStale = false;
      this.#archive.add(order);
    }
    this.#closing = [];
  }

  /** Open orders, oldest first. Safe against orders closing meanwhile. */
  open(): IterableIterator<Order> {
    return this.#open.values();
  }

  get closedCount(): number {
    return this.#archive.size;
  }

  /** Copies of the closed orders still remembered, or of the last `count`, in the order in which they closed or changed. */
  closed(count?: number): Generator<Order, void, undefined> {
    return this.#archive.values(count);
  }

  /** Sum of the digests of the open orders. */
  digest(): DigestSum {
    this.#refreshDigests();
    return this.#sum;
  }

  #refreshDigests(): void {
    for (const order of this.#stale) {
      if (!order.digestStale) continue;
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
