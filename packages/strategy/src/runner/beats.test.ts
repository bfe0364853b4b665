import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { Beats } from './beats.ts';

it('a beat is told once, at its multiple of the interval, and of several missed ones only the last', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.array(fc.integer({ min: 0, max: 900_000 }), { maxLength: 50 }),
      (intervalMs, steps) => {
        const beats = new Beats();
        let nowUs = 1_700_000_000_000_123;
        beats.set('b', intervalMs, nowUs);
        let last = Math.floor(nowUs / (intervalMs * 1000));
        for (const stepUs of steps) {
          nowUs += stepUs;
          const slot = Math.floor(nowUs / (intervalMs * 1000));
          assert.deepEqual(beats.due(nowUs), slot > last ? [{ beatId: 'b', slot }] : []);
          last = slot;
          assert.equal(beats.nextUs(), (slot + 1) * intervalMs * 1000);
        }
      },
    ),
  );
});
