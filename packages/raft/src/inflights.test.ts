/** The window against a plain list, through any sequence of additions and acknowledgements. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Inflights } from './inflights.ts';
import { RaftInvariantError } from './invariant.ts';

test('RP: the window counts messages and bytes like a plain list, and is full at either limit', () => {
  const action = fc.oneof(
    fc.record({ add: fc.integer({ min: 0, max: 9 }) }),
    fc.record({ free: fc.integer({ min: 0, max: 40 }) }),
    fc.record({ clear: fc.constant(true) }),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 60 }),
      fc.array(action),
      (max, bytes, actions) => {
        const window = new Inflights(max, bytes);
        let list: { index: number; size: number }[] = [];
        let next = 1;
        const sum = (): number => list.reduce((total, { size }) => total + size, 0);
        for (const step of actions) {
          if ('add' in step) {
            if (window.isFull()) continue;
            window.add(next, step.add);
            list.push({ index: next++, size: step.add });
          } else if ('free' in step) {
            window.freeUpTo(step.free);
            list = list.filter(({ index }) => index > step.free);
          } else {
            window.clear();
            list = [];
          }
          assert.equal(window.count, list.length);
          assert.equal(window.bytes, sum());
          assert.equal(window.isFull(), list.length >= max || sum() >= bytes);
        }
      },
    ),
  );
});

test('RP: adding to a full window breaks an invariant', () => {
  const window = new Inflights(1, Number.POSITIVE_INFINITY);
  window.add(1, 1);
  assert.throws(() => window.add(2, 1), RaftInvariantError);
});
