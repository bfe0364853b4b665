/**
 * The order flow that is measured: a new order at each beat of the wall clock (open loop), decided on every node and sent
 * by whichever leads. What was due while nobody led is sent by the next leader as soon as it can. The clientKey names the
 * beat, so that an order's latency counts from the time it was meant for.
 *
 * Even beats sell and rest, odd beats buy with IOC and hit what rests: every pair is two fills, and the position stays at
 * zero but for what a failover tears apart.
 */
import { defineStrategy } from '@baton/strategy';
import { z } from 'zod';

const QUANTITY = { sell: '0.001', buy: '0.002' } as const;

export default defineStrategy({
  name: 'flow',
  version: 1,
  parameters: z.object({ symbol: z.string(), price: z.string(), everyMs: z.number() }),
  state: z.object({}),
  start(context) {
    context.every('flow', context.parameters.everyMs);
  },
  beat({ slot }, context) {
    const { symbol, price } = context.parameters;
    const side = slot % 2 === 0 ? 'sell' : 'buy';
    const timeInForce = side === 'sell' ? 'day' : 'ioc';
    context.submit({ symbol, side, quantity: QUANTITY[side], price, timeInForce });
  },
});
