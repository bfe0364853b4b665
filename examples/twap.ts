/**
 * Buys or sells a parent order in equal slices over time, and finishes it exactly: not a lot more, not a lot less, whatever
 * dies on the way. Each slice deals now or not at all (IOC); what a slice did not get, later ones make up for.
 *
 * Exactness rests on two things. What is done is what the cluster's fills say, not what this process remembers. And a slice
 * is named by how many slices have ended before it, which every node counts alike from the same events: a slice that two
 * leaders ask for is one slice.
 */
import { defineStrategy, hasEnded, type StrategyContext } from '@baton/strategy';
import Big from 'big.js';
import { z } from 'zod';

const parameters = z.object({
  symbol: z.string(),
  side: z.enum(['buy', 'sell']).default('buy'),
  /** Of the parent order. */
  quantity: z.string(),
  slice: z.string(),
  everyMs: z.number().int().min(1).default(1000),
  /** Worst price that is paid. */
  limitPrice: z.string(),
});

const state = z.object({
  /** Filled quantity of the parent order. */
  done: z.string().default('0'),
  /** Slices that have ended, filled or not. */
  slices: z.number().default(0),
  isFinished: z.boolean().default(false),
});

type Context = StrategyContext<z.infer<typeof parameters>, z.infer<typeof state>>;

export default defineStrategy({
  name: 'twap',
  version: 1,
  parameters,
  state,
  start: (context) => context.every('slice', context.parameters.everyMs),
  beat: (_beat, context) => nextSlice(context),
  fill(fill, context) {
    context.state.done = new Big(context.state.done).plus(fill.quantity).toFixed();
    finish(context);
  },
  order(order, context) {
    if (order.clientKey === keyOf(context) && hasEnded(order)) context.state.slices += 1;
  },
});

/** One slice at a time: whether the one before was filled decides how much is left. */
function nextSlice(context: Context): void {
  const left = remaining(context);
  if (left.lte(0) || context.handle(keyOf(context)) !== undefined) return;
  const { limitPrice, side, slice, symbol } = context.parameters;
  const quantity = left.lt(slice) ? left : new Big(slice);
  const key = keyOf(context);
  context.submit({ key, symbol, side, quantity, price: limitPrice, timeInForce: 'ioc' });
}

function finish(context: Context): void {
  if (context.state.isFinished || remaining(context).gt(0)) return;
  const { quantity, side, symbol } = context.parameters;
  context.state.isFinished = true;
  context.log(`finished: ${side} ${quantity} ${symbol} after ${context.state.slices} slices and one`);
}

function remaining({ parameters: { quantity }, state: { done } }: Context): Big {
  return new Big(quantity).minus(done);
}

function keyOf({ state: { slices } }: Context): string {
  return `slice-${slices}`;
}
