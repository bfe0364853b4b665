import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SeededRandom } from '../seeded-random.ts';
import { medianOf, type Point, trendOf } from './slope.ts';

const allowance = { least: 5, share: 0.1 };

/** A noisy saw-tooth, as of processes that are started again each minute, with a leak beneath. */
function series(seed: number, leakAMinute: number): Point[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: 360 }, (_, i) => {
    const atS = i * 5;
    return { atS, value: 100 + (i % 12) + random.next() * 8 + (leakAMinute * atS) / 60 };
  });
}

test('noise and restarts are flat, whatever the seed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (seed) => {
      assert.equal(trendOf(series(seed, 0), allowance).isFlat, true);
    }),
    { numRuns: 40 },
  );
});

test('a leak is found, and its size told', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (seed) => {
      const { isFlat, rise } = trendOf(series(seed, 1), allowance);
      assert.equal(isFlat, false);
      assert.ok(Math.abs(rise - 30) < 6, `a leak of 30 was told as ${rise}`);
    }),
    { numRuns: 40 },
  );
});

test('a rise within what is allowed is flat, however sure it is', () => {
  const points = Array.from({ length: 100 }, (_, i) => ({ atS: i, value: 100 + i * 0.05 }));
  const { isFlat, z } = trendOf(points, allowance);
  assert.ok(z > 10);
  assert.equal(isFlat, true);
});

test('a falling series and one of a few points are flat; one peak is no trend', () => {
  const falling = Array.from({ length: 100 }, (_, i) => ({ atS: i, value: 1_000 - i * 9 }));
  assert.equal(trendOf(falling, allowance).isFlat, true);
  assert.equal(trendOf(falling.slice(0, 3).toReversed(), allowance).isFlat, true);
  const peak = Array.from({ length: 100 }, (_, i) => ({ atS: i, value: i === 99 ? 1e9 : 50 }));
  assert.equal(trendOf(peak, allowance).isFlat, true);
});

test('the median is the middle', () => {
  assert.deepEqual([medianOf([3, 1, 2]), medianOf([4, 1, 2, 3]), medianOf([])], [2, 2.5, 0]);
});
