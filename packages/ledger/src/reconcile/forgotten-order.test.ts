/** Executions of orders that are found nowhere: older than the log, and than what is remembered of closed ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger } from '../ledger.ts';
import { Rig } from '../testing/rig.ts';

const LATE = { 11: 'TEST-1-A', 37: 'o1', 17: 'late-1', 150: 'F', 32: '2', 31: '100' };

function net(rig: Rig): string {
  return rig.ledger.positions()[0]?.netQuantity ?? '0';
}

test('a late fill of a forgotten order moves the position once, under its own identity, and reserves nothing', () => {
  for (const told of [
    { 39: '2', 38: '8', 14: '8', 151: '0' },
    { 39: '4', 38: '8', 14: '5', 151: '0' },
    { 39: '1', 14: '5', 151: '0' },
    { 39: '1' },
  ]) {
    const rig = new Rig().open();
    rig.report({ ...LATE, ...told });
    assert.equal(net(rig), '2');
    assert.deepEqual(rig.ledger.orders({ open: true }), [], JSON.stringify(told));
    assert.equal(rig.ledger.fills()[0]?.execId, 'late-1');
    assert.equal(rig.ledger.fills()[0]?.strategyId, '', "nobody's of ours");
    rig.ledger = Ledger.restore(rig.ledger.snapshot());
    rig.report({ ...LATE, ...told });
    assert.equal(net(rig), '2', 'told again, also after a restore');
    assert.deepEqual(rig.ledger.violations(), []);
  }
});

test('a fill of a stranger that works on is reserved for what is left', () => {
  const rig = new Rig().open();
  rig.report({ ...LATE, 39: '1', 38: '8', 14: '5', 151: '3' });
  const [open] = rig.ledger.orders({ open: true });
  assert.deepEqual([open?.cumQuantity, open?.leavesQuantity, open?.external], ['5', '3', true]);
  rig.report({ ...LATE, 17: 'late-2', 32: '3', 39: '2', 38: '8', 14: '8', 151: '0' });
  assert.equal(net(rig), '5');
  assert.deepEqual(rig.ledger.orders({ open: true }), []);
});
