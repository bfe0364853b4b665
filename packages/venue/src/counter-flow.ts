/**
 * The venue's own participant: it posts liquidity around a slowly moving reference price and trades against resting orders
 * of the sessions, so that these fill partly and fully. It trades through the book like everybody else: price-time
 * priority holds for it too. Rule decided here: an order further from the reference than `REACH_STEPS` is never hit, so
 * that a test can rest an order far away and count on it to stay. Deterministic: a function of its seed and the market.
 */
import { Draws } from './draws.ts';
import type { Instant } from './instant.ts';
import type { Instrument } from './instrument.ts';
import type { Market } from './market.ts';
import { type Execution, HOUSE, type Order } from './order.ts';
import { oppositeSide, type Side } from './side.ts';

/** A step is the reference price divided by this: 2 basis points. */
const STEPS_PER_PRICE = 5_000n;
/** Orders within so many steps of the reference price get hit. */
export const REACH_STEPS = 20n;
/** Liquidity is posted within so many steps of the reference. */
const SPREAD_STEPS = 5;
/** The reference stays within 1/20 (5 %) of where it began. */
const DRIFT_LIMIT = 20n;
/** Above so many open orders of its own in one symbol it cancels instead of posting. */
const OPEN_ORDERS_MAX = 40;
const POST_PERCENT = 45;
const HIT_PERCENT = 40;
const MOVE_PERCENT = 30;

interface Quoted {
  readonly instrument: Instrument;
  readonly step: bigint;
  /** Where this participant believes the price is. */
  reference: bigint;
  primed: boolean;
}

export class CounterFlow {
  readonly #market: Market;
  readonly #draws: Draws;
  readonly #quoted: Quoted[];
  #requestCount = 0;

