/** Requests other than new orders, over bytes: cancel, replace, status, mass cancel, mass status, positions, refusals. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BodyField, MsgType, Tag } from '@baton/fix';
import { FixClient } from './testing/fix-client.ts';
import { TradingHall } from './testing/trading-hall.ts';

function trading() {
  const hall = new TradingHall();
  const client = new FixClient('BATON');
  hall.connect(client);
  const other = new FixClient('OTHER', { nextExpected: false });
  hall.connect(other);
  const ask = (msgType: string, fields: readonly BodyField[]) => {
    const before = client.delivered.length;
    client.send(msgType, fields, hall.timeUs);
    hall.flush();
    return client.delivered.slice(before).map(({ message }) => message);
  };
  const order = (clOrdId: string, over: Parameters<FixClient['order']>[1] = {}) => {
    client.order(clOrdId, over, hall.timeUs);
    hall.flush();
  };
  const last = () => client.delivered.at(-1)?.message;
  return { hall, client, other, ask, order, last };
}

const codes = (hall: TradingHall) => hall.exchange.records.violations().map(({ code }) => code);

function cancel(clOrdId: string, origClOrdId: string): BodyField[] {
  return [
    [Tag.ClOrdID, clOrdId],
    [Tag.OrigClOrdID, origClOrdId],
    [Tag.Symbol, 'ACME'],
    [Tag.Side, '1'],
    [Tag.OrderQty, '10'],
  ];
}

function replace(clOrdId: string, origClOrdId: string, quantity: string, price: string): BodyField[] {
  const terms: BodyField[] = [
    [Tag.OrderQty, quantity],
    [Tag.OrdType, '2'],
    [Tag.Price, price],
  ];
  return [[Tag.ClOrdID, clOrdId], [Tag.OrigClOrdID, origClOrdId], [Tag.Symbol, 'ACME'], [Tag.Side, '1'], ...terms];
}

test('a cancel is answered under its own ClOrdID with the order named as OrigClOrdID', () => {
  const { ask, order } = trading();
  order('a1');
  const [report] = ask(MsgType.OrderCancelRequest, cancel('c1', 'a1'));
  assert.deepEqual(
    [Tag.ClOrdID, Tag.OrigClOrdID, Tag.ExecType, Tag.OrdStatus, Tag.LeavesQty].map((tag) => report?.getString(tag)),
    ['c1', 'a1', '4', '4', '0'],
  );
});

test('a cancel that comes too late, names nobody, or repeats a ClOrdID is refused with the reason of FIX', () => {
  const { hall, ask, order } = trading();
  order('a1');
  ask(MsgType.OrderCancelRequest, cancel('c1', 'a1'));
  const reasonOf = (fields: BodyField[]) => {
    const [reject] = ask(MsgType.OrderCancelRequest, fields);
    assert.equal(reject?.msgType, MsgType.OrderCancelReject);
    return [Tag.OrderID, Tag.OrdStatus, Tag.CxlRejReason].map((tag) => reject?.getString(tag));
  };
  assert.deepEqual(reasonOf(cancel('c2', 'a1')), ['vO1', '4', '0']);
  assert.deepEqual(reasonOf(cancel('c3', 'nobody')), ['NONE', '8', '1']);
  assert.deepEqual(reasonOf(cancel('c2', 'a1')), ['vO1', '4', '6']);
  assert.deepEqual(codes(hall), ['duplicate-cl-ord-id']);
});

test('a replace takes the new name and terms; what it makes marketable trades at once', () => {
  const { hall, other, client, ask, order } = trading();
  order('a1', { price: '99' });
  other.order('b1', { side: '2', quantity: '3', price: '101' }, hall.timeUs);
  hall.flush();
  ask(MsgType.OrderCancelReplaceRequest, replace('a2', 'a1', '8', '101'));
  assert.deepEqual(client.told().slice(1), ['8 a2 5 0 0', '8 a2 F 1 3']);
  const view = hall.exchange.market.orders.find('BATON', 'a1');
  assert.deepEqual(view?.clOrdIds, ['a1', 'a2']);
  assert.equal(view?.leavesQuantity, 5n);
  const [stale] = ask(MsgType.OrderCancelReplaceRequest, replace('a3', 'a1', '9', '100'));
  assert.equal(stale?.getString(Tag.CxlRejReason), '99');
  assert.equal(stale?.getString(Tag.CxlRejResponseTo), '2');
});

test('a status request is answered with ExecType I and ExecID 0; of an unknown order with OrdStatus 8, reason 5', () => {
  const { ask, order } = trading();
  order('a1');
  const facts = [
    Tag.OrderID,
    Tag.ClOrdID,
    Tag.ExecID,
    Tag.ExecType,
    Tag.OrdStatus,
    Tag.OrdRejReason,
    Tag.OrdStatusReqID,
  ];
  const [known] = ask(MsgType.OrderStatusRequest, [
    [Tag.ClOrdID, 'a1'],
    [Tag.OrdStatusReqID, 'q1'],
  ]);
  assert.deepEqual(
    facts.map((tag) => known?.getString(tag)),
    ['vO1', 'a1', '0', 'I', '0', undefined, 'q1'],
  );
  const [unknown] = ask(MsgType.OrderStatusRequest, [
    [Tag.ClOrdID, 'zz'],
    [Tag.Symbol, 'ACME'],
    [Tag.Side, '1'],
  ]);
  assert.deepEqual(
    facts.map((tag) => unknown?.getString(tag)),
    ['NONE', 'zz', '0', 'I', '8', '5', undefined],
  );
});

test('a mass cancel is answered with a report and one cancel for each open order', () => {
  const { client, ask, order } = trading();
  order('a1');
  order('a2', { price: '98' });
  const all: BodyField[] = [
    [Tag.ClOrdID, 'm1'],
    [Tag.MassCancelRequestType, '7'],
  ];
  const [report] = ask(MsgType.OrderMassCancelRequest, all);
  assert.equal(report?.msgType, MsgType.OrderMassCancelReport);
  assert.equal(report?.getString(Tag.MassCancelResponse), '7');
  assert.equal(report?.getInt(Tag.TotalAffectedOrders), 2);
  assert.deepEqual(client.told().slice(3), ['8 a1 4 4 0', '8 a2 4 4 0']);
  const [refused] = ask(MsgType.OrderMassCancelRequest, all);
  assert.equal(refused?.getString(Tag.MassCancelResponse), '0');
});

test('a mass status request lists the open orders, the last one marked; none is said with reason 5', () => {
  const { ask, order } = trading();
  const fields: BodyField[] = [
    [Tag.MassStatusReqID, 'q1'],
    [Tag.MassStatusReqType, '7'],
  ];
  const facts = (answers: ReturnType<typeof ask>) =>
    answers.map((message) =>
      [Tag.ClOrdID, Tag.TotNumReports, Tag.LastRptRequested].map((tag) => message.getString(tag)),
    );
  const [none] = ask(MsgType.OrderMassStatusRequest, fields);
  assert.equal(none?.getString(Tag.OrdRejReason), '5');
  order('a1');
  order('a2', { price: '98' });
  assert.deepEqual(facts(ask(MsgType.OrderMassStatusRequest, fields)), [
    ['a1', '2', 'N'],
    ['a2', '2', 'Y'],
  ]);
});

test('positions are told by AO and AP: what was bought and what was sold', () => {
  const { hall, other, ask, order } = trading();
  order('a1');
  other.order('b1', { side: '2', quantity: '4' }, hall.timeUs);
  hall.flush();
  const [ack, report] = ask(MsgType.RequestForPositions, [
    [Tag.PosReqID, 'p1'],
    [Tag.PosReqType, '0'],
    [Tag.Account, 'A1'],
  ]);
  assert.equal(ack?.msgType, MsgType.RequestForPositionsAck);
  assert.equal(ack?.getInt(Tag.TotalNumPosReports), 1);
  assert.deepEqual(
    [Tag.Symbol, Tag.LongQty, Tag.ShortQty].map((tag) => report?.getString(tag)),
    ['ACME', '4', '0'],
  );
});

test('orders with values the venue does not take are rejected with the reason of FIX, and no value is rounded', () => {
  const { order, last } = trading();
  const reasonOf = (clOrdId: string, over: Parameters<typeof order>[1]) => {
    order(clOrdId, over);
    assert.equal(last()?.getString(Tag.ExecType), '8');
    return last()?.getString(Tag.OrdRejReason);
  };
  assert.equal(reasonOf('r1', { symbol: 'NOPE' }), '1');
  assert.equal(reasonOf('r2', { quantity: '1.5' }), '13');
  assert.equal(reasonOf('r3', { quantity: '-1' }), '13');
  assert.equal(reasonOf('r4', { price: '100.001' }), '99');
  assert.equal(reasonOf('r5', { timeInForce: '6' as '0' }), '11');
  assert.equal(reasonOf('r6', { side: '8' as '1' }), '11');
});

test('a message without a field the venue needs, or of an unknown kind, gets a BusinessMessageReject', () => {
  const { hall, ask } = trading();
  const [incomplete] = ask(MsgType.NewOrderSingle, [[Tag.ClOrdID, 'a1']]);
  assert.equal(incomplete?.msgType, MsgType.BusinessMessageReject);
  assert.deepEqual(
    [Tag.RefSeqNum, Tag.RefMsgType, Tag.BusinessRejectReason].map((tag) => incomplete?.getString(tag)),
    ['2', 'D', '5'],
  );
  const [unsupported] = ask('c', [[320, 'x']]);
  assert.equal(unsupported?.getString(Tag.BusinessRejectReason), '3');
  assert.deepEqual(codes(hall), ['message-rejected', 'message-rejected']);
});

test('the average price of a report is exact to four places more than prices', () => {
  const { hall, other, order, last } = trading();
  for (const [n, price] of ['100', '101', '101'].entries()) {
    other.order(`b${n}`, { side: '2', quantity: '1', price }, hall.timeUs);
  }
  hall.flush();
  order('a1', { quantity: '3', price: '101' });
  assert.equal(last()?.getString(Tag.AvgPx), '100.666667');
});

test('at the end of the day Day orders expire and GTC orders stay', () => {
  const { hall, client, order } = trading();
  order('a1');
  order('a2', { timeInForce: '1', price: '98' });
  hall.carry(hall.exchange.endDay(hall.at));
  assert.deepEqual(client.told().slice(2), ['8 a1 C C 0']);
  assert.equal(hall.exchange.market.orders.open('BATON').size, 1);
});
