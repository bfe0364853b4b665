/** Laws of price-time priority, and the engine against its naive twin. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type IncomingOrder, MatchingEngine, type MatchOutcome, type ReplaceOutcome } from './matching-engine.ts';
import type { Side } from './side.ts';
import { NaiveEngine } from './testing/naive-engine.ts';

type Step =
  | { readonly do: 'submit'; readonly order: Omit<IncomingOrder, 'orderId'> }
  | { readonly do: 'cancel'; readonly nth: number }
  | { readonly do: 'replace'; readonly nth: number; readonly price: bigint; readonly leaves: bigint };

const side = fc.constantFrom<Side>('buy', 'sell');
const price = fc.bigInt({ min: 95n, max: 105n });
const quantity = fc.bigInt({ min: 1n, max: 20n });
const limitOrder = fc.record({
  side,
  orderType: fc.constant('limit' as const),
  timeInForce: fc.constantFrom('day', 'day', 'gtc', 'ioc', 'fok') as fc.Arbitrary<'day' | 'gtc' | 'ioc' | 'fok'>,
  price: price as fc.Arbitrary<bigint | null>,
  quantity,
});
const marketOrder = fc.record({
  side,
  orderType: fc.constant('market' as const),
  timeInForce: fc.constantFrom('day', 'ioc', 'fok') as fc.Arbitrary<'day' | 'ioc' | 'fok'>,
  price: fc.constant(null),
  quantity,
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: limitOrder.map((order) => ({ do: 'submit' as const, order })) },
  { weight: 1, arbitrary: marketOrder.map((order) => ({ do: 'submit' as const, order })) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), nth: fc.nat(60) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('replace' as const), nth: fc.nat(60), price, leaves: quantity }),
  },
);

function withoutPriority({ matches, resting: open, canceled }: ReplaceOutcome): MatchOutcome {
  return { matches, resting: open, canceled };
}

function bookOf(engine: MatchingEngine, ofSide: Side) {
  return [...engine.book.orders(ofSide)].map(({ orderId, price, leaves }) => ({ orderId, price, leaves }));
}

test('the engine and its naive twin agree on every trade, refusal and resting order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const engine = new MatchingEngine();
      const twin = new NaiveEngine();
      steps.forEach((action, n) => {
        if (action.do === 'submit') {
          const order = { ...action.order, orderId: `o${n}` };
          assert.deepEqual(engine.submit(order), twin.submit(order));
        } else if (action.do === 'cancel') {
          assert.equal(engine.cancel(`o${action.nth}`), twin.cancel(`o${action.nth}`));
        } else {
          const replaced = engine.replace(`o${action.nth}`, action.price, action.leaves);
          const expected = twin.replace(`o${action.nth}`, action.price, action.leaves);
          assert.deepEqual(replaced === null ? null : withoutPriority(replaced), expected);
        }
        assert.deepEqual(bookOf(engine, 'buy'), twin.orders('buy'));
        assert.deepEqual(bookOf(engine, 'sell'), twin.orders('sell'));
      });
    }),
    { numRuns: 300 },
  );
});

test('a book is never crossed, its depth is the sum of its orders, and quantity is neither made nor lost', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const engine = new MatchingEngine();
      steps.forEach((action, n) => {
        if (action.do === 'cancel') engine.cancel(`o${action.nth}`);
        else if (action.do === 'replace') engine.replace(`o${action.nth}`, action.price, action.leaves);
        else {
          const outcome = engine.submit({ ...action.order, orderId: `o${n}` });
          const traded = outcome.matches.reduce((sum, match) => sum + match.quantity, 0n);
          assert.equal(traded + outcome.resting + (outcome.canceled?.quantity ?? 0n), action.order.quantity);
        }
        const bid = engine.book.best('buy')?.price;
        const ask = engine.book.best('sell')?.price;
        assert.ok(bid === undefined || ask === undefined || bid < ask, `crossed: ${bid} / ${ask}`);
        for (const eachSide of ['buy', 'sell'] as const) {
          const levels = engine.book.depth(eachSide, 1_000);
          const orders = bookOf(engine, eachSide);
          assert.equal(
            levels.reduce((sum, level) => sum + level.quantity, 0n),
            orders.reduce((sum, order) => sum + order.leaves, 0n),
          );
          assert.equal(
            levels.reduce((sum, level) => sum + level.orderCount, 0),
            orders.length,
          );
        }
      });
    }),
    { numRuns: 200 },
  );
});

const resting = (orderId: string, ofSide: Side, at: bigint, open: bigint): IncomingOrder => {
  return { orderId, side: ofSide, orderType: 'limit', timeInForce: 'day', price: at, quantity: open };
};

test('the better price trades first, and at one price the earlier order; the maker sets the price', () => {
  const engine = new MatchingEngine();
  engine.submit(resting('early', 'sell', 101n, 5n));
  engine.submit(resting('late', 'sell', 101n, 5n));
  engine.submit(resting('better', 'sell', 100n, 5n));
  const { matches } = engine.submit(resting('taker', 'buy', 105n, 12n));
  assert.deepEqual(matches, [
    { makerOrderId: 'better', price: 100n, quantity: 5n, makerLeaves: 0n },
    { makerOrderId: 'early', price: 101n, quantity: 5n, makerLeaves: 0n },
    { makerOrderId: 'late', price: 101n, quantity: 2n, makerLeaves: 3n },
  ]);
  assert.equal(engine.lastPrice, 101n);
});

test('a replace keeps its place in the queue only when it makes the order smaller at the same price', () => {
  const cases = [
    { price: 101n, leaves: 3n, first: 'a', kept: true },
    { price: 101n, leaves: 5n, first: 'a', kept: true },
    { price: 101n, leaves: 6n, first: 'b', kept: false },
    { price: 102n, leaves: 5n, first: 'b', kept: false },
    { price: 100n, leaves: 5n, first: 'a', kept: false },
  ];
  for (const { price: at, leaves, first, kept } of cases) {
    const engine = new MatchingEngine();
    engine.submit(resting('a', 'sell', 101n, 5n));
    engine.submit(resting('b', 'sell', 101n, 5n));
    assert.equal(engine.replace('a', at, leaves)?.priorityKept, kept);
    assert.equal(engine.submit(resting('taker', 'buy', 105n, 1n)).matches[0]?.makerOrderId, first, `${at} ${leaves}`);
  }
});

test('a replace that crosses the book trades at once', () => {
  const engine = new MatchingEngine();
  engine.submit(resting('bid', 'buy', 99n, 5n));
  engine.submit(resting('offer', 'sell', 101n, 3n));
  const outcome = engine.replace('bid', 101n, 5n);
  assert.deepEqual(outcome?.matches, [{ makerOrderId: 'offer', price: 101n, quantity: 3n, makerLeaves: 0n }]);
  assert.equal(outcome?.resting, 2n);
});

test('fill-or-kill trades whole or not at all; immediate-or-cancel and market orders never rest', () => {
  const engine = new MatchingEngine();
  engine.submit(resting('offer', 'sell', 101n, 3n));
  const order = { side: 'buy', orderType: 'limit', price: 101n } as const;
  const killed = engine.submit({ ...order, orderId: 'fok4', timeInForce: 'fok', quantity: 4n });
  assert.deepEqual(killed, { matches: [], resting: 0n, canceled: { quantity: 4n, reason: 'fill-or-kill' } });
  const filled = engine.submit({ ...order, orderId: 'fok1', timeInForce: 'fok', quantity: 1n });
  assert.equal(filled.matches.length, 1);
  const ioc = engine.submit({ ...order, orderId: 'ioc', timeInForce: 'ioc', quantity: 4n });
  assert.deepEqual(ioc.canceled, { quantity: 2n, reason: 'immediate-or-cancel' });
  const market = engine.submit({
    ...order,
    orderId: 'm',
    orderType: 'market',
    timeInForce: 'day',
    price: null,
    quantity: 4n,
  });
  assert.deepEqual(market.canceled, { quantity: 4n, reason: 'market-no-liquidity' });
  assert.equal(engine.book.size, 0);
});
