/** Laws of the market: unique ids, sums that add up, what a ClOrdID may do, and the same market from the same seed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CounterFlow, REACH_STEPS } from './counter-flow.ts';
import { Market, type OrderRequest } from './market.ts';
import { type Execution, HOUSE } from './order.ts';

const INSTRUMENT = { symbol: 'ACME', priceScale: 2, quantityScale: 0, referencePrice: 10_000n };
const AT = { wallUs: 1_700_000_000_000_000, monotonicUs: 1_000 };

function newMarket(): Market {
  return new Market([INSTRUMENT], 'v');
}

function request(clOrdId: string, over: Partial<OrderRequest> = {}): OrderRequest {
  return {
    owner: 'A',
    account: 'acc',
    clOrdId,
    symbol: 'ACME',
    side: 'buy',
    orderType: 'limit',
    timeInForce: 'day',
    price: 10_000n,
    quantity: 10n,
    origin: null,
    ...over,
  };
}

const told = (executions: readonly Execution[]) =>
  executions.map(({ type, clOrdId, status, cumQuantity, leavesQuantity }) => [
    type,
    clOrdId,
    status,
    Number(cumQuantity),
    Number(leavesQuantity),
  ]);

test('an order is told as new, then each trade to both sides, with figures that add up', () => {
  const market = newMarket();
  assert.deepEqual(told(market.submit(request('s1', { owner: 'B', side: 'sell', quantity: 4n }), AT)), [
    ['new', 's1', 'new', 0, 4],
  ]);
  assert.deepEqual(told(market.submit(request('b1'), AT)), [
    ['new', 'b1', 'new', 0, 10],
    ['trade', 's1', 'filled', 4, 0],
    ['trade', 'b1', 'partially-filled', 4, 6],
  ]);
  market.positions.assertConserved();
});

test('a ClOrdID is accepted once per owner, whatever the first request was', () => {
  const market = newMarket();
  market.submit(request('x'), AT);
  const [again] = market.submit(request('x'), AT);
  assert.equal(again?.type, 'rejected');
  assert.equal(again?.rejectReason, 'duplicate-order');
  assert.equal(market.orders.find('A', 'x')?.status, 'new', 'the first order is untouched');
  market.cancel({ owner: 'A', clOrdId: 'c', origClOrdId: 'x' }, AT);
  assert.equal(market.submit(request('c'), AT)[0]?.rejectReason, 'duplicate-order');
  assert.equal(market.submit(request('x', { owner: 'B' }), AT)[0]?.type, 'new');
  const repeat = market.cancel({ owner: 'A', clOrdId: 'c', origClOrdId: 'x' }, AT);
  assert.equal(repeat.ok ? '' : repeat.reason, 'duplicate-cl-ord-id');
});

test('a cancel ends the order under the name of the request; a second cancel is too late; a stranger is unknown', () => {
  const market = newMarket();
  market.submit(request('x'), AT);
  const canceled = market.cancel({ owner: 'A', clOrdId: 'c1', origClOrdId: 'x' }, AT);
  assert.ok(canceled.ok);
  assert.deepEqual(told(canceled.executions), [['canceled', 'c1', 'canceled', 0, 0]]);
  const late = market.cancel({ owner: 'A', clOrdId: 'c2', origClOrdId: 'x' }, AT);
  assert.equal(late.ok ? '' : late.reason, 'too-late');
  const unknown = market.cancel({ owner: 'A', clOrdId: 'c3', origClOrdId: 'nobody' }, AT);
  assert.equal(unknown.ok ? '' : unknown.reason, 'unknown-order');
  const foreign = market.cancel({ owner: 'B', clOrdId: 'c4', origClOrdId: 'x' }, AT);
  assert.equal(foreign.ok ? '' : foreign.reason, 'unknown-order');
});

test('a replace renames the order; the old name still cancels it, but does not replace it again', () => {
  const market = newMarket();
  market.submit(request('x'), AT);
  const replaced = market.replace({ owner: 'A', clOrdId: 'y', origClOrdId: 'x', price: 9_990n, quantity: 7n }, AT);
  assert.ok(replaced.ok);
  assert.deepEqual(told(replaced.executions), [['replaced', 'y', 'new', 0, 7]]);
  const stale = market.replace({ owner: 'A', clOrdId: 'z', origClOrdId: 'x', price: null, quantity: 5n }, AT);
  assert.equal(stale.ok ? '' : stale.reason, 'stale-cl-ord-id');
  assert.ok(market.cancel({ owner: 'A', clOrdId: 'c', origClOrdId: 'x' }, AT).ok);
});

test('a replace to no more than what is filled ends the order as filled', () => {
  const market = newMarket();
  market.submit(request('x'), AT);
  market.submit(request('s', { owner: 'B', side: 'sell', quantity: 6n }), AT);
  const replaced = market.replace({ owner: 'A', clOrdId: 'y', origClOrdId: 'x', price: null, quantity: 4n }, AT);
  assert.ok(replaced.ok);
  assert.deepEqual(told(replaced.executions), [['replaced', 'y', 'filled', 6, 0]]);
  assert.equal(market.engine('ACME')?.book.size, 0);
});

test('orders the market cannot take are rejected with a reason and touch no book', () => {
  const market = newMarket();
  assert.equal(market.submit(request('a', { symbol: 'NOPE' }), AT)[0]?.rejectReason, 'unknown-symbol');
  assert.equal(market.submit(request('b', { quantity: 0n }), AT)[0]?.rejectReason, 'incorrect-quantity');
  assert.equal(market.submit(request('c', { price: -1n }), AT)[0]?.rejectReason, 'price-invalid');
  assert.equal(market.submit(request('d', { price: null }), AT)[0]?.rejectReason, 'price-invalid');
  assert.equal(market.engine('ACME')?.book.size, 0);
});

test('mass cancel ends every open order of one owner and of nobody else; end of day ends Day orders only', () => {
  const market = newMarket();
  market.submit(request('a1', { price: 9_000n }), AT);
  market.submit(request('a2', { price: 9_001n, timeInForce: 'gtc' }), AT);
  market.submit(request('b1', { owner: 'B', price: 9_002n }), AT);
  assert.deepEqual(told(market.expireDayOrders('A', AT)), [['expired', 'a1', 'expired', 0, 0]]);
  assert.deepEqual(told(market.massCancel('A', null, AT)), [['canceled', 'a2', 'canceled', 0, 0]]);
  assert.equal(market.orders.open('A').size, 0);
  assert.equal(market.orders.open('B').size, 1);
});

/** Runs a market with counter-flow and a session that quotes both sides; gives every execution. */
function run(seed: number, actions: number): { market: Market; executions: Execution[] } {
  const market = newMarket();
  const flow = new CounterFlow(market, seed);
  const executions: Execution[] = [];
  for (let n = 0; n < actions; n++) {
    executions.push(...flow.act({ wallUs: AT.wallUs + n, monotonicUs: n }));
    if (n % 5 !== 0) continue;
    const side = n % 10 === 0 ? ('buy' as const) : ('sell' as const);
    const price = side === 'buy' ? 9_998n : 10_002n;
    executions.push(...market.submit(request(`c${n}`, { side, price, quantity: 7n }), AT));
  }
  return { market, executions };
}

