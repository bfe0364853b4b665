import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@baton/host/testing';
import { LeaseLoss } from './lease-loss.ts';

function rig(): { clock: VirtualClock; loss: LeaseLoss; released: string[] } {
  const clock = new VirtualClock();
  const released: string[] = [];
  return { clock, released, loss: new LeaseLoss({ clock, graceMs: 15, release: (reason) => released.push(reason) }) };
}

test('lines are let go when the lease stays away, and not before', () => {
  const { clock, loss, released } = rig();
  loss.heard(true);
  loss.heard(false);
  clock.advance(14);
  assert.deepEqual(released, []);
  clock.advance(2);
  assert.deepEqual(released, ['lease-lost']);
});

test('a lease that comes back in time keeps the lines', () => {
  const { clock, loss, released } = rig();
  loss.heard(false);
  clock.advance(10);
  loss.heard(true);
  clock.advance(100);
  assert.deepEqual(released, []);
});

test('who has stopped lets nothing go', () => {
  const { clock, loss, released } = rig();
  loss.heard(false);
  loss.stop();
  clock.advance(100);
  assert.deepEqual(released, []);
});
