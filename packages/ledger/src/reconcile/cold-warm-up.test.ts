import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rig } from '../testing/rig.ts';

const WAIT_MS = 30_000;

/** A cold start that waits for strategies. */
function coldStarted(warmUpMaxMs = WAIT_MS): Rig {
  const rig = new Rig();
  rig.takeover();
  rig.configure();
  const start = { type: 'StartCold', by: 'ada', reason: 'drill', ramp: [] } as const;
  assert.equal(rig.apply(warmUpMaxMs === 0 ? start : { ...start, warmUpMaxMs }).result.ok, true);
  return rig;
}

function reconcile(rig: Rig): void {
  for (const step of ['read', 'opened', 'reconciled'] as const) {
    rig.apply({ type: 'ColdVenueStep', venue: 'SIM', step, sinceUs: 0, detail: '' });
  }
}

const warmUp = (ok: boolean) => ({ type: 'RecoveryStep', step: 'warm-up', venue: '', ok, detail: 'maker' }) as const;
const cold = (rig: Rig) => rig.ledger.coldStart();
const isOver = (rig: Rig): boolean => (cold(rig)?.endedIndex ?? 0) > 0;

test('a cold start is over once its strategies are warmed', () => {
  const rig = coldStarted();
  reconcile(rig);
  assert.deepEqual([isOver(rig), cold(rig)?.warmUp.state], [false, 'waiting']);
  assert.equal(rig.apply(warmUp(true)).result.ok, true);
  assert.deepEqual([isOver(rig), cold(rig)?.warmUp.state, cold(rig)?.warmUp.detail], [true, 'warmed', 'maker']);
  assert.equal(rig.apply(warmUp(true)).result.ok, false, 'told once');
});

test('strategies may be warmed before the venues are reconciled, and one that is not is alarmed', () => {
  const rig = coldStarted();
  rig.apply(warmUp(false));
  assert.equal(isOver(rig), false);
  assert.ok(rig.alarms().includes('WARM_UP_FAILED'));
  reconcile(rig);
  assert.deepEqual([isOver(rig), cold(rig)?.warmUp.state], [true, 'failed']);
});

test('strategies that are not warmed in time are told as late, and the cold start is over: nothing hangs', () => {
  const rig = coldStarted();
  assert.equal(rig.ledger.nextDeadlineUs(), undefined, 'nobody waits for strategies alone');
  reconcile(rig);
  rig.reload();
  assert.equal(rig.ledger.nextDeadlineUs(), rig.timeUs + WAIT_MS * 1000);
  rig.tick(WAIT_MS - 1000);
  assert.equal(isOver(rig), false);
  rig.tick(1000);
  assert.deepEqual([isOver(rig), cold(rig)?.warmUp.state], [true, 'late']);
  assert.equal(rig.ledger.nextDeadlineUs(), undefined);
});

test('where nobody is to be waited for the last venue ends it, and gates never wait for strategies', () => {
  const rig = coldStarted(0);
  reconcile(rig);
  assert.deepEqual([isOver(rig), cold(rig)?.warmUp.state], [true, 'none']);
  const waiting = coldStarted();
  waiting.connect();
  waiting.logon();
  reconcile(waiting);
  assert.equal(isOver(waiting), false);
  assert.equal(waiting.ledger.gate('SIM').open, true);
});
