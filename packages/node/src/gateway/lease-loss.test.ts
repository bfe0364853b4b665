import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@baton/host/testing';
import { LeaseLoss } from './lease-loss.ts';

function rig(): { clock: VirtualClock; loss: LeaseLoss; released: string[] } {
  const clock = new VirtualClock();
  const released: string[] = [];
  const release = (reason: string): void => void released.push(reason);
  const options = { clock, graceMs: 15, stallMs: 10, stalledGraceMs: 100, release };
  return { clock, released, loss: new LeaseLoss(options) };
}

test('lines are let go when the lease stays away, and not before', () => {
  const { clock, loss, released } = rig();
  loss.heard(true, 0);
  loss.heard(false, 0);
  clock.advance(14);
  assert.deepEqual(released, []);
  clock.advance(2);
  assert.deepEqual(released, ['lease-lost']);
});

test('a lease that comes back in time keeps the lines', () => {
  const { clock, loss, released } = rig();
  loss.heard(false, 0);
  clock.advance(10);
  loss.heard(true, 0);
  clock.advance(100);
  assert.deepEqual(released, []);
});

test('who has stopped lets nothing go', () => {
  const { clock, loss, released } = rig();
  loss.heard(false, 0);
  loss.stop();
  clock.advance(100);
  assert.deepEqual(released, []);
});

test('after a stall of its own a leader has longer to be confirmed anew', () => {
  const { clock, loss, released } = rig();
  loss.heard(false, 60_000);
  clock.advance(99);
  assert.deepEqual(released, []);
  clock.advance(2);
  assert.deepEqual(released, ['lease-lost']);
});

test('a grace that ends late, because this process stood still again, is given anew', () => {
  const { clock, loss, released } = rig();
  loss.heard(false, 0);
  clock.stall(60);
  clock.advance(0);
  assert.deepEqual(released, []);
  clock.advance(99);
  assert.deepEqual(released, []);
  clock.advance(2);
  assert.deepEqual(released, ['lease-lost']);
});
