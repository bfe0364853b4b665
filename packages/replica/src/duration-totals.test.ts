import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DURATION_EDGES_US, DurationTotals } from './duration-totals.ts';

test('a duration counts in the first bucket whose edge it does not pass', () => {
  const durations = fc.oneof(fc.nat(100), fc.nat(2 ** 31 - 1), fc.constantFrom(...DURATION_EDGES_US));
  fc.assert(
    fc.property(durations, fc.constantFrom(0, 1), (duration, more) => {
      const totals = new DurationTotals();
      totals.record(duration + more);
      const found = DURATION_EDGES_US.findIndex((edge) => duration + more <= edge);
      const { counts, sumUs } = totals.view();
      assert.equal(counts.indexOf(1), found < 0 ? DURATION_EDGES_US.length : found);
      assert.equal(sumUs, duration + more);
    }),
  );
});
