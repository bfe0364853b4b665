import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bar, Trade } from '@baton/strategy';
import fc from 'fast-check';
import { BarBuilder } from './bar-builder.ts';

const START_US = 1_700_000_040_000_000;
const MINUTE_US = 60_000_000;

const trade = (atUs: number, price: number, quantity: number): Trade => ({
  symbol: 'ACME',
  price: String(price),
  quantity: String(quantity),
  aggressor: undefined,
  tradeId: `${atUs}`,
  timeUs: START_US + atUs,
});

function barsOf(trades: readonly Trade[], untilUs: number): Bar[] {
  const builder = new BarBuilder('ACME', 60);
  return [...trades.flatMap((each) => builder.take(each)), ...builder.endedBy(START_US + untilUs)];
}

const someTrades = fc
  .array(fc.tuple(fc.nat({ max: 10 * MINUTE_US }), fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 9 })), {
    maxLength: 30,
  })
  .map((all) => all.sort(([one], [other]) => one - other));

test('each bar is what its interval’s trades were, and intervals follow each other without a gap', () => {
  fc.assert(
    fc.property(someTrades, (all) => {
      const bars = barsOf(
        all.map(([atUs, price, quantity]) => trade(atUs, price, quantity)),
        11 * MINUTE_US,
      );
      const [first] = all;
      if (first === undefined) return assert.deepEqual(bars, []);
      let startUs = START_US + Math.floor(first[0] / MINUTE_US) * MINUTE_US;
      let close = '';
      for (const bar of bars) {
        assert.equal(bar.startUs, startUs);
        const within = all.filter(([atUs]) => START_US + atUs >= startUs && START_US + atUs < startUs + MINUTE_US);
        const prices = within.map(([, price]) => price);
        const expected =
          within.length === 0
            ? [close, close, close, close, '0']
            : [
                prices[0],
                Math.max(...prices),
                Math.min(...prices),
                prices.at(-1),
                sum(within.map(([, , size]) => size)),
              ];
        assert.deepEqual([bar.open, bar.high, bar.low, bar.close, bar.volume], expected.map(String));
        close = bar.close;
        startUs += MINUTE_US;
      }
      assert.equal(startUs, START_US + 11 * MINUTE_US);
    }),
  );
});

test('bars do not depend on when their ends are asked for', () => {
  fc.assert(
    fc.property(someTrades, fc.array(fc.nat({ max: 10 * MINUTE_US })), (all, looks) => {
      const builder = new BarBuilder('ACME', 60);
      const inputs = [
        ...all.map(([atUs, price, quantity]) => ({ atUs, run: () => builder.take(trade(atUs, price, quantity)) })),
        ...looks.map((atUs) => ({ atUs, run: () => builder.endedBy(START_US + atUs) })),
      ].sort((one, other) => one.atUs - other.atUs);
      const bars = [...inputs.flatMap(({ run }) => run()), ...builder.endedBy(START_US + 11 * MINUTE_US)];
      const trades = all.map(([atUs, price, quantity]) => trade(atUs, price, quantity));
      assert.deepEqual(bars, barsOf(trades, 11 * MINUTE_US));
    }),
  );
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
