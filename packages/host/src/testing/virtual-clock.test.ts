import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { VirtualClock } from './virtual-clock.ts';

describe('virtual clock', () => {
  it('timers fire in due order, and in the order they were set when due together', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (delays) => {
        const clock = new VirtualClock();
        const fired: number[] = [];
        for (const [at, delay] of delays.entries()) clock.setTimer(delay, () => fired.push(at));
        clock.advance(20);
        const wanted = delays.map((delay, at) => ({ delay, at })).sort((a, b) => a.delay - b.delay || a.at - b.at);
        assert.deepEqual(
          fired,
          wanted.map(({ at }) => at),
        );
      }),
    );
  });

  it('deferred work runs before the next timer, in order', () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    clock.setTimer(0, () => {
      clock.defer(() => seen.push('deferred'));
      seen.push('first');
    });
    clock.setTimer(0, () => seen.push('second'));
    clock.advance(1);
    assert.deepEqual(seen, ['first', 'deferred', 'second']);
  });

  it('a cancelled timer and the timers of a killed process never fire', () => {
    const clock = new VirtualClock();
    const process = clock.process(500);
    let fired = 0;
    clock.setTimer(5, () => fired++).cancel();
    process.setTimer(5, () => fired++);
    process.defer(() => fired++);
    assert.equal(process.wallUs() - clock.wallUs(), 500);
    process.kill();
    clock.advance(10);
    assert.equal(fired, 0);
    assert.equal(clock.monotonicUs(), 10_000);
  });
});
