/**
 * The slow, obvious twin of the matching engine, for tests: one flat list of resting orders with arrival numbers, sorted
 * anew for each match. Written from the rules, not from the engine.
 */
import type { IncomingOrder, MatchOutcome, RemainderReason } from '../matching-engine.ts';
import type { Match } from '../order-book.ts';
import type { Side } from '../side.ts';

interface NaiveOrder {
  readonly orderId: string;
  readonly side: Side;
  readonly price: bigint;
  readonly arrival: number;
  leaves: bigint;
}

export class NaiveEngine {
  #resting: NaiveOrder[] = [];
  #arrivals = 0;

  submit(order: IncomingOrder): MatchOutcome {
    const candidates = this.#against(order.side, order.price);
    const available = candidates.reduce((sum, candidate) => sum + candidate.leaves, 0n);
    if (order.timeInForce === 'fok' && available < order.quantity) {
      return { matches: [], resting: 0n, canceled: { quantity: order.quantity, reason: 'fill-or-kill' } };
    }
    let left = order.quantity;
    const matches: Match[] = [];
    for (const maker of candidates) {
      if (left === 0n) break;
      const quantity = maker.leaves < left ? maker.leaves : left;
      left -= quantity;
      maker.leaves -= quantity;
      matches.push({ makerOrderId: maker.orderId, price: maker.price, quantity, makerLeaves: maker.leaves });
    }
    this.#resting = this.#resting.filter((resting) => resting.leaves > 0n);
    if (left === 0n) return { matches, resting: 0n, canceled: null };
    const reason: RemainderReason | null =
      order.price === null ? 'market-no-liquidity' : order.timeInForce === 'ioc' ? 'immediate-or-cancel' : null;
    if (reason !== null || order.price === null) {
      return { matches, resting: 0n, canceled: { quantity: left, reason: reason ?? 'market-no-liquidity' } };
    }
    this.#arrivals += 1;
    const { orderId, side, price } = order;
    this.#resting.push({ orderId, side, price, arrival: this.#arrivals, leaves: left });
    return { matches, resting: left, canceled: null };
  }

  cancel(orderId: string): bigint | null {
    const found = this.#resting.find((resting) => resting.orderId === orderId);
    this.#resting = this.#resting.filter((resting) => resting !== found);
    return found?.leaves ?? null;
  }

  replace(orderId: string, price: bigint, leaves: bigint): MatchOutcome | null {
    const found = this.#resting.find((resting) => resting.orderId === orderId);
    if (found === undefined) return null;
    if (found.price === price && leaves <= found.leaves) {
      found.leaves = leaves;
      return { matches: [], resting: leaves, canceled: null };
    }
    this.cancel(orderId);
    return this.submit({ orderId, side: found.side, orderType: 'limit', timeInForce: 'day', price, quantity: leaves });
  }

  /** Resting orders of a side in the order in which they would trade. */
  orders(side: Side): { orderId: string; price: bigint; leaves: bigint }[] {
    return this.#resting
      .filter((resting) => resting.side === side)
      .sort(byPriority)
      .map(({ orderId, price, leaves }) => ({ orderId, price, leaves }));
  }

  #against(side: Side, limit: bigint | null): NaiveOrder[] {
    const within = (price: bigint) => limit === null || (side === 'buy' ? price <= limit : price >= limit);
    return this.#resting.filter((resting) => resting.side !== side && within(resting.price)).sort(byPriority);
  }
}

function byPriority(a: NaiveOrder, b: NaiveOrder): number {
  if (a.price === b.price) return a.arrival - b.arrival;
  const cheaperFirst = a.price < b.price ? -1 : 1;
  return a.side === 'sell' ? cheaperFirst : -cheaperFirst;
}
