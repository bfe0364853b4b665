import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { COMMANDS_PER_SECOND_MAX, Flood } from './flood.ts';

test('a second takes its bound of commands and not one more, and the next second begins anew', () => {
  const bursts = fc.array(fc.record({ afterMs: fc.nat({ max: 1500 }), commands: fc.nat({ max: 3000 }) }), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(bursts, (each) => {
      const flood = new Flood();
      const counts = new Map<number, number>();
      let nowMs = 0;
      for (const { afterMs, commands } of each) {
        nowMs += afterMs;
        const second = Math.floor(nowMs / 1000);
        for (let n = 0; n < commands; n += 1) {
          const count = (counts.get(second) ?? 0) + 1;
          counts.set(second, count);
          assert.equal(flood.isTooMany(nowMs), count > COMMANDS_PER_SECOND_MAX);
        }
      }
    }),
    { numRuns: 30 },
  );
});
