/**
 * The strategy that is measured: one order at a time, at each beat, and the instants that only the strategy knows: when it
 * asked, and when it was told that the order was committed. They go to a file when it is paused.
 */
import { writeFileSync } from 'node:fs';
import { defineStrategy } from '@baton/strategy';
import { z } from 'zod';

/** µs since 1970 at which an order was asked for, and at which its acceptance was known here. */
export interface ProbedOrder {
  readonly askedUs: number;
  readonly acceptedUs: number;
}

const probed: ProbedOrder[] = [];
const nowUs = (): number => (performance.timeOrigin + performance.now()) * 1000;

export default defineStrategy({
  name: 'probe',
  version: 1,
  parameters: z.object({ symbol: z.string(), price: z.string(), everyMs: z.number(), out: z.string() }),
  state: z.object({}),
  start: (context) => context.every('order', context.parameters.everyMs),
  async beat(_beat, context) {
    if (!context.isLeading) return;
    const { price, symbol } = context.parameters;
    const askedUs = nowUs();
    // A price that nobody pays, ended at once: no order stays.
    const key = `p-${Math.round(askedUs)}`;
    const order = context.submit({ key, symbol, side: 'sell', quantity: '0.001', price, timeInForce: 'ioc' });
    const accepted = await order.accepted;
    if (accepted.ok) probed.push({ askedUs: Math.round(askedUs), acceptedUs: nowUs() });
  },
  pause(_reason, context) {
    if (probed.length > 0) writeFileSync(context.parameters.out, JSON.stringify(probed));
  },
});
