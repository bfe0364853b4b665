import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IN_FLIGHT_SHED, StateTraffic } from './state-traffic.ts';

const state = (sequence: number) =>
  ({ type: 'StrategyCheckpoint', strategyId: 's', sequence, version: 1, blob: new Uint8Array() }) as const;

test('a state gives way while orders are on their way, and its lag counts from the first that waits to one that is in', () => {
  const traffic = new StateTraffic();
  assert.equal(traffic.isShed(state(1), IN_FLIGHT_SHED, 1_000), true);
  assert.equal(traffic.isShed(state(2), IN_FLIGHT_SHED + 5, 2_000), true);
  assert.deepEqual(traffic.view(2_500), [{ strategyId: 's', offered: 2, written: 0, shed: 2, lagMs: 1_500 }]);
  assert.equal(traffic.isShed(state(3), IN_FLIGHT_SHED - 1, 3_000), false);
  traffic.written(state(3));
  assert.deepEqual(traffic.view(9_000), [{ strategyId: 's', offered: 3, written: 3, shed: 2, lagMs: 0 }]);
});

test('a state that an older one overtakes on its way still waits', () => {
  const traffic = new StateTraffic();
  traffic.isShed(state(1), 0, 0);
  traffic.isShed(state(2), 0, 10);
  traffic.written(state(1));
  assert.equal(traffic.view(30)[0]?.lagMs, 30);
});
