/**
 * Follows the crossing of two simple moving averages: long while the fast one is above the slow one, short while it is below.
 * Warmed with as many historical bars as the slow average is long, so it may act from the first live bar on.
 *
 * The averages are signals and may be floating point; quantities are decimals. The state holds the last closes: with them a
 * restarted node has the same averages without a warm-up.
 */
import { type Bar, defineStrategy, type StrategyContext } from '@baton/strategy';
import Big from 'big.js';
import { SMA } from 'trading-signals';
import { z } from 'zod';

const parameters = z
  .object({
    symbol: z.string(),
    quantity: z.string().default('1'),
    fast: z.number().int().min(1).default(50),
    slow: z.number().int().min(2).default(200),
    intervalS: z.number().int().min(1).default(60),
    /** How far through the market an order is priced, in basis points: it deals now, or not at all. */
    throughBps: z.number().min(0).default(20),
  })
  .refine(({ fast, slow }) => fast < slow, 'fast must be below slow');

const state = z.object({
  closes: z.array(z.string()).default([]),
  signal: z.enum(['none', 'long', 'short']).default('none'),
});

type Context = StrategyContext<z.infer<typeof parameters>, z.infer<typeof state>>;

export default defineStrategy({
  name: 'sma-crossover',
  version: 1,
  parameters,
  state,
  subscribe: ({ symbol, intervalS, slow }) => ({
    // Venues keep history of whole minutes.
    bars: [{ symbol, intervalS, warmUp: intervalS % 60 === 0 ? slow : 0 }],
  }),
  warmUp(bars, context) {
    context.state.closes = bars.map(({ close }) => close).slice(-context.parameters.slow);
  },
  bar(bar, context) {
    remember(bar, context);
    const { fast, slow } = context.parameters;
    const [fastAverage, slowAverage] = [average(context.state.closes, fast), average(context.state.closes, slow)];
    if (fastAverage === null || slowAverage === null) return;
    context.state.signal = fastAverage > slowAverage ? 'long' : 'short';
    follow(bar, context);
  },
});

function remember(bar: Bar, context: Context): void {
  context.state.closes = [...context.state.closes, bar.close].slice(-context.parameters.slow);
}

function average(closes: readonly string[], length: number): number | null {
  const sma = new SMA(length);
  for (const close of closes.slice(-length)) sma.update(Number(close), false);
  return sma.getResult();
}

/** Trades the difference between the position that the signal wants and the one there is, unless an order is on its way. */
function follow(bar: Bar, context: Context): void {
  const { quantity, symbol, throughBps } = context.parameters;
  if (context.openOrders(symbol).length > 0) return;
  const wanted = new Big(quantity).times(context.state.signal === 'long' ? 1 : -1);
  const missing = wanted.minus(context.position(symbol)?.netQuantity ?? '0');
  if (missing.eq(0)) return;
  const side = missing.gt(0) ? 'buy' : 'sell';
  const through = new Big(bar.close)
    .times(throughBps)
    .div(10_000)
    .times(side === 'buy' ? 1 : -1);
  const price = new Big(bar.close).plus(through).round(2);
  context.submit({ symbol, side, quantity: missing.abs(), price, timeInForce: 'ioc' });
}
