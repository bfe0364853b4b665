import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SyncLag } from './sync-lag.ts';

test('a follower is as far behind as the oldest entry that it lacks is old, to the distance of two looks', () => {
  let nowUs = 0;
  let last = 100;
  let due: (() => void) | undefined;
  const clock = {
    monotonicUs: () => nowUs,
    setTimer: (_delayMs: number, callback: () => void) => {
      due = callback;
      return { cancel: () => {} };
    },
  };
  const lag = new SyncLag(clock as never, () => last);
  const after = (durationMs: number, index: number): void => {
    nowUs += durationMs * 1000;
    last = index;
    due?.();
  };
  lag.start();
  after(25, 110);
  after(25, 110);
  after(25, 120);
  nowUs += 100_000;
  assert.equal(lag.lagMs(120), 0);
  assert.equal(lag.lagMs(119), 100);
  assert.equal(lag.lagMs(109), 150);
  assert.equal(lag.lagMs(5), 175);
  lag.stop();
  assert.equal(lag.lagMs(5), 0);
});
