import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leaseDurationUs } from './lease.ts';
import { resolveTiming, TIMING_PRESETS, type TimingPreset } from './timing.ts';

test('every preset obeys the rules for timing, and leaves a lease longer than two heartbeats', () => {
  for (const name of Object.keys(TIMING_PRESETS) as TimingPreset[]) {
    const timing = TIMING_PRESETS[name];
    assert.deepEqual(resolveTiming({ ...timing }), timing, name);
    // The lease is renewed once a heartbeat, so one lost heartbeat must not end it.
    if (name !== 'requirements') {
      assert.ok(leaseDurationUs(timing.tickMs, timing.electionMs) > 2 * timing.heartbeatMs * 1000, name);
    }
  }
});

test('timing that cannot work is refused with every fault named', () => {
  assert.throws(
    () => resolveTiming({ tickMs: 3, heartbeatMs: 10, electionMs: 20, successorStaggerMs: 0 }),
    (error: Error & { code: string; problems: string[] }) => {
      assert.equal(error.code, 'BATON_REPLICA_OPTIONS');
      assert.equal(error.problems.length, 4);
      return true;
    },
  );
  assert.throws(() => resolveTiming('quick' as TimingPreset), /expected one of colocated/);
});
