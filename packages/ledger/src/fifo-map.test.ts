import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FifoMap } from './fifo-map.ts';

test('it remembers the last keys added, in their order, and forgets the oldest first', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.nat({ max: 40 }), (sizeMax, count) => {
      const map = new FifoMap<number>(sizeMax);
      for (let n = 0; n < count; n += 1) {
        const forgotten = map.add(`k${n}`, n);
        assert.equal(forgotten, n < sizeMax ? undefined : n - sizeMax);
      }
      const expected = Array.from({ length: count }, (_, n) => [`k${n}`, n]).slice(-sizeMax);
      assert.deepEqual([...map.entries()], expected);
      assert.equal(map.size, expected.length);
      assert.equal(map.has(`k${count - sizeMax - 1}`), false);
    }),
  );
});

test('a key is added once, and a bound is a whole number above 0', () => {
  const map = new FifoMap<number>(2);
  map.add('a', 1);
  assert.throws(() => map.add('a', 2), /key added twice/);
  assert.throws(() => new FifoMap(0), RangeError);
});
