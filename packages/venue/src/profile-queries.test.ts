/** Which questions a profile's venue answers, and what the answers prove. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BodyField, MsgType, Tag } from '@baton/fix';
import { ProfileRoom } from './testing/profile-room.ts';
import { coinbaseDerivatives, PROFILES, type StatusQueryWay } from './testing/profiles-by-name.ts';

const QUESTIONS: readonly {
  readonly way: StatusQueryWay;
  readonly msgType: string;
  readonly fields: readonly BodyField[];
  readonly answers: readonly string[];
}[] = [
  { way: 'H', msgType: 'H', fields: [[Tag.ClOrdID, 'a1']], answers: ['8'] },
  {
    way: 'AF',
    msgType: 'AF',
    fields: [
      [Tag.MassStatusReqID, 'q1'],
      [Tag.MassStatusReqType, '7'],
    ],
    answers: ['8'],
  },
  {
    way: 'AD',
    msgType: 'AD',
    fields: [
      [Tag.TradeRequestID, 'q2'],
      [Tag.TradeRequestType, '0'],
    ],
    answers: ['AQ', 'AE'],
  },
  { way: 'AN', msgType: 'AN', fields: [[Tag.PosReqID, 'q3']], answers: ['AO', 'AP'] },
  { way: 'F1F3', msgType: 'F1', fields: [], answers: ['F2'] },
  { way: 'F1F3', msgType: 'F3', fields: [], answers: ['8', '8', 'F4'] },
];

for (const profile of PROFILES) {
  test(`${profile.name}: a question is answered exactly where the profile names its way`, () => {
    for (const { way, msgType, fields, answers } of QUESTIONS) {
      const room = new ProfileRoom(profile);
      const { client } = room.enter();
      room.order(client, 'a1');
      const { client: other } = room.enter('OTHER');
      room.order(other, 'b1', { side: '2', quantity: '4' });
      const before = client.delivered.length;
      room.send(client, msgType, fields);
      const told = client.delivered.slice(before).map(({ message }) => message.msgType);
      const isOffered = profile.recovery.statusBy.includes(way);
      assert.deepEqual(told, isOffered ? answers : [MsgType.BusinessMessageReject], `${way} by ${msgType}`);
    }
  });

  test(`${profile.name}: a mass status with a ClOrdID tells where an ended order stands, if the profile says so`, () => {
    const room = new ProfileRoom(profile);
    const { client } = room.enter();
    room.order(client, 'a1', { timeInForce: '3' });
    room.send(client, 'AF', [
      [Tag.MassStatusReqID, 'q1'],
      [Tag.ClOrdID, 'a1'],
    ]);
    const last = client.told().at(-1);
    assert.equal(last, profile.recovery.massStatusByClOrdId ? '8 a1 I 4 0' : 'j');
    if (!profile.recovery.massStatusByClOrdId) return;
    room.send(client, 'AF', [
      [Tag.MassStatusReqID, 'q2'],
      [Tag.ClOrdID, 'never'],
    ]);
    assert.equal(client.told().at(-1), '8 never I 8 0');
    assert.equal(client.delivered.at(-1)?.message.getString(Tag.OrdRejReason), '5');
    assert.equal(client.delivered.at(-1)?.message.getString(Tag.MassStatusReqID), 'q2');
  });
}

test('trades are told one by one, the last marked, of one order if asked', () => {
  const [profile] = PROFILES;
  assert.ok(profile);
  const room = new ProfileRoom(profile);
  const { client } = room.enter();
  room.order(client, 'a1');
  room.order(client, 'a2', { price: '99' });
  const { client: other } = room.enter('OTHER');
  room.order(other, 'b1', { side: '2', quantity: '4' });
  room.order(other, 'b2', { side: '2', quantity: '8', price: '99' });
  const ask = (fields: readonly BodyField[]) => {
    const before = client.delivered.length;
    room.send(client, 'AD', [[Tag.TradeRequestID, 'q'], [Tag.TradeRequestType, '0'], ...fields]);
    return client.delivered.slice(before + 1).map(({ message }) => {
      const facts = [Tag.ClOrdID, Tag.LastQty, Tag.LastPx, Tag.LastRptRequested].map((tag) => message.getString(tag));
      return { facts: facts.join(' '), execId: message.getString(Tag.ExecID) };
    });
  };
  const trades = ask([]);
  assert.deepEqual(
    trades.map(({ facts }) => facts),
    ['a1 4 100 N', 'a1 6 100 N', 'a2 2 99 Y'],
  );
  assert.deepEqual(
    ask([[Tag.ClOrdID, 'a2']]).map(({ facts }) => facts),
    ['a2 2 99 Y'],
  );
  const reported = client.delivered.filter(({ message }) => message.getString(Tag.ExecType) === 'F');
  assert.deepEqual(
    trades.map(({ execId }) => execId),
    reported.map(({ message }) => message.getString(Tag.ExecID)),
    'with the ExecIDs of the execution reports',
  );
});

test('two gateways: numbers are independent, and what one missed the other replays by ExecID', () => {
  const room = new ProfileRoom(coinbaseDerivatives);
  const { client, connectionId } = room.enter();
  room.order(client, 'a1');
  const { client: second } = room.enter('B', {}, 2);
  room.order(client, 'a1b', { price: '98' });
  const nextIn = (sessionId: string) => room.hall.exchange.acceptor.directory.get(sessionId)?.fix.state.nextIn;
  // Logon and two orders here; Logon and the ResendRequest for what was missed there.
  assert.deepEqual([nextIn('B'), nextIn('B at gateway 2')], [4, 3]);
  // Persistent: what happened before its first logon came with it, 43=Y.
  assert.deepEqual(second.told(), ['8 a1 0 0 0 dup', '8 a1b 0 0 0']);
  room.hall.kill(connectionId);
  room.order(second, 'a2', { price: '99' });
  room.send(second, 'F1', []);
  const lastExecId = second.delivered.at(-1)?.message.getString(Tag.ExecID) ?? '';
  const newest = second.delivered.at(-2)?.message.getString(Tag.ExecID);
  assert.equal(lastExecId, newest);
  const { eventReplay } = coinbaseDerivatives.recovery;
  assert.ok(eventReplay);
  const before = second.delivered.length;
  room.send(second, 'F3', [[eventReplay.beginExecIdTag, lastExecId]]);
  assert.deepEqual(second.told().slice(before), ['8 a2 0 0 0', 'F4']);
  room.send(second, 'F3', [[eventReplay.beginExecIdTag, 'unknown']]);
  assert.equal(second.delivered.at(-1)?.message.msgType, 'F5');
  assert.deepEqual(room.violations(), []);
});