test('whatever the counter-flow does, ids are unique, fills add up and nothing is created', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const { market, executions } = run(seed, 400);
      assert.equal(new Set(executions.map(({ execId }) => execId)).size, executions.length);
      market.positions.assertConserved();
      for (const order of market.orders.history()) {
        const fills = market.fills().filter((fill) => fill.orderId === order.orderId);
        assert.equal(
          fills.reduce((sum, fill) => sum + fill.quantity, 0n),
          order.cumQuantity,
        );
        if (order.status === 'new' || order.status === 'partially-filled') {
          assert.equal(order.cumQuantity + order.leavesQuantity, order.quantity);
        }
      }
    }),
    { numRuns: 30 },
  );
});

test('the counter-flow fills orders of sessions partly and wholly, and the same seed gives the same market', () => {
  const { market, executions } = run(7, 3_000);
  const mine = market.orders.history();
  assert.ok(mine.some((order) => order.status === 'filled'));
  const partial = executions.filter(
    ({ type, status, order }) => type === 'trade' && status === 'partially-filled' && order.owner === 'A',
  );
  assert.ok(partial.length > 0, 'at least one order of the session fills partly');
  const again = run(7, 3_000).executions;
  assert.deepEqual(
    again.map(({ execId, type, clOrdId, last }) => [execId, type, clOrdId, last]),
    executions.map(({ execId, type, clOrdId, last }) => [execId, type, clOrdId, last]),
  );
  assert.notEqual(run(8, 3_000).executions.length, executions.length);
});

test('the counter-flow leaves orders beyond its reach alone and keeps a bounded number of its own', () => {
  const market = newMarket();
  const flow = new CounterFlow(market, 3);
  const step = INSTRUMENT.referencePrice / 5_000n;
  // Further than the reference may drift (5 %) and its reach together.
  const far = INSTRUMENT.referencePrice - INSTRUMENT.referencePrice / 20n - step * (REACH_STEPS + 1n);
  market.submit(request('far', { price: far }), AT);
  for (let n = 0; n < 3_000; n++) flow.act(AT);
  assert.equal(market.orders.find('A', 'far')?.cumQuantity, 0n);
  assert.ok(market.orders.open(HOUSE).size <= 50);
});
