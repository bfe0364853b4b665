import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LatencyHistogram } from './latency-histogram.ts';

test('a percentile is never below the true one and at most 6.25 % above it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 200 }), (values) => {
      const histogram = new LatencyHistogram();
      for (const value of values) histogram.record(value);
      const sorted = [...values].sort((a, b) => a - b);
      const { count, p50Us, p99Us, maxUs } = histogram.summary();
      assert.equal(count, values.length);
      assert.equal(maxUs, sorted.at(-1));
      for (const [share, found] of [
        [0.5, p50Us],
        [0.99, p99Us],
      ] as const) {
        const exact = sorted[Math.ceil(sorted.length * share) - 1]!;
        assert.ok(found >= exact && found <= exact * 1.0625 + 1, `${found} for ${exact}`);
      }
    }),
  );
});

test('a reset distribution is empty', () => {
  const histogram = new LatencyHistogram();
  histogram.record(5);
  histogram.reset();
  assert.deepEqual(histogram.summary(), { count: 0, p50Us: 0, p99Us: 0, p999Us: 0, maxUs: 0 });
});
