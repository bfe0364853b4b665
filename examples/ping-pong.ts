/**
 * Ping-pong: offers a little below and above the last price it traded at, in turns, and takes its oldest offer back when
 * too many are open. No market view: it is there to keep orders, fills and cancels flowing while leaders die.
 */
import { defineStrategy } from '@baton/node/strategy';

/** Prices of BTC-USD have two decimals. */
const cents = (text: string): bigint => {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0'));
};
const text = (price: bigint): string => `${price / 100n}.${String(price % 100n).padStart(2, '0')}`;

let lastPrice = 0n;
let turn = 0;

export default defineStrategy({
  start(context) {
    const symbol = String(context.parameters['symbol']);
    const openMax = Number(context.parameters['openMax'] ?? 6);
    lastPrice ||= cents(String(context.parameters['referencePrice']));
    context.every(Number(context.parameters['everyMs'] ?? 20), () => {
      const open = context.openOrders();
      const oldest = open[0];
      if (open.length >= openMax && oldest !== undefined) {
        void context.cancel(oldest.clOrdId);
        return;
      }
      const side = turn++ % 2 === 0 ? 'buy' : 'sell';
      const away = BigInt(turn % 5) * 100n;
      const price = side === 'buy' ? lastPrice - away : lastPrice + away;
      void context.submit({ symbol, side, quantity: `0.${1 + (turn % 9)}`, price: text(price) });
    });
  },
  event(event) {
    if (event.type === 'FillApplied') lastPrice = cents(event.price);
  },
});
