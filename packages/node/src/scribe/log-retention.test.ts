import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogRetention } from './log-retention.ts';

test('the log is kept for a history that is behind, up to a bound, and each step is told once', () => {
  const told: string[] = [];
  const log = {
    warn: (_facts: unknown, text?: string) => void told.push(`warn ${text}`),
    error: (_facts: unknown, text?: string) => void told.push(`error ${text}`),
  } as never;
  const retention = new LogRetention(1000, log);
  assert.equal(retention.neededAfter(5000, 4990), 4990);
  assert.equal(retention.neededAfter(5000, 4500), 4500);
  assert.deepEqual(told, []);
  assert.equal(retention.neededAfter(5100, 4500), 4500);
  assert.equal(retention.neededAfter(5200, 4500), 4500);
  assert.equal(told.length, 1);
  assert.equal(retention.neededAfter(6000, 4500), 5000);
  assert.equal(retention.neededAfter(7000, 4500), 6000);
  assert.match(told[1] ?? '', /^error .*hole/);
  assert.equal(told.length, 2);
  assert.equal(retention.neededAfter(7000, 7000), 7000);
  assert.equal(retention.neededAfter(9000, 7000), 8000);
  assert.equal(told.length, 3);
});
