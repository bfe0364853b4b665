import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lengthText, timeOfDay } from './time-text.js';

test('any number is told as a time or as none', () => {
  fc.assert(fc.property(fc.double(), (number) => assert.match(`${timeOfDay(number)} ${lengthText(number)}`, /\S \S/)));
  assert.equal(timeOfDay(1_700_000_000_123_456), '22:13:20.123');
  assert.equal(timeOfDay(0), '-');
});

test('a length has the unit that a person would use', () => {
  assert.deepEqual([0.1234, 45.67, 1500, 300_000, 7_200_000].map(lengthText), [
    '0.123 ms',
    '45.7 ms',
    '1.5 s',
    '5 min',
    '2.0 h',
  ]);
});
