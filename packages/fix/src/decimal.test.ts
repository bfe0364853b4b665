// Laws of exact decimals and of timestamps.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDecimal, parseDecimal } from './decimal.ts';
import { fuzz } from './testing/arbitrary.ts';
import { formatUtcTimestamp, isUtcDateOnly, isUtcTimeOnly, parseUtcTimestampUs } from './utc-timestamp.ts';

test('parse after format gives the same value, at every scale', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 36n), max: 10n ** 36n }), fc.integer({ min: 0, max: 18 }), (value, scale) => {
      const text = formatDecimal(value, scale);
      assert.equal(parseDecimal(text, scale), value);
      assert.doesNotMatch(text, /\.$|\.\d*0$/);
    }),
    fuzz(1000),
  );
});

test('small values take the quick way to the same result', () => {
  fc.assert(
    fc.property(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.integer({ min: 0, max: 8 }), (value, scale) => {
      assert.equal(parseDecimal(formatDecimal(BigInt(value), scale), scale), BigInt(value));
      assert.equal(parseDecimal(value.toString(), scale), BigInt(value) * 10n ** BigInt(scale));
    }),
    fuzz(500),
  );
});

test('values that floats would spoil stay exact', () => {
  assert.equal(parseDecimal('99999999.99999999', 8), 9_999_999_999_999_999n);
  assert.equal(formatDecimal(9_999_999_999_999_999n, 8), '99999999.99999999');
  assert.equal(parseDecimal('0.1', 1)! + parseDecimal('0.2', 1)!, parseDecimal('0.3', 1));
  assert.equal(parseDecimal('002000.00', 2), 200_000n);
  assert.equal(parseDecimal('23.', 2), 2300n);
  assert.equal(parseDecimal('.5', 1), 5n);
  assert.equal(parseDecimal('1.500000', 2), 150n);
  assert.equal(formatDecimal(-5n, 2), '-0.05');
  assert.equal(formatDecimal(0n, 8), '0');
});

test('what is no plain decimal, or too precise, is refused', () => {
  for (const text of [
    '',
    '-',
    '.',
    '-.',
    '+1',
    '1e5',
    'NaN',
    'Infinity',
    ' 1',
    '1 ',
    '1,5',
    '1.2.3',
    '0x10',
    '--1',
    '1'.repeat(60),
    '1.005',
  ]) {
    assert.equal(parseDecimal(text, 2), undefined, text);
  }
});

test('timestamps agree with the calendar of the platform', () => {
  fc.assert(
    fc.property(fc.integer({ min: -9_000_000_000_000, max: 9_000_000_000_000 }), fc.nat(999), (ms, micros) => {
      const date = new Date(ms);
      const text = date.toISOString().replace(/-/g, '').replace('T', '-').replace('Z', '');
      assert.equal(parseUtcTimestampUs(text), ms * 1000);
      assert.equal(formatUtcTimestamp(ms * 1000), text);
      assert.equal(formatUtcTimestamp(ms * 1000 + micros), text);
      assert.equal(parseUtcTimestampUs(formatUtcTimestamp(ms * 1000 + micros, 'us')), ms * 1000 + micros);
      assert.equal(formatUtcTimestamp(ms * 1000, 's'), text.slice(0, 17));
    }),
    fuzz(1000),
  );
});

test('timestamps of any precision are read, to the microsecond', () => {
  const base = parseUtcTimestampUs('20240229-23:59:59')!;
  assert.equal(base, Date.UTC(2024, 1, 29, 23, 59, 59) * 1000);
  assert.equal(parseUtcTimestampUs('20240229-23:59:59.123456789'), base + 123_456);
  assert.equal(parseUtcTimestampUs('20240229-23:59:59.123456789012'), base + 123_456);
  assert.equal(parseUtcTimestampUs('20240229-23:59:59.5'), base + 500_000);
  assert.equal(parseUtcTimestampUs('20161231-23:59:60'), Date.UTC(2017, 0, 1) * 1000);
});

test('what is no timestamp is refused, also right after one of the same second', () => {
  assert.notEqual(parseUtcTimestampUs('20240229-23:59:59.001'), undefined);
  for (const text of [
    '20240229-23:59:59.00x',
    '20240229-23:59:59.',
    '20230229-00:00:00',
    '20241301-00:00:00',
    '20240100-00:00:00',
    '20240431-00:00:00',
    '20240101-24:00:00',
    '20240101-00:60:00',
    '20240101-00:00:61',
    '20240101 00:00:00',
    '2024011-00:00:00',
    '20240101-0:00:00',
    '20040415',
    '99991231-00:00:00',
    '',
  ]) {
    assert.equal(parseUtcTimestampUs(text), undefined, text);
  }
  assert.equal(isUtcTimeOnly('10:20:30.5'), true);
  assert.equal(isUtcTimeOnly('10:20'), false);
  assert.equal(isUtcDateOnly('20240229'), true);
  assert.equal(isUtcDateOnly('20230229'), false);
});
