import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Applied, Configuration, DenialCode } from './index.ts';
import { acceptedId, Rig } from './testing/rig.ts';
import { configuration } from './testing/some-configuration.ts';

function denial(applied: Applied): DenialCode | undefined {
  return applied.result.ok ? undefined : applied.result.code;
}

const limits = (changes: Partial<Configuration['limits']>): Partial<Configuration> => ({
  limits: { ...configuration().limits, ...changes },
});

test('§3.8: a ClOrdID is made from cluster, incarnation and index, and never twice', () => {
  const rig = new Rig().open({ clusterId: 'Desk-07', incarnation: 40 });
  assert.equal(rig.order(), 'DESK-14-5');
  assert.equal(rig.order(), 'DESK-14-6');
});

test('a new order goes out with the fields of FIX 4.4, decimals as shortest text and TransactTime of its entry', () => {
  const rig = new Rig().open();
  rig.submit({ quantity: '1.50', price: '100.10', timeInForce: 'ioc', side: 'sell' });
  assert.equal(
    rig.written().at(-1),
    '35=D 34=2 11=TEST-1-5 1=ACC1 55=BTC-USD 54=2 60=20260105-12:00:00.000 38=1.5 40=2 44=100.1 59=3',
  );
});

test('a repeat of a request gets the first answer and changes nothing', () => {
  const rig = new Rig().open();
  const first = rig.submit({ clientKey: 'x' });
  const again = rig.submit({ clientKey: 'x' });
  assert.equal(acceptedId(again), acceptedId(first));
  assert.equal(again.result.duplicate, true);
  assert.deepEqual([again.events, again.effects], [[], []]);
  assert.equal(rig.ledger.orders().length, 1);
});

test('a denied request stays denied when it is repeated, although it might pass now', () => {
  const rig = new Rig().open();
  rig.apply({ type: 'SetKillSwitch', on: true, reason: 'test' });
  assert.equal(denial(rig.submit({ clientKey: 'x' })), 'KILL_SWITCH');
  rig.apply({ type: 'SetKillSwitch', on: false, reason: '' });
  assert.equal(denial(rig.submit({ clientKey: 'x' })), 'KILL_SWITCH');
});

test('another request under a used clientKey is refused; another strategy has keys of its own', () => {
  const rig = new Rig().open();
  rig.order({ clientKey: 'x' });
  assert.equal(denial(rig.submit({ clientKey: 'x', quantity: '11' })), 'CLIENT_KEY_REUSED');
  assert.equal(denial(rig.submit({ clientKey: 'x', strategyId: 's2' })), undefined);
});

test('quantities and prices must fit the scale of the instrument exactly', () => {
  const rig = new Rig().open();
  for (const quantity of ['', '0', '-1', '1e3', '1.0001', ' 1', '+1']) {
    assert.equal(denial(rig.submit({ quantity })), 'BAD_QUANTITY', quantity);
  }
  for (const price of ['', '0', '-1', '1.001']) assert.equal(denial(rig.submit({ price })), 'BAD_PRICE', price);
  assert.equal(denial(rig.submit({ orderType: 'market', price: '5' })), 'BAD_PRICE');
  assert.equal(denial(rig.submit({ orderType: 'market', price: '' })), undefined);
  assert.equal(denial(rig.submit({ symbol: 'NONE' })), 'UNKNOWN_INSTRUMENT');
});

test('limits of quantity, notional and open orders bind at the limit, not before', () => {
  const rig = new Rig().open(limits({ orderQuantityMax: '10', orderNotionalMax: '1000.00', openOrdersMax: 2 }));
  assert.equal(denial(rig.submit({ quantity: '10.001', price: '1' })), 'ORDER_QUANTITY_LIMIT');
  assert.equal(denial(rig.submit({ quantity: '10', price: '100.01' })), 'ORDER_NOTIONAL_LIMIT');
  assert.equal(denial(rig.submit({ quantity: '10', price: '100' })), undefined);
  assert.equal(denial(rig.submit()), undefined);
  assert.equal(denial(rig.submit()), 'OPEN_ORDERS_LIMIT');
});

