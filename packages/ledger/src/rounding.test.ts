import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { amountOf, instrumentFrom } from './instrument.ts';
import { divideHalfEven, rescaleHalfEven } from './rounding.ts';

test('ties go to the even neighbour, on both sides of zero', () => {
  const halves = [-5n, -3n, -1n, 1n, 3n, 5n].map((value) => divideHalfEven(value, 2n));
  assert.deepEqual(halves, [-2n, -2n, 0n, 0n, 2n, 2n]);
  assert.deepEqual([divideHalfEven(7n, 4n), divideHalfEven(-7n, 4n), divideHalfEven(5n, 4n)], [2n, -2n, 1n]);
});

test('a rounded quotient is never further than half a unit away, and exact where it can be', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
      fc.bigInt({ min: 1n, max: 10n ** 18n }),
      (value, divisor) => {
        const off = value - divideHalfEven(value, divisor) * divisor;
        assert.ok((off < 0n ? -off : off) * 2n <= divisor);
        assert.equal(divideHalfEven(value * divisor, divisor), value);
      },
    ),
  );
});

test('more places are exact, fewer are half-even', () => {
  assert.equal(rescaleHalfEven(15n, 1, 3), 1500n);
  assert.deepEqual([rescaleHalfEven(125n, 2, 1), rescaleHalfEven(135n, 2, 1)], [12n, 14n]);
});

test('a notional becomes an amount of the currency at its scale, multiplier included', () => {
  const faults: string[] = [];
  const facts = { symbol: 'ES', venue: 'V', priceScale: 2, quantityScale: 1, multiplier: '0.5', currency: 'USD' };
  const cents = instrumentFrom(facts, 'A', [{ currency: 'USD', scale: 2 }], faults);
  // 1.01 × 0.3 × 0.5 = 0.1515 → 0.15; 1.10 × 0.1 × 0.5 = 0.055 → 0.06 (tie to even).
  assert.equal(amountOf(cents, 101n * 3n), 15n);
  assert.equal(amountOf(cents, 110n), 6n);
  assert.equal(amountOf(instrumentFrom(facts, 'A', [], faults), 110n), 5_500_000n);
  assert.deepEqual(faults, []);
});

test('facts of an instrument that do not fit its scales are refused, each by name', () => {
  const faults: string[] = [];
  const wrong = { tickSize: '0.001', lotSize: '0', quantityMin: '5', quantityMax: '4', multiplier: '-1' };
  instrumentFrom({ symbol: 'ES', venue: 'V', priceScale: 2, quantityScale: 0, ...wrong }, 'A', [], faults);
  for (const name of ['tickSize', 'lotSize', 'quantityMin', 'multiplier']) {
    assert.ok(
      faults.some((fault) => fault.includes(name)),
      name,
    );
  }
});
