/** Faults on demand: each does what its name says, and nothing is lost but what it takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MsgType, Tag } from '@baton/fix';
import { ProfileRoom } from './testing/profile-room.ts';
import { classic789, deribit } from './testing/profiles-by-name.ts';

function entered() {
  const room = new ProfileRoom(classic789);
  return { room, ...room.enter() };
}

test('a dropped connection ends with RST or FIN, as asked, and only the one meant', () => {
  for (const how of ['reset', 'end'] as const) {
    const { room, connectionId } = entered();
    const { client: other } = room.enter('OTHER');
    room.hall.fault({ type: 'drop', compId: 'B', how });
    assert.equal(room.hall.closedByVenue.get(connectionId), how);
    assert.ok(other.isLoggedOn);
  }
});

test('delayed reports arrive later, in order, and the market has moved on meanwhile', () => {
  const { room, client } = entered();
  room.hall.fault({ type: 'delay-reports', delayMs: 300 });
  room.order(client, 'a1');
  room.order(client, 'a2', { price: '99' });
  assert.equal(room.hall.exchange.market.orders.find('B', 'a1')?.status, 'new');
  room.hall.advance(200);
  assert.deepEqual(client.told(), []);
  room.hall.fault({ type: 'delay-reports', delayMs: 0 });
  room.order(client, 'a3', { price: '98' });
  assert.deepEqual(client.told(), [], 'what comes later does not overtake');
  room.hall.advance(100);
  assert.deepEqual(client.told(), ['8 a1 0 0 0', '8 a2 0 0 0', '8 a3 0 0 0']);
});

test('duplicated reports have a number of their own and the ExecID of the first', () => {
  const { room, client } = entered();
  room.hall.fault({ type: 'duplicate-reports', count: 1 });
  room.order(client, 'a1');
  room.order(client, 'a2', { price: '99' });
  assert.deepEqual(client.told(), ['8 a1 0 0 0', '8 a1 0 0 0', '8 a2 0 0 0']);
  const [first, again] = client.delivered;
  assert.equal(first?.message.getString(Tag.ExecID), again?.message.getString(Tag.ExecID));
  assert.notEqual(first?.seq, again?.seq);
});

test('reordered reports come in reverse once the last of them has happened', () => {
  const { room, client } = entered();
  room.hall.fault({ type: 'reorder-reports', count: 2 });
  room.order(client, 'a1');
  assert.deepEqual(client.told(), []);
  room.order(client, 'a2', { price: '99' });
  room.order(client, 'a3', { price: '98' });
  assert.deepEqual(client.told(), ['8 a2 0 0 0', '8 a1 0 0 0', '8 a3 0 0 0']);
});

test('held reports of one order wait until they are released, others pass', () => {
  const { room, client } = entered();
  room.hall.fault({ type: 'hold-reports', clOrdId: 'a1' });
  room.order(client, 'a1');
  room.order(client, 'a2', { price: '99' });
  room.hall.advance(2_000);
  assert.deepEqual(client.told(), ['8 a2 0 0 0']);
  room.hall.fault({ type: 'release-reports' });
  assert.deepEqual(client.told(), ['8 a2 0 0 0', '8 a1 0 0 0']);
});

test('a burst of refusals refuses new orders, cancels and replaces, each in its own way, and then ends', () => {
  const { room, client } = entered();
  room.order(client, 'a0');
  room.hall.fault({ type: 'reject-orders', count: 3 });
  room.order(client, 'a1');
  room.cancel(client, 'c1', 'a0');
  room.send(client, 'q', [
    [Tag.ClOrdID, 'm1'],
    [Tag.MassCancelRequestType, '7'],
  ]);
  room.order(client, 'a2', { price: '99' });
  assert.deepEqual(client.told().slice(1), ['8 a1 8 8 0', '9 c1  0', 'j', '8 a2 0 0 0']);
  assert.equal(room.hall.exchange.market.orders.find('B', 'a0')?.status, 'new');
  assert.deepEqual(room.violations(), []);
});

test('a Logon is answered late when its answer is delayed, and nothing is read before', () => {
  const room = new ProfileRoom(classic789);
  room.hall.fault({ type: 'delay-logon', delayMs: 400 });
  const { client } = room.enter();
  room.hall.advance(300);
  assert.ok(!client.isLoggedOn);
  room.hall.advance(100);
  assert.ok(client.isLoggedOn);
  room.order(client, 'a1');
  assert.deepEqual(client.told(), ['8 a1 0 0 0']);
});

test('connections are refused with RST for a while', () => {
  const room = new ProfileRoom(classic789);
  room.hall.fault({ type: 'refuse-connections', durationMs: 500 });
  const { client, connectionId } = room.enter();
  assert.equal(room.hall.closedByVenue.get(connectionId), 'reset');
  room.hall.advance(500);
  room.hall.connect(client);
  assert.ok(client.isLoggedOn);
});

test('a reset by Logon begins the numbers again on the live line, and is not held against the client', () => {
  const { room, client } = entered();
  room.order(client, 'a1');
  room.hall.fault({ type: 'reset-sequence', compId: 'B', how: 'logon' });
  room.hall.flush();
  assert.ok(client.alarms.some((alarm) => alarm.startsWith('sequence-reset')));
  room.order(client, 'a2', { price: '99' });
  assert.equal(client.told().at(-1), '8 a2 0 0 0');
  assert.deepEqual(room.violations(), []);
});

test('numbers forgotten end the line, and the next Logon is above what the venue expects', () => {
  const { room, client, connectionId } = entered();
  room.order(client, 'a1');
  room.hall.fault({ type: 'reset-sequence', compId: 'B', how: 'forget' });
  assert.equal(room.hall.closedByVenue.get(connectionId), 'end');
  room.hall.connect(client);
  // Its 789 names a number that the venue has never sent.
  assert.ok(!client.isLoggedOn);
  assert.deepEqual(room.violations(), ['next-expected-too-high']);
});

test('a restart with state keeps orders, numbers and reports that were not read', () => {
  const { room, client, connectionId } = entered();
  room.order(client, 'a1');
  room.hall.stopReading(connectionId);
  room.order(client, 'a2', { price: '99' });
  room.hall.fault({ type: 'restart', keepsState: true, downMs: 200 });
  assert.equal(room.hall.closedByVenue.get(connectionId), 'reset');
  room.hall.connect(client);
  assert.ok(!client.isLoggedOn, 'it is down');
  room.hall.advance(200);
  room.hall.connect(client);
  assert.deepEqual(client.told(), ['8 a1 0 0 0', '8 a2 0 0 0 dup']);
  assert.equal(room.hall.exchange.market.orders.find('B', 'a1')?.status, 'new');
});

test('a restart without state knows no order and no number; fills and positions stay true', () => {
  const room = new ProfileRoom(deribit);
  const { client } = room.enter();
  room.order(client, 'a1');
  const { client: other } = room.enter('OTHER');
  room.order(other, 'b1', { side: '2', quantity: '4' });
  room.hall.fault({ type: 'restart', keepsState: false, downMs: 0 });
  room.hall.advance(100);
  room.hall.connect(client);
  assert.ok(client.isLoggedOn);
  room.send(client, 'AF', [
    [Tag.MassStatusReqID, 'q'],
    [Tag.ClOrdID, 'a1'],
  ]);
  assert.equal(client.told().at(-1), '8 a1 I 8 0');
  assert.equal(room.hall.exchange.market.fills().filter(({ owner }) => owner === 'B').length, 1);
  room.hall.exchange.market.positions.assertConserved();
  room.hall.connect(other);
  room.order(other, 'b2', { side: '2', quantity: '1' });
  assert.equal(other.told().at(-1), '8 b2 0 0 0', 'nothing is left in the book to trade with');
});

test('while the venue is silent for one CompID others trade', () => {
  const { room, client } = entered();
  const { client: other } = room.enter('OTHER');
  room.hall.fault({ type: 'silence', compId: 'B' });
  room.order(client, 'a1');
  room.order(other, 'b1');
  assert.deepEqual(client.told(), []);
  assert.deepEqual(other.told(), ['8 b1 0 0 0']);
  room.hall.fault({ type: 'resume' });
  assert.deepEqual(client.told(), ['8 a1 0 0 0']);
});

test('a fault out of bounds is refused by name, and every fault played is an event', () => {
  const { room } = entered();
  assert.throws(() => room.hall.fault({ type: 'delay-reports', delayMs: -1 }), /delayMs is -1/);
  assert.throws(() => room.hall.fault({ type: 'reject-orders', count: 0.5 }), { code: 'BATON_VENUE_FAULT' });
  room.hall.fault({ type: 'reject-orders', count: 1 });
  const last = room.hall.exchange.records.eventsAfter(0).at(-1);
  assert.deepEqual(last?.type === 'admin' && JSON.parse(last.action), { type: 'reject-orders', count: 1 });
});

test('a venue that logs a session out waits for the answer before it closes', () => {
  const { room, client } = entered();
  room.hall.carry(room.hall.exchange.logout('closing', room.hall.at));
  assert.equal(client.wire.at(-1)?.msgType, MsgType.Logout);
  assert.ok(!client.isLoggedOn);
});
