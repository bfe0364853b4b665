import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CLOSED_MAX, EVENTS_MAX, FILLS_MAX, leaderOf, leadershipOf, Model, standing } from './model.js';
import type { FeedMessage, Fill, Member, NodeFacts, Order } from './shapes.d.ts';

const order = (clOrdId: string, state: string, createdIndex = 1): Order => ({
  clOrdId,
  clientKey: '',
  strategyId: '',
  venue: 'SIM',
  symbol: 'X',
  side: 'buy',
  orderType: 'limit',
  quantity: '1',
  price: '2',
  cumQuantity: '0',
  leavesQuantity: '1',
  state,
  reason: '',
  createdIndex,
  createdTimeUs: 0,
});

const orderUpdate = (index: number, of: Order): FeedMessage => ({
  type: 'order',
  event: 'OrderChanged',
  index,
  n: 0,
  order: of,
});
const fillUpdate = (index: number): FeedMessage => ({
  type: 'fill',
  event: 'FillApplied',
  index,
  n: 0,
  timestamp: index,
  venue: 'SIM',
  execId: `e${index}`,
});
const member = (node: string, id: number): Member => ({
  node,
  id,
  api: `127.0.0.1:${id}`,
  role: 'voter',
  isLeader: false,
  linkUp: true,
  lagEntries: -1,
});
const facts = (node: string, role: string, term: number): NodeFacts => ({
  node,
  role,
  term,
  leader: '',
  commitIndex: 1,
  lastIndex: 1,
  gate: [],
});

test('lists and feed together say the same as the feed alone, wherever the list was read', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('Working', 'Filled', 'Canceled')), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(steps, fc.nat(30), (plan, at) => {
      const updates = plan.map(([id, state], i) => orderUpdate(i + 1, order(id, state)));
      const whole = new Model();
      for (const update of updates) whole.takeUpdate(update);
      const read = new Model();
      for (const update of updates.slice(0, at)) read.takeUpdate(update);
      const list = [...read.closedOrders.toReversed(), ...read.openOrders.values()];
      const both = new Model();
      both.takeOrders(list, Math.min(at, updates.length));
      for (const update of updates) both.takeUpdate(update);
      assert.deepEqual(both.openOrders, whole.openOrders);
      assert.deepEqual(both.closedOrders, whole.closedOrders);
    }),
  );
});

test('an order is open or closed, never both, and what is kept is bounded', () => {
  const model = new Model();
  for (let index = 1; index <= 500; index += 1) {
    model.takeUpdate(orderUpdate(index, order(`o${index}`, 'Filled')));
    model.takeUpdate(fillUpdate(index));
    model.takeUpdate({ type: 'alarm', event: 'Alarm', index, n: 1, code: 'X', text: 'y' });
  }
  model.takeUpdate(orderUpdate(501, order('o500', 'Working')));
  assert.deepEqual(
    [model.closedOrders.length, model.fills.length, model.events.length],
    [CLOSED_MAX - 1, FILLS_MAX, EVENTS_MAX],
  );
  assert.deepEqual([...model.openOrders.keys()], ['o500']);
  assert.equal(model.index, 501);
});

test('a fill that the list has is not told twice, and one that was taken back says so', () => {
  const model = new Model();
  model.takeFills([{ venue: 'SIM', execId: 'e3', index: 3, busted: false } as unknown as Fill], 3);
  model.takeUpdate(fillUpdate(3));
  model.takeUpdate(fillUpdate(4));
  model.takeUpdate({ type: 'fill', event: 'FillBusted', index: 5, venue: 'SIM', execId: 'e3' });
  assert.deepEqual(
    model.fills.map(({ busted, execId }) => `${execId} ${busted}`),
    ['e4 false', 'e3 true'],
  );
});

test('an event that is told again, by the log and by the feed, is shown once', () => {
  const model = new Model();
  const gate: FeedMessage = { type: 'gate', event: 'GateOpened', index: 9, n: 2, timestamp: 5, venue: 'SIM', term: 3 };
  model.takeUpdate(gate);
  model.takeUpdate(gate);
  assert.deepEqual(model.events, [
    { index: 9, n: 2, timeUs: 5, type: 'gate', event: 'GateOpened', text: 'venue SIM, term 3' },
  ]);
});

test('the leader is the one of the highest term that is heard; a silent one leads nobody', () => {
  const model = new Model();
  model.takeMembers([member('n1', 1), member('n2', 2)]);
  model.takeFacts('n1', facts('n1', 'leader', 3), 1000);
  assert.equal(leaderOf(model.nodes, 1000)?.name, 'n1');
  model.takeFacts('n2', facts('n2', 'leader', 4), 1100);
  assert.equal(leaderOf(model.nodes, 1100)?.name, 'n2');
  model.lineDown('n2');
  assert.equal(leaderOf(model.nodes, 1200)?.name, 'n1');
  assert.equal(leaderOf(model.nodes, 60_000), undefined);
  const silent = model.nodes.get('n1');
  assert.ok(silent !== undefined);
  assert.equal(standing(silent, 60_000).word, 'silent');
});

test('a node that is no member any more is not shown, and one that comes is', () => {
  const model = new Model();
  model.takeMembers([member('n1', 1), member('n2', 2)]);
  model.takeFacts('n1', facts('n1', 'leader', 3), 1000);
  model.takeMembers([member('n1', 1), member('n4', 4)]);
  assert.deepEqual([...model.nodes.keys()], ['n1', 'n4']);
  assert.equal(model.nodes.get('n1')?.facts?.term, 3);
});

test('an update without sense changes nothing and breaks nothing', () => {
  const model = new Model();
  fc.assert(
    fc.property(
      fc.record({ type: fc.constantFrom('order', 'fill', 'gate', '__proto__', 'x') }),
      fc.object(),
      (head, rest) => {
        model.takeUpdate({ index: 1, ...rest, ...head } as FeedMessage);
        assert.ok(model.openOrders.size === 0);
      },
    ),
  );
});

test('while no leader is heard, who leads is the word of the node that the page reads from, and said to be that', () => {
  const model = new Model();
  model.takeMembers([member('n1', 1), member('n2', 2)]);
  model.takeFacts('n1', { ...facts('n1', 'follower', 3), leader: 'n2' }, 1000);
  assert.deepEqual(leadershipOf(model.nodes, 'n1', 1000), { name: 'n2', term: 3, api: '127.0.0.1:2', teller: 'n1' });
  assert.equal(leadershipOf(model.nodes, 'n1', 60_000).name, '');
  model.takeFacts('n2', facts('n2', 'leader', 3), 1100);
  assert.equal(leadershipOf(model.nodes, 'n1', 1100).teller, 'n2');
});