test('I9: the position limit counts everything that may still fill: held, sent, working and in doubt', () => {
  const rig = new Rig().open(limits({ positionMax: '25' }));
  const filled = rig.workingOrder();
  rig.fill(filled, 10);
  rig.order({ quantity: '10' });
  assert.equal(denial(rig.submit({ quantity: '5.001' })), 'POSITION_LIMIT');
  rig.disconnect();
  assert.equal(denial(rig.submit({ quantity: '5.001' })), 'POSITION_LIMIT');
  assert.equal(denial(rig.submit({ quantity: '5' })), undefined);
  assert.equal(denial(rig.submit({ quantity: '0.001' })), 'POSITION_LIMIT');
  // Sells are judged by the other end: nothing bought is certain to stay.
  assert.equal(denial(rig.submit({ side: 'sell', quantity: '35' })), undefined);
  assert.equal(denial(rig.submit({ side: 'sell', quantity: '0.001' })), 'POSITION_LIMIT');
});

test('a replace is judged by what it adds to the worst case, and reserves it while it is pending', () => {
  const rig = new Rig().open(limits({ positionMax: '20' }));
  const clOrdId = rig.workingOrder();
  assert.equal(denial(rig.replace(clOrdId, '20.001', '100')), 'POSITION_LIMIT');
  assert.equal(denial(rig.replace(clOrdId, '20', '100')), undefined);
  assert.equal(denial(rig.submit({ quantity: '0.001' })), 'POSITION_LIMIT');
  assert.deepEqual(rig.ledger.violations(), []);
});

test('the kill switch denies new orders and replaces, and lets cancels pass', () => {
  const rig = new Rig().open();
  const clOrdId = rig.workingOrder();
  rig.apply({ type: 'SetKillSwitch', on: true, reason: 'test' });
  assert.equal(denial(rig.submit()), 'KILL_SWITCH');
  assert.equal(denial(rig.replace(clOrdId, '5', '100')), 'KILL_SWITCH');
  assert.equal(denial(rig.cancel(clOrdId)), undefined);
  assert.equal(rig.view(clOrdId).state, 'PendingCancel');
});

test('a denied order is told as an event, and kept nowhere', () => {
  const rig = new Rig().open(limits({ orderQuantityMax: '1' }));
  const { events } = rig.submit();
  assert.equal(events[0]?.type === 'OrderChanged' && events[0].order.state, 'Denied');
  assert.equal(rig.ledger.orders().length, 0);
});

test('a chain of replaces names the last accepted id as OrigClOrdID; every id of the chain finds the order', () => {
  const rig = new Rig().open();
  const root = rig.workingOrder();
  const second = acceptedId(rig.replace(root, '12', '101'));
  rig.report({ 11: second, 41: root, 37: 'V1', 150: '5', 39: '0', 38: '12', 44: '101', 14: '0', 151: '12' });
  const third = acceptedId(rig.replace(root, '15', '102'));
  assert.match(rig.written().at(-1) ?? '', new RegExp(`^35=G 34=4 41=${second} 37=V1 11=${third} .* 38=15 .* 44=102 `));
  rig.report({ 11: third, 41: second, 37: 'V1', 150: '5', 39: '0', 38: '15', 44: '102', 14: '0', 151: '15' });
  for (const clOrdId of [root, second, third]) assert.equal(rig.view(clOrdId).clOrdId, third);
  assert.equal(rig.view(root).quantity, '15');
  assert.equal(rig.view(root).price, '102');
});

test('one change at a time: a second waits for the answer of the first', () => {
  const rig = new Rig().open();
  const clOrdId = rig.workingOrder();
  rig.cancel(clOrdId);
  assert.equal(denial(rig.cancel(clOrdId)), 'CHANGE_PENDING');
  assert.equal(denial(rig.replace(clOrdId, '5', '100')), 'CHANGE_PENDING');
});

test('a cancel asked for while a replace is pending follows the answer of the replace, whichever it is', () => {
  for (const accepted of [true, false]) {
    const rig = new Rig().open();
    const root = rig.workingOrder();
    const replace = acceptedId(rig.replace(root, '12', '100'));
    const cancel = acceptedId(rig.cancel(root));
    assert.ok(!rig.written().some((message) => message.startsWith('35=F')));
    if (accepted) rig.report({ 11: replace, 41: root, 150: '5', 39: '0', 38: '12', 44: '100', 14: '0', 151: '12' });
    else {
      rig.inbound('9', [
        [11, replace],
        [41, root],
        [39, '0'],
        [102, 0],
        [434, 2],
      ]);
    }
    const orig = accepted ? replace : root;
    assert.match(rig.written().at(-1) ?? '', new RegExp(`^35=F 34=4 41=${orig} .*11=${cancel} `));
    assert.equal(rig.view(root).state, 'PendingCancel');
  }
});

