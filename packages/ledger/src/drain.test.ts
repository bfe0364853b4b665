import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger } from './index.ts';
import { Rig } from './testing/rig.ts';

function draining(atDeadline: 'cancel' | 'leave', orders = 1): { readonly rig: Rig; readonly ids: string[] } {
  const rig = new Rig().open();
  const ids = Array.from({ length: orders }, () => rig.workingOrder());
  rig.apply({ type: 'StartDrain', timeoutMs: 30_000, atDeadline, reason: 'upgrade' });
  return { rig, ids };
}

function loggedOut(rig: Rig): void {
  rig.inbound('5', []);
  rig.disconnect();
}

/** Time in which the venue is heard. */
function pass(rig: Rig, ms: number): void {
  for (let left = ms; left > 0; left -= 1000) {
    rig.tick(Math.min(left, 1000));
    rig.inbound('0', []);
  }
}

const phaseOf = (rig: Rig): string | undefined => rig.ledger.operations().drain?.phase;

test('while a drain runs new orders are denied and cancels pass', () => {
  const { ids, rig } = draining('leave');
  const denied = rig.submit().result;
  assert.equal(denied.ok ? '' : denied.code, 'TRADING_STOPPED');
  const replaced = rig.replace(ids[0] as string, '5', '100').result;
  assert.equal(replaced.ok ? '' : replaced.code, 'TRADING_STOPPED');
  assert.equal(rig.cancel(ids[0] as string).result.ok, true);
});

test('a drain of a cluster without open orders logs out at once and waits for a checkpoint of the entry of rest', () => {
  const { rig } = draining('cancel', 0);
  assert.equal(phaseOf(rig), 'leaving');
  assert.match(rig.written().at(-1) ?? '', /^35=5 .*58=upgrade/);
  loggedOut(rig);
  const drain = rig.ledger.operations().drain;
  assert.equal(drain?.phase, 'checkpoint');
  assert.ok((drain?.finalIndex ?? 0) > 0);
  const early = rig.apply({ type: 'CheckpointNoted', index: (drain?.finalIndex ?? 0) - 1 }).result;
  assert.equal(early.ok ? '' : early.code, 'NO_DRAIN');
  rig.apply({ type: 'CheckpointNoted', index: rig.index });
  assert.equal(phaseOf(rig), 'done');
});

test('an order that ends before the deadline ends the waiting', () => {
  const { ids, rig } = draining('cancel');
  assert.equal(phaseOf(rig), 'waiting');
  rig.fill(ids[0] as string, 10);
  assert.equal(phaseOf(rig), 'leaving');
});

test('at the deadline orders are cancelled when the drain says so, and the sessions stay until they are', () => {
  const { ids, rig } = draining('cancel', 2);
  assert.equal(rig.ledger.nextDeadlineUs() !== undefined, true);
  pass(rig, 29_000);
  assert.equal(phaseOf(rig), 'waiting');
  pass(rig, 1_100);
  assert.equal(phaseOf(rig), 'canceling');
  for (const id of ids) {
    const pending = rig.pendingOf(id) as string;
    rig.report({ 11: pending, 41: id, 37: `V-${id}`, 150: '4', 39: '4', 14: '0', 151: '0' });
  }
  assert.equal(phaseOf(rig), 'leaving');
  assert.equal(rig.ledger.operations().drain?.left, 0);
});

test('cancels that are not answered leave the orders open, with an alarm', () => {
  const { rig } = draining('cancel');
  pass(rig, 31_000);
  pass(rig, 11_000);
  assert.notEqual(phaseOf(rig), 'canceling');
  assert.equal(rig.ledger.operations().drain?.left, 1);
  assert.ok(rig.alarms().includes('DRAIN_ORDERS_LEFT'));
});

test('at the deadline orders are left at the venue when the drain says so', () => {
  const { rig } = draining('leave');
  pass(rig, 31_000);
  assert.equal(phaseOf(rig), 'leaving');
  assert.equal(
    rig.written().some((text) => text.startsWith('35=F')),
    false,
  );
});

test('a drain goes on at the next leader, and a line that comes up meanwhile is logged out', () => {
  const { rig } = draining('leave', 0);
  rig.takeover(2);
  assert.equal(phaseOf(rig), 'checkpoint');
  const other = draining('leave', 1).rig;
  other.takeover(2);
  other.connect();
  other.logon();
  assert.equal(phaseOf(other), 'waiting');
  pass(other, 31_000);
  assert.equal(phaseOf(other), 'leaving');
  assert.match(other.written().at(-1) ?? '', /^35=5 /);
});

test('a second request for a drain gives open orders no more time', () => {
  const { rig } = draining('cancel');
  const before = rig.ledger.operations().drain?.deadlineUs;
  rig.tick(10_000);
  rig.apply({ type: 'StartDrain', timeoutMs: 30_000, atDeadline: 'cancel', reason: 'again' });
  assert.equal(rig.ledger.operations().drain?.deadlineUs, before);
});

test('start-trading interrupts a drain at any phase: orders are accepted again', () => {
  const { rig } = draining('cancel');
  rig.apply({ type: 'StartTrading', reason: 'not today' });
  assert.equal(rig.ledger.operations().drain, null);
  rig.order();
});

test('a drain is the same after a restore', () => {
  const { rig } = draining('cancel');
  rig.apply({ type: 'ActivateVersion', version: 2, reason: '' });
  rig.reload();
  assert.equal(phaseOf(rig), 'waiting');
  assert.deepEqual(Ledger.restore(rig.ledger.snapshot()).operations(), rig.ledger.operations());
});

test('from version 2 of the log on the state hash tells a drain from none', () => {
  const hashes = (version: number): string[] =>
    ['StopTrading', 'StartTrading'].map((type) => {
      const rig = new Rig().open();
      if (version > 1) rig.apply({ type: 'ActivateVersion', version, reason: '' });
      rig.apply({ type: type as 'StopTrading', reason: '' });
      return rig.ledger.hash();
    });
  const [stopped, started] = hashes(2);
  assert.notEqual(stopped, started);
});

test('a version that this build does not know ends the process, with an error that says what to do', () => {
  const rig = new Rig().open();
  assert.throws(() => rig.apply({ type: 'ActivateVersion', version: 99, reason: '' }), {
    code: 'BATON_LEDGER_VERSION',
    message: /version 99 .*this build knows 2 at most; start this node with/,
  });
});
