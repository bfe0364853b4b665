/**
 * Ping-pong: buys a little below and sells a little above the last price it traded at, takes back what rests too long,
 * and leans against its position. It earns nothing; it keeps orders, cancels and fills flowing, so that a failover has
 * something to lose. Run by `baton up` and `baton demo`.
 *
 * After a failover the next leader starts it with the orders and positions of the ledger: it needs no memory of its own
 * but the last price, and that it learns again from its first fill.
 *
 * Parameters: symbol; referencePrice, the price to begin with; everyMs, the pause between two orders. Optional:
 * quantity (default "1"), restMs (400), openOrdersMax (12), positionMax ("20").
 */
import type { Strategy, StrategyContext } from '@baton/node/strategy';

/** Prices in hundredths and quantities in ten-thousandths, as integers: money is never a float. */
const PRICE_PLACES = 2;
const QUANTITY_PLACES = 4;
/** How far from the last price orders are put, in steps of 2 basis points; below zero means through the market. */
const DISTANCES = [1n, 4n, -3n, 2n, 7n, 0n, 3n, -6n] as const;
const STEPS_PER_PRICE = 5_000n;

class PingPong implements Strategy {
  #lastPrice = 0n;
  #count = 0;
  /** When each resting order was first seen here, for taking back what rests too long. */
  readonly #seenAtMs = new Map<string, number>();

  start(context: StrategyContext): void {
    const { symbol, referencePrice, everyMs } = context.parameters;
    this.#lastPrice = integerFromDecimal(String(referencePrice), PRICE_PLACES);
    this.#seenAtMs.clear();
    context.log(`ping-pong starts in ${symbol}, an order every ${everyMs} ms`);
    context.every(Number(everyMs), () => this.#act(context));
  }

  event(event: Parameters<NonNullable<Strategy['event']>>[0]): void {
    if (event.type === 'FillApplied') this.#lastPrice = integerFromDecimal(event.price, PRICE_PLACES);
  }

  #act(context: StrategyContext): void {
    const { restMs = 400, openOrdersMax = 12, quantity = '1' } = context.parameters;
    if (this.#takeBack(context, Number(restMs))) return;
    if (context.openOrders().length >= Number(openOrdersMax)) return;
    const side = this.#nextSide(context);
    const distance = DISTANCES[this.#count % DISTANCES.length] ?? 1n;
    const offset = (this.#lastPrice / STEPS_PER_PRICE) * distance;
    const price = side === 'buy' ? this.#lastPrice - offset : this.#lastPrice + offset;
    this.#count++;
    void context.submit({
      symbol: String(context.parameters['symbol']),
      side,
      quantity: String(quantity),
      price: decimalFromInteger(price, PRICE_PLACES),
    });
  }

  /** Cancels the first order that has rested longer than `restMs`; true if there was one. */
  #takeBack(context: StrategyContext, restMs: number): boolean {
    const nowMs = performance.now();
    const open = context.openOrders();
    const ids = new Set(open.map((order) => order.rootClOrdId));
    for (const id of this.#seenAtMs.keys()) if (!ids.has(id)) this.#seenAtMs.delete(id);
    for (const order of open) {
      if (!this.#seenAtMs.has(order.rootClOrdId)) this.#seenAtMs.set(order.rootClOrdId, nowMs);
    }
    const old = open.find(
      (order) => order.state === 'Working' && nowMs - (this.#seenAtMs.get(order.rootClOrdId) ?? nowMs) >= restMs,
    );
    if (old === undefined) return false;
    // Asked once per rest: the answer to a cancel takes a moment, and an order may fill first.
    this.#seenAtMs.set(old.rootClOrdId, nowMs);
    void context.cancel(old.clOrdId);
    return true;
  }

  #nextSide(context: StrategyContext): 'buy' | 'sell' {
    const { symbol, positionMax = '20' } = context.parameters;
    const net = integerFromDecimal(context.position(String(symbol))?.netQuantity ?? '0', QUANTITY_PLACES);
    const limit = integerFromDecimal(String(positionMax), QUANTITY_PLACES);
    if (net >= limit) return 'sell';
    if (net <= -limit) return 'buy';
    return this.#count % 2 === 0 ? 'buy' : 'sell';
  }
}

/** `-1.25` with 4 places becomes -12500n; further places are cut. */
function integerFromDecimal(text: string, places: number): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const magnitude =
    BigInt(whole) * 10n ** BigInt(places) + BigInt(fraction.padEnd(places, '0').slice(0, places) || '0');
  return text.startsWith('-') ? -magnitude : magnitude;
}

function decimalFromInteger(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, '0');
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

export default new PingPong();
