import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeUsFrom } from './time-option.ts';

test('a time is a day, a moment, or so long ago; without a zone it is UTC', () => {
  assert.equal(timeUsFrom('2026-11-23'), Date.UTC(2026, 10, 23) * 1000);
  assert.equal(timeUsFrom('2026-11-23T10:30'), Date.UTC(2026, 10, 23, 10, 30) * 1000);
  assert.equal(timeUsFrom('2026-11-23T10:30:00+02:00'), Date.UTC(2026, 10, 23, 8, 30) * 1000);
  assert.equal(timeUsFrom('15m', 3_600_000), 2_700_000_000);
  for (const text of ['yesterday', '2026-13-40', '', '5', '5x', '2026-11-23T'])
    assert.throws(() => timeUsFrom(text), text);
});
