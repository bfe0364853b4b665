import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogonPace } from './logon-pace.ts';

test('the first dial never waits; repetitions keep to half of what the venue takes in its window', () => {
  let nowMs = 1_000_000;
  const pace = new LogonPace({ monotonicUs: () => nowMs * 1000 }, { count: 15, windowMs: 30_000 });
  for (let n = 0; n < 7; n += 1) {
    assert.equal(pace.waitMs(), 0);
    pace.note();
    nowMs += 100;
  }
  assert.equal(pace.waitMs(), 30_000 - 700);
  nowMs += 30_000 - 700;
  assert.equal(pace.waitMs(), 0);
});

test('a rate of one or two still lets one dial a window; without a rate nothing waits', () => {
  let nowMs = 5;
  const pace = new LogonPace({ monotonicUs: () => nowMs * 1000 }, { count: 2, windowMs: 1000 });
  pace.note();
  nowMs += 1;
  assert.equal(pace.waitMs(), 999);
  const free = new LogonPace({ monotonicUs: () => 0 }, undefined);
  for (let n = 0; n < 1000; n += 1) free.note();
  assert.equal(free.waitMs(), 0);
});