  constructor(market: Market, seed: number) {
    this.#market = market;
    this.#draws = new Draws(seed);
    this.#quoted = Array.from(market.instruments(), (instrument) => {
      const step = instrument.referencePrice / STEPS_PER_PRICE;
      return { instrument, step: step > 0n ? step : 1n, reference: instrument.referencePrice, primed: false };
    });
  }

  /** One action in one symbol: post, hit or cancel. The first in a symbol lays liquidity on both sides. */
  act(at: Instant): Execution[] {
    const quoted = this.#draws.pick(this.#quoted);
    if (quoted === undefined) return [];
    if (!quoted.primed) return this.#prime(quoted, at);
    this.#move(quoted);
    const draw = this.#draws.below(100);
    if (draw < POST_PERCENT) return this.#postOrTrim(quoted, at);
    if (draw < POST_PERCENT + HIT_PERCENT) return this.#hit(quoted, at);
    return this.#cancelOldest(quoted, at);
  }

  #prime(quoted: Quoted, at: Instant): Execution[] {
    quoted.primed = true;
    const executions: Execution[] = [];
    for (let steps = 1; steps <= SPREAD_STEPS; steps++) {
      executions.push(...this.#post(quoted, 'buy', steps, at), ...this.#post(quoted, 'sell', steps, at));
    }
    return executions;
  }

  #move(quoted: Quoted): void {
    if (!this.#draws.chance(MOVE_PERCENT)) return;
    const { referencePrice } = quoted.instrument;
    const next = this.#draws.chance(50) ? quoted.reference + quoted.step : quoted.reference - quoted.step;
    const distance = next > referencePrice ? next - referencePrice : referencePrice - next;
    if (next > 0n && distance <= referencePrice / DRIFT_LIMIT) quoted.reference = next;
  }

  #postOrTrim(quoted: Quoted, at: Instant): Execution[] {
    if (this.#openOrders(quoted).length >= OPEN_ORDERS_MAX) return this.#cancelOldest(quoted, at);
    return this.#post(quoted, this.#draws.chance(50) ? 'buy' : 'sell', 1 + this.#draws.below(SPREAD_STEPS), at);
  }

  #post(quoted: Quoted, side: Side, steps: number, at: Instant): Execution[] {
    const distance = quoted.step * BigInt(steps);
    const price = side === 'buy' ? quoted.reference - distance : quoted.reference + distance;
    if (price <= 0n) return [];
    return this.#submit(quoted, side, price, this.#lots(quoted, 20), 'gtc', at);
  }

  /** Trades up to and into an order of a session that rests near the reference; without one, a little at the best price. */
  #hit(quoted: Quoted, at: Instant): Execution[] {
    const target = this.#draws.pick(this.#reachable(quoted));
    if (target !== undefined) return this.#hitOrder(quoted, target, at);
    const side = this.#draws.chance(50) ? 'buy' : 'sell';
    const best = this.#book(quoted)?.best(oppositeSide(side));
    if (best === undefined || !isWithinReach(quoted, oppositeSide(side), best.price)) return [];
    return this.#submit(quoted, side, best.price, this.#lots(quoted, 5), 'ioc', at);
  }

  #hitOrder(quoted: Quoted, target: { orderId: string; side: Side; price: bigint; leaves: bigint }, at: Instant) {
    let quantity = 0n;
    for (const resting of this.#book(quoted)?.orders(target.side) ?? []) {
      if (resting.orderId === target.orderId) break;
      quantity += resting.leaves;
    }
    const part = this.#draws.chance(50) ? target.leaves : (target.leaves * BigInt(1 + this.#draws.below(9))) / 10n;
    quantity += part > 0n ? part : 1n;
    return this.#submit(quoted, oppositeSide(target.side), target.price, quantity, 'ioc', at);
  }

  /** Resting orders of sessions that are at most `REACH_STEPS` worse than the reference. */
  #reachable(quoted: Quoted) {
    const reachable: { orderId: string; side: Side; price: bigint; leaves: bigint }[] = [];
    for (const side of ['buy', 'sell'] as const) {
      for (const resting of this.#book(quoted)?.orders(side) ?? []) {
        if (!isWithinReach(quoted, side, resting.price)) break;
        if (this.#market.orders.get(resting.orderId)?.owner !== HOUSE) reachable.push({ ...resting });
      }
    }
    return reachable;
  }

  #cancelOldest(quoted: Quoted, at: Instant): Execution[] {
    const oldest = this.#openOrders(quoted)[0];
    if (oldest === undefined) return [];
    const clOrdId = this.#requestId('X');
    const outcome = this.#market.cancel({ owner: HOUSE, clOrdId, origClOrdId: oldest.clOrdId }, at);
    return outcome.ok ? [...outcome.executions] : [];
  }

  #openOrders({ instrument }: Quoted): Order[] {
    return [...this.#market.orders.open(HOUSE)].filter((order) => order.symbol === instrument.symbol);
  }

  #book({ instrument }: Quoted) {
    return this.#market.engine(instrument.symbol)?.book;
  }

  #lots({ instrument }: Quoted, most: number): bigint {
    return BigInt(1 + this.#draws.below(most)) * 10n ** BigInt(instrument.quantityScale);
  }

  #submit(quoted: Quoted, side: Side, price: bigint, quantity: bigint, timeInForce: 'gtc' | 'ioc', at: Instant) {
    const { symbol } = quoted.instrument;
    const identity = { owner: HOUSE, account: HOUSE, clOrdId: this.#requestId('H'), origin: null };
    return this.#market.submit({ ...identity, symbol, side, orderType: 'limit', timeInForce, price, quantity }, at);
  }

  #requestId(kind: string): string {
    this.#requestCount += 1;
    return `${kind}${this.#requestCount}`;
  }
}

/** Whether a resting order of this side and price is at most `REACH_STEPS` worse than the reference. */
function isWithinReach({ reference, step }: Quoted, side: Side, price: bigint): boolean {
  const behind = side === 'buy' ? reference - price : price - reference;
  return behind <= step * REACH_STEPS;
}
