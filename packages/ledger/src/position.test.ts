import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  averagePriceOf,
  bookInto,
  flatPosition,
  isReducing,
  type Position,
  realisedOf,
  worstCase,
} from './position.ts';

function after(...trades: readonly (readonly ['buy' | 'sell', number, number])[]): Position {
  const position = flatPosition();
  for (const [side, quantity, price] of trades) {
    bookInto(position, { side, quantity: BigInt(quantity), price: BigInt(price) });
  }
  return position;
}

test('what reduces a position realises against its average cost', () => {
  const position = after(['buy', 10, 100], ['buy', 10, 110], ['sell', 5, 120]);
  assert.equal(averagePriceOf(position), 105n);
  assert.equal(realisedOf(position), 75n);
  assert.deepEqual([position.net, position.bought, position.sold], [15n, 20n, 5n]);
});

test('a trade through flat realises all of the old side and opens the new one at its own price', () => {
  const position = after(['sell', 10, 100], ['buy', 14, 90]);
  assert.equal(realisedOf(position), 100n);
  assert.deepEqual([position.net, position.openCost, averagePriceOf(position)], [4n, 360n, 90n]);
});

test('a fill that is taken back leaves with its own cost, as if it had never been', () => {
  const position = after(['buy', 10, 100], ['buy', 10, 110], ['buy', -10, 110]);
  const never = after(['buy', 10, 100]);
  assert.deepEqual(position, never);
  assert.deepEqual(after(['sell', 3, 7], ['sell', -3, 7]), flatPosition());
});

test('realised plus open is the whole cost, to the last unit, whatever was traded and taken back', () => {
  const trade = fc.tuple(
    fc.constantFrom('buy' as const, 'sell' as const),
    fc.integer({ min: 1, max: 50 }),
    fc.nat({ max: 200 }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(trade, fc.boolean()), { maxLength: 40 }), (plan) => {
      const position = flatPosition();
      let [net, cost] = [0n, 0n];
      for (const [[side, size, at], isReversal] of plan) {
        const quantity = BigInt(isReversal ? -size : size);
        bookInto(position, { side, quantity, price: BigInt(at) });
        const signed = side === 'buy' ? quantity : -quantity;
        net += signed;
        cost += signed * BigInt(at);
        assert.equal(position.net, net);
        assert.equal(position.cost, cost);
        assert.equal(position.openCost - realisedOf(position), cost);
        if (net === 0n) assert.equal(position.openCost, 0n);
        else
          assert.ok(
            net > 0n === position.openCost >= 0n || position.openCost === 0n,
            'cost has the side of the position',
          );
      }
    }),
  );
});

test('the worst case counts everything open on one side; what it cannot take beyond flat reduces', () => {
  const position = { ...flatPosition(), net: 10n, reservedBuy: 3n, reservedSell: 4n };
  assert.deepEqual([worstCase(position, 'buy', 2n), worstCase(position, 'sell', 2n)], [15n, -4n]);
  assert.equal(isReducing(position, 'sell', 6n), true);
  assert.equal(isReducing(position, 'sell', 7n), false);
  assert.equal(isReducing(position, 'buy', 1n), false);
  assert.equal(isReducing(position, 'buy', 0n), true);
});
