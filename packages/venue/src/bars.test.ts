/** Bars are always the same, fit together, and stay where the market is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Bar, barsOf } from './bars.ts';

const INSTRUMENT = { symbol: 'BTC-USD', priceScale: 2, quantityScale: 4, referencePrice: 6_000_000n };
const NOW_US = 1_760_000_000_000_000;

test('a bar asked for later, in a longer list, or after a restart is the same bar', () => {
  const first = barsOf(INSTRUMENT, 7, { nowUs: NOW_US, intervalS: 60, limit: 200 });
  assert.equal(first.length, 200);
  const later = barsOf(INSTRUMENT, 7, { nowUs: NOW_US + 600_000_000, intervalS: 60, limit: 210 });
  assert.deepEqual(later.slice(0, 200), first);
  assert.notDeepEqual(barsOf(INSTRUMENT, 8, { nowUs: NOW_US, intervalS: 60, limit: 200 }), first);
  const other = barsOf({ ...INSTRUMENT, symbol: 'ETH-USD' }, 7, { nowUs: NOW_US, intervalS: 60, limit: 200 });
  assert.notDeepEqual(other, first);
});

test('bars have ended, follow one another, and each opens where the last one closed', () => {
  const bars = barsOf(INSTRUMENT, 7, { nowUs: NOW_US, intervalS: 300, limit: 500 });
  bars.forEach((bar, n) => {
    const before = bars[n - 1];
    if (before === undefined) return;
    assert.equal(bar.startS, before.startS + 300);
    assert.equal(bar.open, before.close);
  });
  assert.ok(((bars.at(-1)?.startS ?? 0) + 300) * 1_000_000 <= NOW_US);
  assert.ok(new Set(bars.map(({ close }) => close)).size > 100, 'prices move');
});

test('a long bar holds the short ones, and no price leaves 5 % of the reference', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 1, max: 60 }), (seed, minutes) => {
      const [long] = barsOf(INSTRUMENT, seed, { nowUs: NOW_US, intervalS: minutes * 60, limit: 1 });
      assert.ok(long);
      const endUs = (long.startS + minutes * 60) * 1_000_000;
      const short = barsOf(INSTRUMENT, seed, { nowUs: endUs, intervalS: 60, limit: minutes });
      const figures = (pick: (bar: Bar) => string) => short.map((bar) => Number(pick(bar)));
      assert.equal(long.open, short[0]?.open);
      assert.equal(long.close, short.at(-1)?.close);
      assert.equal(Number(long.high), Math.max(...figures(({ high }) => high)));
      assert.equal(Number(long.low), Math.min(...figures(({ low }) => low)));
      for (const { low, high, open, close } of short) {
        assert.ok(Number(low) <= Math.min(Number(open), Number(close)));
        assert.ok(Number(high) >= Math.max(Number(open), Number(close)));
        assert.ok(Number(low) >= 57_000 && Number(high) <= 63_000);
      }
    }),
    { numRuns: 100 },
  );
});
