/**
 * The book of one symbol: resting orders by price, then by arrival. It decides who trades with whom, how much and at which
 * price (the resting order's), and nothing else: order types, owners and reports are the matching engine's and market's.
 * Pure: no clock, no ids of its own, no I/O.
 */
import { BookSide } from './book-side.ts';
import type { PriceLevel, RestingLink, RestingOrder } from './price-level.ts';
import { isWithinLimit, oppositeSide, type Side } from './side.ts';

/** One match: `quantity` changes hands at the maker's price. `makerLeaves` is what the maker has open afterwards. */
export interface Match {
  readonly makerOrderId: string;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly makerLeaves: bigint;
}

/** Open quantity at one price. */
export interface DepthLevel {
  readonly price: bigint;
  readonly quantity: bigint;
  readonly orderCount: number;
}

export class OrderBook {
  readonly #sides = { buy: new BookSide('buy'), sell: new BookSide('sell') };
  readonly #links = new Map<string, RestingLink>();

  get size(): number {
    return this.#links.size;
  }

  best(side: Side): PriceLevel | undefined {
    return this.#sides[side].best;
  }

  get(orderId: string): Readonly<RestingOrder> | undefined {
    return this.#links.get(orderId)?.order;
  }

  /** Puts an order at the end of the queue of its price. The caller has matched it first: a crossed book is a fault. */
  rest(order: RestingOrder): void {
    if (order.leaves <= 0n) throw new Error(`order ${order.orderId} cannot rest with ${order.leaves} open`);
    if (this.#links.has(order.orderId)) throw new Error(`order ${order.orderId} already rests in the book`);
    const against = this.#sides[oppositeSide(order.side)].best;
    if (against !== undefined && isWithinLimit(order.side, order.price, against.price)) {
      throw new Error(`order ${order.orderId} at ${order.price} would cross the book at ${against.price}`);
    }
    this.#links.set(order.orderId, this.#sides[order.side].levelAt(order.price).append(order));
  }

  /** What an incoming order could trade now, counted no further than `enough`. Decides fill-or-kill. */
  available(takerSide: Side, limit: bigint | null, enough: bigint): bigint {
    let sum = 0n;
    for (const level of this.#sides[oppositeSide(takerSide)].levels()) {
      if (sum >= enough || !isWithinLimit(takerSide, limit, level.price)) break;
      sum += level.quantity;
    }
    return sum < enough ? sum : enough;
  }

  /** Trades an incoming order against the book, best price first, oldest first at one price. */
  take(takerSide: Side, limit: bigint | null, quantity: bigint): Match[] {
    const matches: Match[] = [];
    let open = quantity;
    while (open > 0n) {
      const level = this.#sides[oppositeSide(takerSide)].best;
      const link = level?.first;
      if (level === undefined || link === undefined || link === null) break;
      if (!isWithinLimit(takerSide, limit, level.price)) break;
      const { order } = link;
      const traded = order.leaves < open ? order.leaves : open;
      open -= traded;
      const makerLeaves = order.leaves - traded;
      matches.push({ makerOrderId: order.orderId, price: level.price, quantity: traded, makerLeaves });
      if (makerLeaves === 0n) this.#unlink(link);
      else level.reduce(link, makerLeaves);
    }
    return matches;
  }

  /** Takes an order out; gives it as it was, or undefined when it does not rest here. */
  remove(orderId: string): RestingOrder | undefined {
    const link = this.#links.get(orderId);
    if (link === undefined) return undefined;
    this.#unlink(link);
    return link.order;
  }

  /** Makes a resting order smaller without moving it in the queue. */
  reduce(orderId: string, leaves: bigint): void {
    const link = this.#links.get(orderId);
    if (link === undefined) throw new Error(`order ${orderId} does not rest in the book`);
    if (leaves <= 0n || leaves > link.order.leaves) {
      throw new Error(`order ${orderId} with ${link.order.leaves} open cannot be reduced to ${leaves}`);
    }
    link.level.reduce(link, leaves);
  }

  /** The best levels of a side, at most `count`. */
  depth(side: Side, count: number): DepthLevel[] {
    const levels: DepthLevel[] = [];
    for (const { price, quantity, orderCount } of this.#sides[side].levels()) {
      if (levels.length >= count) break;
      levels.push({ price, quantity, orderCount });
    }
    return levels;
  }

  /** Resting orders of a side in the order in which they would trade. */
  *orders(side: Side): Generator<Readonly<RestingOrder>> {
    for (const level of this.#sides[side].levels()) yield* level.orders();
  }

  #unlink(link: RestingLink): void {
    link.level.remove(link);
    this.#links.delete(link.order.orderId);
    if (link.level.orderCount === 0) this.#sides[link.order.side].discard(link.level);
  }
}
