import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareDecimals, sumDecimals } from './decimal-text.ts';

const places = 6;
const scaled = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });

/** Decimal text with exactly `places` places. */
function text(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

test('decimals compare as their scaled integers do, whatever their trailing zeros', () => {
  fc.assert(
    fc.property(scaled, scaled, fc.nat(8), (a, b, zeros) => {
      const expected = a < b ? -1 : a > b ? 1 : 0;
      assert.equal(compareDecimals(text(a) + '0'.repeat(zeros), text(b)), expected);
    }),
  );
});

test('sums are exact and do not depend on the number of places', () => {
  fc.assert(
    fc.property(fc.array(scaled, { maxLength: 20 }), (values) => {
      const total = values.reduce((sum, value) => sum + value, 0n);
      assert.equal(compareDecimals(sumDecimals(values.map(text)), text(total)), 0);
    }),
  );
});

test('sums are plain text without trailing zeros', () => {
  assert.equal(sumDecimals([]), '0');
  assert.equal(sumDecimals(['1.50', '2.5']), '4');
  assert.equal(sumDecimals(['0.1', '0.2']), '0.3');
  assert.equal(sumDecimals(['1', '-1.25']), '-0.25');
});

test('text that is no decimal is refused', () => {
  for (const wrong of ['', 'abc', '1e5', '1.', '.5', '0x10', ' 1', '1,5']) {
    assert.throws(() => compareDecimals(wrong, '0'), RangeError, wrong);
  }
});
