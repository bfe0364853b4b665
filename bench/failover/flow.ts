/**
 * The order flow that is measured: new orders at fixed times of the wall clock (open loop), as a strategy on whichever node
 * leads. On becoming active it sends at once, for the time slot that is running, and then one for each slot. The clientKey
 * says which slot an order is for, so that its latency counts from the time it was meant for.
 *
 * Even slots sell and rest, odd slots buy with IOC and hit what rests: every pair is two fills, and the position stays at
 * zero but for what a failover tears apart.
 */
import type { Strategy } from '@baton/node/strategy';

const QUANTITY = { sell: '0.001', buy: '0.002' } as const;

const flow: Strategy = {
  start(context) {
    const { symbol, price, ordersPerSecond } = context.parameters;
    const slotUs = 1_000_000 / Number(ordersPerSecond);
    let next = Math.floor(nowUs() / slotUs);
    const submitDue = (): void => {
      const due = Math.floor(nowUs() / slotUs);
      for (; next <= due; next++) {
        const side = next % 2 === 0 ? 'sell' : 'buy';
        void context.submit({
          symbol: String(symbol),
          side,
          quantity: QUANTITY[side],
          price: String(price),
          timeInForce: side === 'sell' ? 'day' : 'ioc',
          key: `${context.term}-${Math.round(next * slotUs)}`,
        });
      }
    };
    submitDue();
    context.every(Math.max(1, Math.floor(slotUs / 1000)), submitDue);
  },
};

function nowUs(): number {
  return (performance.timeOrigin + performance.now()) * 1000;
}

export default flow;
