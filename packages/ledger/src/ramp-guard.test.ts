/** A ramp is tripped by losses, rejects and slow answers, and by nothing else; tripped, it stays where it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger } from './ledger.ts';
import { Rig } from './testing/rig.ts';

const STEPS = [
  { percent: 10, durationMs: 60_000 },
  { percent: 50, durationMs: 60_000 },
];

function ramping(guard: { lossMax?: string; rejectsMax?: number; ackLatencyMaxMs?: number }): Rig {
  const rig = new Rig().open();
  rig.apply({ type: 'RampStart', steps: STEPS, reason: '' });
  const bounds = { lossMax: '', rejectsMax: 0, ackLatencyMaxMs: 0, ...guard };
  assert.equal(rig.apply({ type: 'GuardRamp', ...bounds, reason: '' }).result.ok, true);
  return rig;
}

function reject(rig: Rig): void {
  const clOrdId = rig.order();
  rig.report({ 11: clOrdId, 150: '8', 39: '8', 14: '0', 151: '0', 103: '0' });
}

test('rejects above the bound hold sizes where they are, over a restore and for ever', () => {
  let rig = ramping({ rejectsMax: 1 });
  reject(rig);
  rig.ledger = Ledger.restore(rig.ledger.snapshot());
  assert.equal(rig.ledger.risk().ramp?.running, true);
  reject(rig);
  assert.deepEqual(rig.alarms(), ['RAMP_TRIPPED']);
  rig.tick(600_000);
  const { ramp, rampPercent } = rig.ledger.risk();
  assert.deepEqual([rampPercent, ramp?.running, ramp?.rejects], [10, false, 2]);
  rig = ramping({ rejectsMax: 5 });
  rig.tick(600_000);
  assert.equal(rig.ledger.risk().rampPercent, 100, 'without a trip it ends');
});

test('a slow acknowledgement trips, a quick one does not', () => {
  const rig = ramping({ ackLatencyMaxMs: 500 });
  rig.workingOrder();
  assert.equal(rig.ledger.risk().ramp?.running, true);
  const slow = rig.order();
  rig.timeUs += 501_000;
  rig.acknowledge(slow);
  assert.equal(rig.ledger.risk().ramp?.running, false);
});

test('a loss since the ramp began trips, what was lost before does not', () => {
  const rig = new Rig().open();
  rig.apply({ type: 'ReferencePrice', symbol: 'BTC-USD', price: '100' });
  rig.fill(rig.workingOrder({ quantity: '2' }), 2, '100');
  rig.apply({ type: 'ReferencePrice', symbol: 'BTC-USD', price: '50' });
  rig.apply({ type: 'RampStart', steps: STEPS, reason: '' });
  rig.apply({ type: 'GuardRamp', lossMax: '20', rejectsMax: 0, ackLatencyMaxMs: 0, reason: '' });
  rig.apply({ type: 'ReferencePrice', symbol: 'BTC-USD', price: '40' });
  assert.equal(rig.ledger.risk().ramp?.running, true, 'exactly the bound');
  rig.apply({ type: 'ReferencePrice', symbol: 'BTC-USD', price: '39.99' });
  assert.equal(rig.ledger.risk().ramp?.running, false);
});

test('no ramp, no guard; and a guard has a bound', () => {
  const rig = new Rig().open();
  const bounds = { lossMax: '', rejectsMax: 1, ackLatencyMaxMs: 0, reason: '' };
  assert.equal(rig.apply({ type: 'GuardRamp', ...bounds }).result.ok, false);
  rig.apply({ type: 'RampStart', steps: STEPS, reason: '' });
  assert.equal(rig.apply({ type: 'GuardRamp', ...bounds, rejectsMax: 0 }).result.ok, false);
  assert.equal(rig.apply({ type: 'GuardRamp', ...bounds, lossMax: 'much' }).result.ok, false);
});
