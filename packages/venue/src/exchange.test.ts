/** The venue over bytes: orders and their reports, sessions that outlive connections, who may log on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBody, encodeMessage, MsgType, Tag } from '@baton/fix';
import { FixClient } from './testing/fix-client.ts';
import { TradingHall } from './testing/trading-hall.ts';

function trading(): { hall: TradingHall; client: FixClient; connectionId: number } {
  const hall = new TradingHall();
  const client = new FixClient('BATON');
  const connectionId = hall.connect(client);
  assert.ok(client.isLoggedOn);
  return { hall, client, connectionId };
}

const breaches = (hall: TradingHall) => hall.exchange.records.violations().map(({ code }) => code);

test('an order is accepted, filled by another session, and both are told; fills have unique ExecIDs', () => {
  const { hall, client } = trading();
  const other = new FixClient('OTHER', { nextExpected: false });
  hall.connect(other);
  client.order('a1', {}, hall.timeUs);
  hall.flush();
  other.order('b1', { side: '2', quantity: '4' }, hall.timeUs);
  hall.flush();
  assert.deepEqual(client.told(), ['8 a1 0 0 0', '8 a1 F 1 4']);
  assert.deepEqual(other.told(), ['8 b1 0 0 0', '8 b1 F 2 4']);
  const execIds = [...client.delivered, ...other.delivered].map(({ message }) => message.getString(Tag.ExecID));
  assert.equal(new Set(execIds).size, 4);
  hall.exchange.market.positions.assertConserved();
  assert.deepEqual(breaches(hall), []);
});

test('an ExecutionReport says the whole order, field by field', () => {
  const { hall, client } = trading();
  client.order('a1', { quantity: '10', price: '100.50' }, hall.timeUs);
  hall.flush();
  const fields = client.delivered[0]?.message.fields() ?? [];
  const body = fields.filter(({ tag }) => ![8, 9, 35, 49, 56, 34, 52, 10].includes(tag));
  assert.deepEqual(
    body.map(({ tag, value }) => `${tag}=${value}`),
    [
      '37=vO1',
      '11=a1',
      '17=vE1',
      '150=0',
      '39=0',
      '1=A1',
      '55=ACME',
      '54=1',
      '38=10',
      '40=2',
      '44=100.5',
      '59=0',
    ].concat(['151=10', '14=0', '6=0', `60=${client.delivered[0]?.message.getString(60)}`]),
  );
});

test('what the client never read comes again with 43=Y, once and in order, by 789 and by ResendRequest', () => {
  for (const nextExpected of [true, false]) {
    const hall = new TradingHall();
    const compId = nextExpected ? 'BATON' : 'OTHER';
    const client = new FixClient(compId, { nextExpected });
    const first = hall.connect(client);
    client.order('a1', {}, hall.timeUs);
    hall.flush();
    hall.stopReading(first);
    client.order('a2', {}, hall.timeUs);
    client.order('a3', { price: '99' }, hall.timeUs);
    hall.flush();
    hall.kill(first);
    assert.deepEqual(client.told(), ['8 a1 0 0 0']);
    hall.connect(client);
    assert.ok(client.isLoggedOn);
    assert.deepEqual(client.told(), ['8 a1 0 0 0', '8 a2 0 0 0 dup', '8 a3 0 0 0 dup']);
    client.order('a4', {}, hall.timeUs);
    hall.flush();
    assert.deepEqual(client.told().slice(3), ['8 a4 0 0 0']);
    assert.deepEqual(breaches(hall), []);
  }
});

test('a resent report has its first number, 43=Y, and 122 = its first SendingTime', () => {
  const { hall, client, connectionId } = trading();
  hall.stopReading(connectionId);
  client.order('a1', {}, hall.timeUs);
  hall.flush();
  const sentAt = hall.timeUs;
  hall.kill(connectionId);
  hall.advance(1_000);
  hall.connect(client);
  const resent = client.delivered[0];
  assert.equal(resent?.seq, 2);
  assert.equal(resent?.message.possDup, true);
  assert.equal(resent?.message.getTimeUs(Tag.OrigSendingTime), sentAt);
  assert.equal(resent?.message.sendingTimeUs, hall.timeUs);
});

test('fills that happen while nobody is logged on get numbers and arrive with the next logon', () => {
  const { hall, client, connectionId } = trading();
  client.order('a1', {}, hall.timeUs);
  hall.flush();
  hall.kill(connectionId);
  const other = new FixClient('OTHER', { nextExpected: false });
  hall.connect(other);
  other.order('b1', { side: '2', quantity: '3' }, hall.timeUs);
  hall.flush();
  other.order('b2', { side: '2', quantity: '3' }, hall.timeUs);
  hall.flush();
  hall.advance(2_000);
  hall.connect(client);
  assert.deepEqual(client.told(), ['8 a1 0 0 0', '8 a1 F 1 3 dup', '8 a1 F 1 6 dup']);
  assert.deepEqual(
    client.delivered.map(({ seq }) => seq),
    [2, 3, 4],
  );
  assert.equal(client.session.state.nextIn, [...hall.exchange.acceptor.sessions()][0]?.fix.state.nextOut);
});

test("the venue's Logon tells by 789 which of the client's messages never arrived", () => {
  const { hall, client, connectionId } = trading();
  client.order('a1', {}, hall.timeUs);
  hall.flush();
  client.order('lost', {}, hall.timeUs);
  client.takeOutgoing();
  hall.kill(connectionId);
  const second = hall.connect(client);
  const logons = client.wire.filter(({ msgType }) => msgType === MsgType.Logon);
  assert.equal(logons[1]?.getInt(Tag.NextExpectedMsgSeqNum), 3);
  const record = hall.exchange.records.connection(second);
  assert.equal(record?.logonMsgSeqNum, 4);
  assert.ok(client.isLoggedOn);
  assert.equal(hall.exchange.market.orders.find('BATON', 'lost'), undefined);
  client.order('a2', {}, hall.timeUs);
  hall.flush();
  assert.deepEqual(client.told(), ['8 a1 0 0 0', '8 a2 0 0 0']);
});

test('a second logon of a CompID that is logged on is dropped without a byte, and written down', () => {
  const { hall, client, connectionId } = trading();
  const zombie = new FixClient('BATON');
  const second = hall.connect(zombie);
  assert.deepEqual(zombie.wire, []);
  assert.equal(hall.closedByVenue.get(second), 'end');
  assert.ok(client.isLoggedOn);
  const [refused] = hall.exchange.records.refusedLogons();
  assert.equal(refused?.reason, 'already-logged-on');
  assert.equal(refused?.holderConnectionId, connectionId);
  assert.equal(client.session.state.nextIn, 2, 'no sequence number was used');
  client.order('a1', {}, hall.timeUs);
  hall.flush();
  assert.deepEqual(client.told(), ['8 a1 0 0 0']);
  assert.deepEqual(breaches(hall), ['write-after-rival-logon']);
  hall.kill(connectionId);
  const successor = new FixClient('BATON');
  successor.session.setSequenceNumbers({ nextOut: 3, nextIn: 3 });
  hall.connect(successor);
  assert.ok(successor.isLoggedOn, 'the CompID is free as soon as the connection is gone');
});

test('an unknown CompID, a first message that is no Logon, garbage and silence are refused and written down', () => {
  const hall = new TradingHall();
  const reasons = () => hall.exchange.records.refusedLogons().map(({ reason }) => reason);
  const stranger = new FixClient('NOBODY');
  hall.connect(stranger);
  assert.deepEqual(stranger.wire, []);
  const wrongVenue = new FixClient('BATON', { targetCompId: 'ELSEWHERE' });
  hall.connect(wrongVenue);
  assert.deepEqual(reasons(), ['unknown-comp-id', 'unknown-comp-id']);
  const header = { beginString: 'FIX.4.4', msgSeqNum: 1, senderCompId: 'BATON', targetCompId: 'SIM' };
  const heartbeat = encodeMessage({ ...header, msgType: '0', sendingTimeUs: hall.timeUs }, encodeBody([]));
  const early = hall.connect();
  hall.write(early, heartbeat);
  const garbler = hall.connect();
  hall.write(garbler, Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  const idler = hall.connect();
  hall.advance(6_000);
  assert.deepEqual(reasons().slice(2), ['first-message-not-logon', 'garbled-before-logon', 'logon-timeout']);
  for (const connectionId of [early, garbler, idler]) {
    assert.equal(hall.closedByVenue.get(connectionId), 'end');
    assert.deepEqual(hall.strangers.get(connectionId), [], 'nothing is said to a stranger');
  }
});

test('a repeated ClOrdID is rejected with reason 6 and written down as a breach; the first order is untouched', () => {
  const { hall, client } = trading();
  client.order('a1', {}, hall.timeUs);
  client.order('a1', { quantity: '5' }, hall.timeUs);
  hall.flush();
  assert.deepEqual(client.told(), ['8 a1 0 0 0', '8 a1 8 8 0']);
  assert.equal(client.delivered[1]?.message.getString(Tag.OrdRejReason), '6');
  assert.deepEqual(breaches(hall), ['duplicate-cl-ord-id']);
  assert.equal(hall.exchange.market.orders.find('BATON', 'a1')?.quantity, 10n);
});

test('with PossResend a known ClOrdID is answered with its state, which is no breach', () => {
  const { hall, client } = trading();
  client.order('a1', {}, hall.timeUs);
  client.send(MsgType.NewOrderSingle, [[Tag.PossResend, 'Y'], ...orderFields('a1')], hall.timeUs);
  hall.flush();
  assert.deepEqual(client.told(), ['8 a1 0 0 0', '8 a1 I 0 0']);
  assert.deepEqual(breaches(hall), []);
});

test('one intent under two ClOrdIDs is a breach when the client names its intents (526)', () => {
  const { hall, client } = trading();
  client.order('a1', { extra: [[Tag.SecondaryClOrdID, 'intent-1']] }, hall.timeUs);
  client.order('a2', { extra: [[Tag.SecondaryClOrdID, 'intent-1']] }, hall.timeUs);
  client.order('a3', { extra: [[Tag.SecondaryClOrdID, 'intent-2']] }, hall.timeUs);
  hall.flush();
  assert.deepEqual(breaches(hall), ['duplicate-economic-order']);
});

function orderFields(clOrdId: string): [number, string][] {
  return [
    [Tag.ClOrdID, clOrdId],
    [Tag.Symbol, 'ACME'],
    [Tag.Side, '1'],
    [Tag.OrderQty, '10'],
    [Tag.OrdType, '2'],
    [Tag.Price, '100'],
  ];
}

test('a sequence number that goes back, and a reset, are breaches', () => {
  const { hall, client, connectionId } = trading();
  client.order('a1', {}, hall.timeUs);
  hall.flush();
  hall.kill(connectionId);
  const low = new FixClient('BATON');
  hall.connect(low);
  assert.ok(!low.isLoggedOn);
  assert.deepEqual(breaches(hall), ['sequence-too-low']);
  const header = { beginString: 'FIX.4.4', msgSeqNum: 1, senderCompId: 'BATON', targetCompId: 'SIM' };
  const logon = encodeMessage(
    { ...header, msgType: 'A', sendingTimeUs: hall.timeUs },
    encodeBody([
      [Tag.EncryptMethod, 0],
      [Tag.HeartBtInt, 5],
      [Tag.ResetSeqNumFlag, 'Y'],
    ]),
  );
  hall.write(hall.connect(), logon);
  assert.deepEqual(breaches(hall), ['sequence-too-low', 'sequence-reset']);
});

test('a half message at the end of a connection is forgotten; garbled bytes in the middle are a breach', () => {
  const { hall, client, connectionId } = trading();
  client.order('a1', {}, hall.timeUs);
  const whole = client.takeOutgoing()[0] ?? Buffer.alloc(0);
  hall.write(connectionId, whole.subarray(0, whole.length - 20));
  hall.kill(connectionId);
  assert.equal(hall.exchange.records.connection(connectionId)?.trailingByteCount, whole.length - 20);
  assert.deepEqual(breaches(hall), []);
  const second = hall.connect(client);
  hall.write(second, Buffer.from('xyz'));
  client.order('a2', {}, hall.timeUs);
  hall.flush();
  assert.deepEqual(breaches(hall), ['garbled']);
  assert.deepEqual(client.told(), ['8 a2 0 0 0']);
});

test('every split of the bytes gives the same market', () => {
  const { client } = trading();
  client.order('a1', {}, 1_760_000_000_000_000);
  client.order('a2', { side: '2' }, 1_760_000_000_000_000);
  const bytes = Buffer.concat(client.takeOutgoing());
  for (let cut = 1; cut < bytes.length; cut++) {
    const { hall, connectionId } = trading();
    hall.write(connectionId, bytes.subarray(0, cut));
    hall.write(connectionId, bytes.subarray(cut));
    assert.equal(hall.exchange.market.fills().length, 2, `cut at ${cut}`);
    assert.deepEqual(breaches(hall), []);
  }
});
