/**
 * Quotes both sides around the middle of the book and earns the spread, within inventory limits: the more it holds, the
 * lower it quotes, and at the limit it quotes one side only. A quote that has drifted from where it should be is taken back,
 * and the next beat quotes anew.
 */
import { type Book, defineStrategy, type StrategyContext } from '@baton/strategy';
import Big from 'big.js';
import { z } from 'zod';

const parameters = z.object({
  symbol: z.string(),
  quantity: z.string().default('0.5'),
  /** Half the distance between the quotes, in basis points of the middle. */
  halfSpreadBps: z.number().min(0).default(5),
  /** How far the quotes move, in basis points, when the inventory is at its limit. */
  skewBps: z.number().min(0).default(4),
  inventoryMax: z.string().default('5'),
  /** A quote further from its place than this is taken back, in basis points. */
  driftBps: z.number().min(0).default(2),
  everyMs: z.number().int().min(1).default(200),
});

const state = z.object({ fills: z.number().default(0) });

type Context = StrategyContext<z.infer<typeof parameters>, z.infer<typeof state>>;
type Side = 'buy' | 'sell';

export default defineStrategy({
  name: 'market-maker',
  version: 1,
  parameters,
  state,
  subscribe: ({ symbol }) => ({ books: [symbol] }),
  start: (context) => context.every('quote', context.parameters.everyMs),
  beat(_beat, context) {
    const book = context.book(context.parameters.symbol);
    const middle = book === undefined ? undefined : middleOf(book, context);
    if (middle === undefined) return;
    for (const side of ['buy', 'sell'] as const) quote(side, middle, context);
  },
  fill(_fill, context) {
    context.state.fills += 1;
  },
  takeover({ venue, voided, gapMs }, context) {
    context.log(`${venue} is back after ${gapMs.toFixed(1)} ms; ${voided.length} quotes never arrived`);
  },
});

function quote(side: Side, middle: Big, context: Context): void {
  const { inventoryMax, driftBps, quantity, symbol } = context.parameters;
  const own = context.openOrders(symbol).filter((order) => order.side === side);
  const price = priceOf(side, middle, context);
  for (const order of own) {
    const drift = new Big(order.price).minus(price).abs();
    if (order.state === 'Working' && drift.gt(bps(middle, driftBps))) void context.handle(order.clientKey)?.cancel();
  }
  if (own.length > 0) return;
  const held = inventory(context).times(side === 'buy' ? 1 : -1);
  if (held.plus(quantity).gt(inventoryMax)) return;
  context.submit({ symbol, side, quantity, price });
}

function priceOf(side: Side, middle: Big, context: Context): Big {
  const { halfSpreadBps, inventoryMax, skewBps } = context.parameters;
  const fullness = inventory(context).div(inventoryMax);
  const skewed = middle.minus(bps(middle, skewBps).times(fullness));
  const half = bps(middle, halfSpreadBps);
  // Away from the middle: never better than asked for.
  return side === 'buy' ? skewed.minus(half).round(2, Big.roundDown) : skewed.plus(half).round(2, Big.roundUp);
}

/** The middle of what others show: one's own quotes are no opinion. */
function middleOf({ bids, asks }: Book, context: Context): Big | undefined {
  const own = new Set(context.openOrders(context.parameters.symbol).map(({ price }) => new Big(price).toFixed()));
  const best = (levels: Book['bids']): string | undefined =>
    levels.find(({ price }) => !own.has(new Big(price).toFixed()))?.price;
  const [bid, ask] = [best(bids), best(asks)];
  return bid === undefined || ask === undefined ? undefined : new Big(bid).plus(ask).div(2);
}

function inventory(context: Context): Big {
  return new Big(context.position(context.parameters.symbol)?.netQuantity ?? '0');
}

function bps(of: Big, points: number): Big {
  return of.times(points).div(10_000);
}
