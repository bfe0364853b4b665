import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rig } from './testing/rig.ts';

/** All nodes were down: the first leader says so ahead of its barrier. */
function recovering(): Rig {
  const rig = new Rig().open();
  rig.workingOrder();
  rig.term += 1;
  rig.apply({ type: 'RecoveryStarted', door: 'warm', node: 1, reason: 'checkpoint 10 and log' });
  rig.apply({ type: 'TakeoverStarted', node: 1 });
  return rig;
}

/** The order that was open is asked about at every logon; the venue still has it. */
function loggedOn(rig: Rig): void {
  rig.connect();
  rig.logon();
}

const run = (rig: Rig) => rig.ledger.operations().recovery;
const reconciled = (ok = true) =>
  ({ type: 'RecoveryStep', step: 'reconcile', venue: 'SIM', ok, detail: ok ? '' : 'positions differ' }) as const;

test('no gate opens before its venue is reconciled', () => {
  const rig = recovering();
  loggedOn(rig);
  assert.equal(rig.ledger.gate('SIM').phase, 'Reconciled');
  assert.equal(run(rig)?.status, 'PENDING');
  rig.apply(reconciled());
  assert.equal(rig.ledger.gate('SIM').open, true);
  assert.equal(run(rig)?.status, 'COMPLETE');
  const steps = run(rig)?.steps.map(({ step }) => step);
  assert.deepEqual(steps, ['state', 'connect', 'outbound', 'inbound', 'reconcile', 'invariants', 'gate', 'end']);
});

test('what was reconciled before the venue had told everything does not count', () => {
  const rig = recovering();
  const early = rig.apply(reconciled()).result;
  assert.equal(early.ok ? '' : early.code, 'NO_RECOVERY');
  loggedOn(rig);
  assert.equal(rig.ledger.gate('SIM').open, false);
});

test('a recovery whose leader dies at any step is gone on with by the next one', () => {
  for (const died of ['state', 'barrier', 'connect', 'logon'] as const) {
    const rig = recovering();
    if (died === 'connect' || died === 'logon') rig.connect();
    if (died === 'logon') rig.logon();
    rig.takeover(2);
    assert.equal(run(rig)?.n, 1, died);
    loggedOn(rig);
    assert.equal(rig.ledger.gate('SIM').open, false, died);
    rig.apply(reconciled());
    assert.equal(run(rig)?.status, 'COMPLETE', died);
  }
});

test('a recovery that is begun again while it runs goes on, and counts that it did', () => {
  const rig = recovering();
  rig.apply({ type: 'RecoveryStarted', door: 'warm', node: 2, reason: 'again' });
  assert.deepEqual([run(rig)?.n, run(rig)?.resumed, run(rig)?.node], [1, 1, 2]);
});

test('books that do not agree open the gate for cancels only, until an operator has looked', () => {
  const rig = recovering();
  loggedOn(rig);
  rig.apply(reconciled(false));
  assert.equal(run(rig)?.status, 'FAILED');
  const denied = rig.submit().result;
  assert.equal(denied.ok ? '' : denied.code, 'KILL_SWITCH');
  const [order] = rig.ledger.orders({ open: true });
  assert.equal(rig.cancel(order?.clOrdId as string).result.ok, true);
  rig.apply({ type: 'StartTrading', reason: 'compared by hand' });
  assert.equal(run(rig)?.status, 'COMPLETE');
  rig.order();
});

test('that strategies are warmed is a step of the run, told once, during it or after its end', () => {
  const warmUp = { type: 'RecoveryStep', step: 'warm-up', venue: '', ok: false, detail: 'maker: no bars' } as const;
  const rig = recovering();
  loggedOn(rig);
  rig.apply(reconciled());
  assert.equal(run(rig)?.status, 'COMPLETE');
  assert.equal(rig.apply(warmUp).result.ok, true);
  assert.equal(rig.apply(warmUp).result.ok, false);
  const step = run(rig)?.steps.at(-1);
  assert.deepEqual([step?.step, step?.ok, step?.detail], ['warm-up', false, 'maker: no bars']);
  assert.equal(run(rig)?.status, 'COMPLETE', 'books agree');
  assert.ok(rig.alarms().includes('WARM_UP_FAILED'));
  assert.equal(new Rig().open().apply(warmUp).result.ok, false, 'nothing was recovered');
});

test('a takeover of a live cluster waits for no reconciliation', () => {
  const rig = new Rig().open();
  rig.takeover(2);
  loggedOn(rig);
  assert.equal(rig.ledger.gate('SIM').open, true);
  assert.equal(run(rig), null);
});

test('a recovery is the same after a restore', () => {
  const rig = recovering();
  rig.apply({ type: 'ActivateVersion', version: 2, reason: '' });
  const before = rig.ledger.operations();
  rig.reload();
  assert.deepEqual(rig.ledger.operations(), before);
});
