/** Who may log on, profile by profile: sequence rule, duplicates, cool-down, rates, CompIDs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MsgType, Tag } from '@baton/fix';
import { PROFILES, type VenueProfile } from '@baton/profiles';
import { ProfileRoom } from './testing/profile-room.ts';

function forEach(law: string, check: (room: ProfileRoom, profile: VenueProfile) => void): void {
  for (const profile of PROFILES) test(`${profile.name}: ${law}`, () => check(new ProfileRoom(profile), profile));
}

forEach('a missed report comes again where numbers live on, and is gone where they begin again', (room, profile) => {
  const { client, connectionId } = room.enter();
  assert.ok(client.isLoggedOn);
  room.order(client, 'a1');
  room.hall.stopReading(connectionId);
  room.order(client, 'a2', { price: '99' });
  room.hall.kill(connectionId);
  room.hall.advance(11_000);
  room.hall.connect(client);
  assert.ok(client.isLoggedOn);
  const isPersistent = profile.session.sequence === 'persistent';
  const cancels = profile.cancelOnDisconnect.default ? ['8 a1 4 4 0 dup', '8 a2 4 4 0 dup'] : [];
  assert.deepEqual(client.told(), ['8 a1 0 0 0', ...(isPersistent ? ['8 a2 0 0 0 dup', ...cancels] : [])]);
  const logon = client.wire.filter(({ msgType }) => msgType === MsgType.Logon).at(-1);
  assert.equal(logon?.msgSeqNum === 1, !isPersistent);
  assert.equal(logon?.has(Tag.NextExpectedMsgSeqNum), profile.session.nextExpectedMsgSeqNum);
  assert.deepEqual(room.violations(), []);
});

forEach('a gap is asked for where there is resend, and ends the connection where there is none', (room, profile) => {
  const { client, connectionId } = room.enter();
  room.order(client, 'a1');
  client.order('lost', { extra: room.window() }, room.hall.timeUs);
  client.takeOutgoing();
  room.order(client, 'a2', { price: '99' });
  if (profile.session.resend) {
    assert.ok(client.wire.some(({ msgType }) => msgType === MsgType.ResendRequest));
    assert.ok(client.isLoggedOn);
    room.order(client, 'a3');
    assert.equal(client.told().at(-1), '8 a3 0 0 0');
    assert.deepEqual(room.violations(), []);
    return;
  }
  assert.equal(room.hall.closedByVenue.get(connectionId), 'end');
  assert.equal(client.wire.at(-1)?.msgType, MsgType.Logout);
  assert.deepEqual(room.violations(), ['sequence-gap']);
  assert.equal(room.hall.exchange.market.orders.find('B', 'a2'), undefined);
});

forEach('a second Logon of a CompID is dropped, rejected with a Logout, or takes the session over', (room, profile) => {
  const { client, connectionId } = room.enter();
  const rival = room.client();
  const second = room.hall.connect(rival);
  if (profile.logon.duplicate === 'hijack') {
    assert.ok(rival.isLoggedOn && !client.isLoggedOn);
    assert.equal(room.hall.closedByVenue.get(connectionId), 'end');
    assert.match(room.hall.exchange.records.connection(connectionId)?.endReason ?? '', /hijacked/);
    return;
  }
  assert.ok(client.isLoggedOn && !rival.isLoggedOn);
  assert.equal(room.hall.closedByVenue.get(second), 'end');
  const said = rival.wire.map(({ msgType }) => msgType);
  assert.deepEqual(said, profile.logon.duplicate === 'reject' ? [MsgType.Logout] : []);
  assert.deepEqual(room.refusals(), ['already-logged-on']);
  room.order(client, 'a1');
  assert.deepEqual(client.told(), ['8 a1 0 0 0'], 'the holder goes on undisturbed');
  assert.deepEqual(room.violations(), ['write-after-rival-logon']);
});

forEach('after an end without Logout the CompID stays taken as long as the profile says', (room, profile) => {
  const { client, connectionId } = room.enter('B', { heartBtIntS: 5 });
  room.hall.kill(connectionId);
  const waitMs = profile.logon.coolDownHeartBtInts * 5_000;
  if (waitMs > 0) {
    room.hall.advance(waitMs - 100);
    room.hall.connect(client);
    assert.ok(!client.isLoggedOn);
    assert.deepEqual(room.refusals(), ['cooling-down']);
    const { client: other } = room.enter(room.secondCompId ?? '');
    assert.ok(other.isLoggedOn, 'another CompID need not wait');
    room.hall.advance(100);
  }
  const third = room.hall.connect(client);
  assert.ok(client.isLoggedOn);
  client.logout(room.hall.timeUs);
  room.hall.flush();
  room.hall.kill(third);
  room.hall.advance(profile.logon.rate === undefined || waitMs > 0 ? 0 : profile.logon.rate.windowMs);
  room.hall.connect(client);
  assert.ok(client.isLoggedOn, 'after a Logout the CompID is free at once');
});

forEach('more Logons in the window than the profile allows are dropped', (room, { logon }) => {
  const count = logon.rate?.count ?? 20;
  for (let n = 0; n < count; n++) {
    const { client, connectionId } = room.enter();
    client.logout(room.hall.timeUs);
    room.hall.flush();
    room.hall.kill(connectionId);
  }
  assert.ok(!room.refusals().includes('logon-rate'));
  const { client } = room.enter();
  assert.equal(room.refusals().includes('logon-rate'), logon.rate !== undefined);
  if (logon.rate === undefined) return;
  assert.deepEqual(client.wire, []);
  room.hall.advance(logon.rate.windowMs + 100);
  assert.ok(room.enter().client.isLoggedOn);
});

forEach('an account has as many connections at once as the profile allows', (_room, profile) => {
  const { connectionsMax } = profile.logon;
  const room = new ProfileRoom(profile, { compIdPattern: '^B[0-9]+$' });
  const { windowMs = 0 } = profile.logon.rate ?? {};
  const entered = Array.from({ length: connectionsMax }, (_, n) => {
    room.hall.advance(windowMs, 1_000);
    return room.enter(`B${n}`).client;
  });
  assert.ok(entered.every(({ isLoggedOn }) => isLoggedOn));
  room.hall.advance(windowMs, 1_000);
  assert.ok(!room.enter(`B${connectionsMax}`).client.isLoggedOn);
  assert.deepEqual(room.refusals(), ['too-many-connections']);
});

forEach('a CompID of the pattern is another session of the account only where the profile has such', (room) => {
  const { client } = room.enter('B1T7');
  assert.equal(client.isLoggedOn, room.secondCompId !== null);
  const { client: long } = room.enter('B'.repeat(65 - 1));
  assert.equal(long.isLoggedOn, false);
});

forEach('HeartBtInt outside the bounds, and a Logon that does not reset as demanded, are refused', (room, profile) => {
  const { heartBtIntS, sequence, resetSeqNumFlag } = profile.session;
  assert.ok(!room.enter('B', { heartBtIntS: heartBtIntS.maximum + 1 }).client.isLoggedOn);
  assert.deepEqual(room.refusals(), ['logon-unfit']);
  room.hall.advance(1_000);
  if (sequence === 'persistent') return;
  const { client: unflagged, connectionId } = room.enter('B', { resetOnLogon: false });
  assert.equal(unflagged.isLoggedOn, resetSeqNumFlag === 'absent');
  room.hall.kill(connectionId);
  room.hall.advance(11_000);
  const late = room.client('B', { resetOnLogon: false });
  late.session.setSequenceNumbers({ nextOut: 2 });
  room.hall.connect(late);
  assert.ok(!late.isLoggedOn, 'MsgSeqNum must be 1');
});
