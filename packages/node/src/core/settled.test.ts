import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@baton/host/testing';
import { whenSettled } from './settled.ts';

test('the scribe is started once, when the gates are open', () => {
  const clock = new VirtualClock();
  let isOpen = false;
  let count = 0;
  whenSettled(
    clock,
    () => isOpen,
    () => {
      count += 1;
    },
  );
  clock.advance(1000);
  assert.equal(count, 0);
  isOpen = true;
  clock.advance(100);
  assert.equal(count, 1);
  clock.advance(10_000);
  assert.equal(count, 1);
});

test('a venue that is away keeps the scribe waiting for five seconds at most', () => {
  const clock = new VirtualClock();
  let count = 0;
  whenSettled(
    clock,
    () => false,
    () => {
      count += 1;
    },
  );
  clock.advance(4900);
  assert.equal(count, 0);
  clock.advance(200);
  assert.equal(count, 1);
});
