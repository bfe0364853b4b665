/**
 * The smallest busy strategy: it buys and sells around the last price that it dealt at, takes back what rests too long, and
 * keeps its position within bounds. It is here to trade all the time, so that a failover has something to interrupt.
 *
 * Runs on every node; the orders of the leader go out. A beat decides the same on all nodes, so whoever leads next goes on
 * with the next beat.
 */
import { type Beat, defineStrategy, type OrderHandle, type StrategyContext } from '@baton/strategy';
import { z } from 'zod';

/** Prices in hundredths and quantities in ten-thousandths, as integers: money is never a float. */
const PRICE_PLACES = 2;
const QUANTITY_PLACES = 4;
/** How far from the last price orders are put, in steps of 2 basis points; below zero means through the market. */
const DISTANCES = [1n, 4n, -3n, 2n, 7n, 0n, 3n, -6n] as const;
const STEPS_PER_PRICE = 5_000n;

const parameters = z.object({
  symbol: z.string(),
  /** The price to begin with. */
  referencePrice: z.string(),
  /** Pause between two orders. */
  everyMs: z.number().default(100),
  quantity: z.string().default('1'),
  restMs: z.number().default(400),
  openOrdersMax: z.number().default(12),
  positionMax: z.string().default('20'),
});

const state = z.object({ lastPrice: z.string().default('') });

type Context = StrategyContext<z.infer<typeof parameters>, z.infer<typeof state>>;

export default defineStrategy({
  name: 'ping-pong',
  version: 1,
  parameters,
  state,
  start(context) {
    const { everyMs, referencePrice, symbol } = context.parameters;
    if (context.state.lastPrice === '') context.state.lastPrice = referencePrice;
    context.log(`ping-pong starts in ${symbol}, an order every ${everyMs} ms`);
    context.every('order', everyMs);
  },
  fill(fill, context) {
    context.state.lastPrice = fill.price;
  },
  beat(beat, context) {
    if (!takeBack(context)) order(beat, context);
  },
});

function order({ slot }: Beat, context: Context): OrderHandle | undefined {
  const { openOrdersMax, quantity, symbol } = context.parameters;
  if (context.openOrders(symbol).length >= openOrdersMax) return undefined;
  const lastPrice = integerFromDecimal(context.state.lastPrice, PRICE_PLACES);
  const side = nextSide(slot, context);
  const offset = (lastPrice / STEPS_PER_PRICE) * (DISTANCES[slot % DISTANCES.length] ?? 1n);
  const price = side === 'buy' ? lastPrice - offset : lastPrice + offset;
  return context.submit({ symbol, side, quantity, price: decimalFromInteger(price, PRICE_PLACES) });
}

/** Cancels the first order that has rested longer than `restMs`; true if there was one. */
function takeBack(context: Context): boolean {
  const { restMs, symbol } = context.parameters;
  const old = context
    .openOrders(symbol)
    .find(({ createdTimeUs, state }) => state === 'Working' && context.timeUs - createdTimeUs >= restMs * 1000);
  if (old === undefined) return false;
  void context.handle(old.clientKey)?.cancel();
  return true;
}

function nextSide(slot: number, context: Context): 'buy' | 'sell' {
  const { positionMax, symbol } = context.parameters;
  const net = integerFromDecimal(context.position(symbol)?.netQuantity ?? '0', QUANTITY_PLACES);
  const limit = integerFromDecimal(positionMax, QUANTITY_PLACES);
  if (net >= limit) return 'sell';
  if (net <= -limit) return 'buy';
  return slot % 2 === 0 ? 'buy' : 'sell';
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