test('cancels of unknown and of closed orders are refused', () => {
  const rig = new Rig().open();
  assert.equal(denial(rig.cancel('NOPE')), 'UNKNOWN_ORDER');
  const clOrdId = rig.workingOrder();
  rig.fill(clOrdId, 10);
  assert.equal(denial(rig.cancel(clOrdId)), 'ORDER_CLOSED');
  assert.equal(denial(rig.replace(clOrdId, '20', '100')), 'ORDER_CLOSED');
});

test('a replace must leave something open', () => {
  const rig = new Rig().open();
  const clOrdId = rig.workingOrder();
  rig.fill(clOrdId, 4);
  assert.equal(denial(rig.replace(clOrdId, '4', '100')), 'BAD_QUANTITY');
  assert.equal(denial(rig.replace(clOrdId, '4.001', '100')), undefined);
});

test('a mass cancel asks for every working order, of one strategy or of all, each with an id of its own', () => {
  const rig = new Rig().open();
  for (const strategyId of ['s1', 's2', 's1']) rig.workingOrder({ strategyId });
  rig.apply({ type: 'MassCancel', clientKey: 'm1', strategyId: 's1' });
  assert.equal(rig.ledger.orders().filter((order) => order.state === 'PendingCancel').length, 2);
  rig.apply({ type: 'MassCancel', clientKey: 'm2', strategyId: '' });
  assert.equal(rig.ledger.orders().filter((order) => order.state === 'PendingCancel').length, 3);
  const ids = rig
    .written()
    .filter((message) => message.startsWith('35=F'))
    .map((message) => /\b11=(\S+)/.exec(message)?.[1]);
  assert.equal(new Set(ids).size, 3);
});

test('an order is held while no session is open; canceled meanwhile, it is voided and never sent', () => {
  const rig = new Rig().open();
  rig.disconnect();
  const kept = rig.order();
  const dropped = rig.order();
  assert.equal(rig.view(kept).state, 'Held');
  rig.cancel(dropped);
  assert.deepEqual([rig.view(dropped).state, rig.view(dropped).reason], ['Voided', 'CANCELED_BEFORE_SENT']);
  rig.connect();
  rig.logon();
  assert.equal(rig.view(kept).state, 'Sent');
  assert.equal(rig.written().filter((message) => message.startsWith('35=D')).length, 1);
});

test('held messages leave in the order in which they were asked for; aged orders and replaces end unsent, cancels go', () => {
  const rig = new Rig().open();
  const working = rig.workingOrder();
  const other = rig.workingOrder();
  rig.disconnect();
  const aged = rig.order();
  rig.replace(other, '5', '100');
  rig.cancel(working);
  rig.timeUs += 1_000_000;
  const young = rig.order();
  rig.connect();
  rig.logon();
  assert.deepEqual([rig.view(aged).state, rig.view(aged).reason], ['Voided', 'HELD_TOO_LONG']);
  assert.equal(rig.view(other).state, 'Working');
  assert.deepEqual(
    rig
      .written()
      .slice(-2)
      .map((message) => message.slice(0, 4)),
    ['35=F', '35=D'],
  );
  assert.equal(rig.view(young).state, 'Sent');
});

test('a held order that has grown too old is ended by a tick, at the deadline that the ledger names', () => {
  const rig = new Rig().open();
  rig.disconnect();
  const clOrdId = rig.order();
  const deadlineUs = rig.ledger.nextDeadlineUs();
  assert.equal(deadlineUs, rig.view(clOrdId).createdTimeUs + 1_000_001);
  rig.timeUs = (deadlineUs ?? 0) - 101;
  rig.tick();
  assert.equal(rig.view(clOrdId).state, 'Held');
  rig.tick();
  assert.equal(rig.view(clOrdId).state, 'Voided');
  assert.equal(rig.ledger.nextDeadlineUs(), undefined);
});

test('closed orders are forgotten after the configured number of later ones, open ones never', () => {
  const rig = new Rig();
  rig.ledger = new (rig.ledger.constructor as typeof import('./index.ts').Ledger)({
    closedOrdersMax: 2,
    executionsMax: 100,
    clientKeysMax: 100,
  });
  rig.open();
  const open = rig.workingOrder();
  const closed = [1, 2, 3].map(() => rig.workingOrder());
  for (const clOrdId of closed) rig.fill(clOrdId, 10);
  assert.equal(rig.ledger.order(closed[0] ?? ''), undefined);
  assert.equal(rig.view(closed[1] ?? '').state, 'Filled');
  assert.equal(rig.view(open).state, 'Working');
});
