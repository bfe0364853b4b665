/**
 * The order flow that is measured: new orders at fixed times of the wall clock (open loop), as a shadow strategy on every
 * node. Each beat is for the slots of time that have begun since the last one; the clientKey says which slot an order is
 * for, so that its latency counts from the time it was meant for, and nodes name the same slot alike.
 *
 * Even slots sell and rest, odd slots buy with IOC and hit what rests: every pair is two fills, and the position stays at
 * zero but for what a failover tears apart.
 */
import { defineStrategy } from '@baton/strategy';
import { z } from 'zod';

const QUANTITY = { sell: '0.001', buy: '0.002' } as const;
let next = 0;

export default defineStrategy({
  name: 'flow',
  version: 1,
  parameters: z.object({ symbol: z.string(), price: z.string(), ordersPerSecond: z.number() }),
  state: z.object({}),
  start(context) {
    const slotUs = 1_000_000 / context.parameters.ordersPerSecond;
    next = Math.floor(context.timeUs / slotUs);
    context.every('slots', Math.max(1, Math.floor(slotUs / 1000)));
  },
  beat(_beat, context) {
    const { symbol, price, ordersPerSecond } = context.parameters;
    const slotUs = 1_000_000 / ordersPerSecond;
    for (const due = Math.floor(context.timeUs / slotUs); next <= due; next++) {
      const side = next % 2 === 0 ? 'sell' : 'buy';
      const key = `0-${Math.round(next * slotUs)}`;
      context.submit({
        symbol,
        side,
        quantity: QUANTITY[side],
        price,
        timeInForce: side === 'sell' ? 'day' : 'ioc',
        key,
      });
    }
  },
});
