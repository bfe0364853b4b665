import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isDecimal, signOf, sumOf } from './decimal.js';

const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.integer({ min: 0, max: 12 }))
  .map(([value, places]) => {
    const digits = String(value < 0n ? -value : value).padStart(places + 1, '0');
    const point = digits.length - places;
    const text = places === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
    return { text: value < 0n ? `-${text}` : text, value: value * 10n ** BigInt(12 - places) };
  });

test('a sum of decimals is exact, however long they are', () => {
  fc.assert(
    fc.property(fc.array(decimals, { maxLength: 6 }), (list) => {
      const sum = sumOf(list.map(({ text }) => text)) ?? 'none';
      const exact = list.reduce((before, { value }) => before + value, 0n);
      const [whole = '', rest = ''] = sum.replace('-', '').split('.');
      const back = BigInt(whole + rest.padEnd(12, '0'));
      assert.equal(sum.startsWith('-') ? -back : back, exact);
    }),
  );
});

test('0.1 and 0.2 are 0.3', () => assert.equal(sumOf(['0.1', '0.2']), '0.3'));

test('what is no decimal has no sign and no sum', () => {
  for (const text of ['', '1e5', 'NaN', 'Infinity', '0x10', ' 1', '1.', '.5', '--1', '1'.repeat(100), 7, null]) {
    assert.equal(isDecimal(text), false, String(text));
    assert.equal(signOf(text), 0);
  }
  assert.equal(sumOf(['1', '']), undefined);
});

test('the sign of a decimal is that of its value: -0.00 has none', () => {
  assert.deepEqual(['-0.00', '0', '-0.01', '0.01'].map(signOf), [0, 0, -1, 1]);
});
