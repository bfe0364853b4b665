import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { IntentDiff } from './intent-diff.ts';

const order = (clientKey: string, quantity: string) =>
  ({
    type: 'SubmitOrder',
    clientKey,
    strategyId: 's',
    symbol: 'X',
    side: 'buy',
    orderType: 'limit',
    timeInForce: 'day',
    quantity,
    price: '1',
  }) as const;

test('every intent is counted once: alike, otherwise, missing or extra, in whatever order the versions tell', () => {
  const intents = fc.uniqueArray(
    fc.record({
      key: fc.nat({ max: 50 }),
      active: fc.constantFrom('', '1', '2'),
      candidate: fc.constantFrom('', '1', '2'),
    }),
    { selector: ({ key }) => key, maxLength: 40 },
  );
  fc.assert(
    fc.property(intents, fc.func(fc.nat({ max: 500 })), (wanted, delay) => {
      const diff = new IntentDiff(3, 7);
      const told = wanted.flatMap(({ active, candidate, key }) => [
        { deployment: 3, key, quantity: active, atMs: delay(key, 3) },
        { deployment: 7, key, quantity: candidate, atMs: delay(key, 7) },
      ]);
      for (const { atMs, deployment, key, quantity } of told.toSorted((a, b) => a.atMs - b.atMs)) {
        if (quantity !== '') diff.take(deployment, order(`k${key}`, quantity), atMs);
      }
      const count = (isSo: (one: (typeof wanted)[number]) => boolean): number => wanted.filter(isSo).length;
      const { different, extra, missing, same } = diff.figures(10_000);
      assert.equal(
        same,
        count(({ active, candidate }) => active !== '' && active === candidate),
      );
      assert.equal(
        missing,
        count(({ active, candidate }) => active !== '' && candidate === ''),
      );
      assert.equal(
        extra,
        count(({ active, candidate }) => active === '' && candidate !== ''),
      );
      assert.equal(
        different,
        count(({ active, candidate }) => active !== '' && candidate !== '' && active !== candidate),
      );
    }),
  );
});

test('what only one version wants is no difference before the other has had time', () => {
  const diff = new IntentDiff(0, 1);
  diff.take(0, order('a', '1'), 0);
  assert.equal(diff.figures(900).missing, 0);
  diff.take(1, order('a', '1'), 950);
  diff.take(1, order('b', '1'), 950);
  const { examples, extra, same } = diff.figures(2_000);
  assert.deepEqual([same, extra], [1, 1]);
  assert.deepEqual(examples, [{ kind: 'extra', key: 'b', active: '', candidate: 'buy 1 X at 1 day' }]);
});
