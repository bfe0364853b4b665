/**
 * Matching for one symbol: order types and times in force over a price-time book. Pure and deterministic: the same calls
 * give the same trades. Rules: an incoming order trades at once with all it may; what is left of a Day or GTC limit order
 * rests; what is left of IOC and of a market order is canceled; FOK trades whole or not at all; a replace keeps its place
 * in the queue only when price stays and quantity does not grow (FIX 4.4 volume 4, Order Cancel/Replace Request).
 */
import { type Match, OrderBook } from './order-book.ts';
import { isWithinLimit, oppositeSide, type Side } from './side.ts';

export type OrderType = 'market' | 'limit';
export type TimeInForce = 'day' | 'ioc' | 'fok' | 'gtc';

export interface IncomingOrder {
  readonly orderId: string;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  /** Limit price; null exactly for market orders. */
  readonly price: bigint | null;
  readonly quantity: bigint;
}

/** Why the venue canceled what was left of an incoming order, without being asked. */
export type RemainderReason = 'immediate-or-cancel' | 'fill-or-kill' | 'market-no-liquidity';

export interface MatchOutcome {
  readonly matches: readonly Match[];
  /** Quantity that now rests in the book. */
  readonly resting: bigint;
  /** Quantity that ended unfilled, and why; null when none did. */
  readonly canceled: { readonly quantity: bigint; readonly reason: RemainderReason } | null;
}

export interface ReplaceOutcome extends MatchOutcome {
  readonly priorityKept: boolean;
}

export class MatchingEngine {
  readonly book = new OrderBook();
  /** Price of the last trade. */
  lastPrice: bigint | null = null;
  /** Grows with everything that may have changed the book. */
  revision = 0;

  submit(order: IncomingOrder): MatchOutcome {
    const { side, price, quantity, timeInForce } = order;
    if (quantity <= 0n) throw new Error(`order ${order.orderId} has quantity ${quantity}`);
    this.revision += 1;
    if (timeInForce === 'fok' && this.book.available(side, price, quantity) < quantity) {
      return { matches: [], resting: 0n, canceled: { quantity, reason: 'fill-or-kill' } };
    }
    const matches = this.#take(side, price, quantity);
    const left = matches.reduce((open, match) => open - match.quantity, quantity);
    if (left === 0n) return { matches, resting: 0n, canceled: null };
    if (price === null) return { matches, resting: 0n, canceled: { quantity: left, reason: 'market-no-liquidity' } };
    if (timeInForce === 'ioc') {
      return { matches, resting: 0n, canceled: { quantity: left, reason: 'immediate-or-cancel' } };
    }
    this.book.rest({ orderId: order.orderId, side, price, leaves: left });
    return { matches, resting: left, canceled: null };
  }

  /** Takes a resting order out; gives the quantity canceled, or null when it does not rest. */
  cancel(orderId: string): bigint | null {
    this.revision += 1;
    return this.book.remove(orderId)?.leaves ?? null;
  }

  /** New price and new open quantity for a resting order; null when it does not rest. */
  replace(orderId: string, price: bigint, leaves: bigint): ReplaceOutcome | null {
    const resting = this.book.get(orderId);
    if (resting === undefined) return null;
    this.revision += 1;
    if (price === resting.price && leaves <= resting.leaves) {
      this.book.reduce(orderId, leaves);
      return { matches: [], resting: leaves, canceled: null, priorityKept: true };
    }
    this.book.remove(orderId);
    const { side } = resting;
    const order = { orderId, side, orderType: 'limit', timeInForce: 'gtc', price, quantity: leaves } as const;
    return { ...this.submit(order), priorityKept: false };
  }

  /** Whether an order with this limit would trade now. */
  isMarketable(side: Side, price: bigint): boolean {
    const best = this.book.best(oppositeSide(side));
    return best !== undefined && isWithinLimit(side, price, best.price);
  }

  #take(side: Side, price: bigint | null, quantity: bigint): Match[] {
    const matches = this.book.take(side, price, quantity);
    const last = matches[matches.length - 1];
    if (last !== undefined) this.lastPrice = last.price;
    return matches;
  }
}
