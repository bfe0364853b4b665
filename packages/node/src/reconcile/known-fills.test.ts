import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountFill } from '@baton/ledger';
import fc from 'fast-check';
import { KnownFills } from './known-fills.ts';

const SECOND_US = 1_000_000;

function fillAt(n: number, timeUs: number): AccountFill {
  const names = { execId: `E${n}`, clOrdId: `C${n}`, orderId: `O${n}`, symbol: 'BTC-USD' };
  return { ...names, side: 'buy', quantity: '1', price: '100', timeUs };
}

test('readings that ask for the newer fills only give what a reading of all gives', () => {
  // Fills appear at the venue up to a minute late, as its engines tell them.
  const happening = fc.record({ atS: fc.integer({ min: 100, max: 5000 }), lateS: fc.integer({ min: 0, max: 59 }) });
  fc.assert(
    fc.property(fc.array(happening), fc.array(fc.integer({ min: 100, max: 6000 })), (happenings, readings) => {
      const known = new KnownFills();
      const sinceUs = 200 * SECOND_US;
      for (const nowS of readings.toSorted((a, b) => a - b)) {
        const there = happenings
          .map(({ atS, lateS }, n) => ({ fill: fillAt(n, atS * SECOND_US), shownS: atS + lateS }))
          .filter(({ shownS }) => shownS <= nowS)
          .map(({ fill }) => fill);
        const fromUs = known.askFrom(sinceUs);
        const all = known.with(
          there.filter(({ timeUs }) => timeUs >= fromUs),
          sinceUs,
        );
        const expected = there.filter(({ timeUs }) => timeUs >= sinceUs).map(({ execId }) => execId);
        assert.deepEqual(new Set(all.map(({ execId }) => execId)), new Set(expected));
        assert.equal(all.length, expected.length);
      }
    }),
  );
});

test('after a fill without a time, and for a longer past, everything is asked for again', () => {
  const known = new KnownFills();
  assert.equal(known.askFrom(500), 500);
  known.with([fillAt(1, 9000 * SECOND_US)], 500);
  assert.equal(known.askFrom(500), 8940 * SECOND_US);
  assert.equal(known.askFrom(499), 499);
  known.with([fillAt(1, 9000 * SECOND_US), fillAt(2, 0)], 499);
  assert.equal(known.askFrom(499), 499);
});
