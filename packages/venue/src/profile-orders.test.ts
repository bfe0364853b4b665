/** What becomes of orders and their reports, profile by profile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BodyField, MsgType, Tag } from '@baton/fix';
import { PROFILES, type VenueProfile } from '@baton/profiles';
import type { FixClient } from './testing/fix-client.ts';
import { ProfileRoom } from './testing/profile-room.ts';

function forEach(law: string, check: (room: ProfileRoom, profile: VenueProfile) => void): void {
  for (const profile of PROFILES) test(`${profile.name}: ${law}`, () => check(new ProfileRoom(profile), profile));
}

/** Fills `quantity` of what `B` has bid at 100. */
function fill(room: ProfileRoom, quantity = '10'): void {
  const { client } = room.enter('OTHER');
  room.order(client, `f${room.hall.timeUs}`, { side: '2', quantity });
}

forEach(
  'an execution is told to its own session, or to all sessions of the account that are logged on',
  (room, profile) => {
    const { client } = room.enter();
    const gateway = profile.session.gateways === 2 ? 2 : 1;
    const second = room.secondCompId ?? (gateway === 2 ? 'B' : null);
    const other = second === null ? null : room.enter(second, {}, gateway).client;
    assert.equal(other?.isLoggedOn ?? false, profile.logon.mutedSessions);
    room.order(client, 'a1');
    fill(room, '4');
    const story = ['8 a1 0 0 0', '8 a1 F 1 4'];
    assert.deepEqual(client.told(), story);
    if (other === null) return;
    assert.deepEqual(other.told(), profile.logon.reportsTo === 'all-sessions' ? story : []);
    const execIds = (one: FixClient) => one.delivered.map(({ message }) => message.getString(Tag.ExecID));
    assert.deepEqual(execIds(other), execIds(client), 'the same ExecIDs, whatever the session');
  },
);

forEach('the loss of a line cancels what works when the profile or the Logon says so', (room, profile) => {
  const { mode, tag, on, off, default: absent, atLogout } = profile.cancelOnDisconnect;
  const wishes: { field: BodyField | null; isOn: boolean }[] = [{ field: null, isOn: mode === 'asked' && absent }];
  if (mode === 'asked' && tag !== undefined) {
    wishes.push({ field: [tag, on ?? ''], isOn: true }, { field: [tag, off ?? ''], isOn: false });
  }
  for (const { field, isOn } of wishes) {
    for (const isClean of [false, true]) {
      const one = new ProfileRoom(profile);
      const { client, connectionId } = one.enter('B', field === null ? {} : { logonFields: [field] });
      one.order(client, 'a1');
      if (isClean) client.logout(one.hall.timeUs);
      one.hall.flush();
      one.hall.kill(connectionId);
      const status = one.hall.exchange.market.orders.find('B', 'a1')?.status;
      const isCanceled = isOn && (!isClean || atLogout);
      assert.equal(status, isCanceled ? 'canceled' : 'new', `${JSON.stringify(field)}, logout ${isClean}`);
    }
  }
  assert.ok(room.violations().length === 0);
});

forEach('a ClOrdID is refused while its order is open, and after it only where the scope is wider', (room, profile) => {
  const { client } = room.enter();
  room.order(client, 'a1');
  room.order(client, 'a1', { quantity: '3' });
  assert.deepEqual(client.told(), ['8 a1 0 0 0', '8 a1 8 8 0']);
  assert.equal(client.delivered[1]?.message.getString(Tag.OrdRejReason), '6');
  fill(room);
  room.order(client, 'a1', { quantity: '3' });
  const isReusable = profile.orders.clOrdIdScope === 'open-orders';
  assert.equal(client.told().at(-1), isReusable ? '8 a1 0 0 0' : '8 a1 8 8 0');
  const again = isReusable ? 'duplicate-economic-order' : 'duplicate-cl-ord-id';
  assert.deepEqual(room.violations(), ['duplicate-cl-ord-id', again]);
  const orders = room.hall.exchange.market.orders
    .history()
    .filter(({ owner, status }) => owner === 'B' && status !== 'rejected');
  assert.equal(orders.length, isReusable ? 2 : 1);
});

forEach('PossResend is answered with the order’s state only where it is known', (room, profile) => {
  const { client } = room.enter();
  room.order(client, 'a1');
  fill(room);
  room.order(client, 'a1', { extra: [[Tag.PossResend, 'Y']] });
  // Elsewhere the dangerous thing happens: another order, or a refusal.
  const expected = profile.orders.possResend
    ? 'I 2 10'
    : profile.orders.clOrdIdScope === 'open-orders'
      ? '0 0 0'
      : '8 8 0';
  assert.equal(client.told().at(-1), `8 a1 ${expected}`);
});

forEach('a ClOrdID that the venue cannot take is refused in words', (room, { orders }) => {
  const { client } = room.enter();
  room.order(client, 'x'.repeat(orders.clOrdIdLengthMax + 1));
  assert.equal(client.delivered[0]?.message.getString(Tag.OrdStatus), '8');
  assert.match(client.delivered[0]?.message.getString(Tag.Text) ?? '', /ClOrdID must match/);
  room.order(client, 'x'.repeat(orders.clOrdIdLengthMax));
  assert.equal(client.delivered[1]?.message.getString(Tag.OrdStatus), '0');
});

forEach('an order older than its receive window is refused and never enters the book', (room, profile) => {
  const { client } = room.enter();
  const { receiveWindow } = profile.orders;
  room.order(client, 'a0');
  client.order('a1', { extra: room.window(50) }, room.hall.timeUs);
  const [late = Buffer.alloc(0)] = client.takeOutgoing();
  room.hall.advance(100);
  room.hall.write(1, late);
  const expected = receiveWindow === undefined ? '8 a1 0 0 0' : '8 a1 8 8 0';
  assert.equal(client.told().at(-1), expected);
  assert.equal(
    room.hall.exchange.market.orders.find('B', 'a1')?.status,
    receiveWindow === undefined ? 'new' : 'rejected',
  );
  client.order('a2', {}, room.hall.timeUs);
  room.hall.flush();
  const expectedViolations = receiveWindow === undefined ? [] : ['receive-window-missing'];
  assert.deepEqual(room.violations(), expectedViolations, 'an order without a window is suspect where there is one');
});

forEach('a cancel reaches the orders of its session, or of the whole account', (_room, profile) => {
  const room = new ProfileRoom(
    { ...profile, logon: { ...profile.logon, connectionsMax: 4 } },
    { compIdPattern: '^B[0-9]$' },
  );
  const { client } = room.enter();
  const { client: other } = room.enter('B2');
  room.order(client, 'a1');
  room.cancel(other, 'c1', 'a1');
  const isStrict = profile.orders.cancelScope === 'session';
  assert.equal(room.hall.exchange.market.orders.find('B', 'a1')?.status, isStrict ? 'new' : 'canceled');
  if (!isStrict) return;
  assert.equal(other.told().at(-1), '9 c1  8');
  assert.equal(other.delivered.at(-1)?.message.getString(Tag.CxlRejReason), '1');
  room.cancel(client, 'c2', 'a1');
  assert.equal(room.hall.exchange.market.orders.find('B', 'a1')?.status, 'canceled');
});

forEach('more messages in the window than the profile allows are refused, and later ones are not', (room, profile) => {
  const { client } = room.enter();
  const { count = 200, windowMs = 0 } = profile.messageRate ?? {};
  for (let n = 0; n < count; n++)
    client.order(`a${n}`, { price: '50', quantity: '1', extra: room.window() }, room.hall.timeUs);
  room.hall.flush();
  assert.ok(client.told().every((report) => report.endsWith('0 0 0')));
  room.order(client, 'over');
  assert.equal(client.told().at(-1), profile.messageRate === undefined ? '8 over 0 0 0' : '8 over 8 8 0');
  if (profile.messageRate === undefined) return;
  room.cancel(client, 'c1', 'a0');
  assert.equal(client.told().at(-1), '9 c1  0');
  room.hall.advance(windowMs + 100, 1_000);
  room.order(client, 'later');
  assert.equal(client.told().at(-1), '8 later 0 0 0');
});

forEach('a drop copy session is told every execution of the account, as late as the profile says', (_room, profile) => {
  const room = new ProfileRoom(profile, { dropCopyCompId: 'COPY' });
  const { client: copy } = room.enter('COPY');
  const { client } = room.enter();
  room.order(client, 'a1');
  const { delayMs = 0 } = profile.dropCopy ?? {};
  if (delayMs > 0) {
    room.hall.advance(delayMs - 100);
    assert.deepEqual(copy.told(), []);
    room.hall.advance(100);
  }
  assert.deepEqual(copy.told(), profile.dropCopy === undefined ? [] : ['8 a1 0 0 0']);
  if (profile.dropCopy === undefined) return;
  assert.equal(copy.delivered[0]?.message.getString(Tag.CopyMsgIndicator), 'Y');
  const [original] = client.delivered;
  assert.equal(copy.delivered[0]?.message.getString(Tag.ExecID), original?.message.getString(Tag.ExecID));
  room.order(copy, 'mine');
  assert.equal(copy.delivered.at(-1)?.message.msgType, MsgType.BusinessMessageReject);
});

forEach('an order in the venue’s machine enters the book although its connection has ended', (room, profile) => {
  const { processingDelayMaxMs } = profile.recovery;
  assert.throws(() => room.hall.fault({ type: 'delay-orders', delayMs: processingDelayMaxMs + 1 }), {
    code: 'BATON_VENUE_FAULT',
  });
  if (processingDelayMaxMs === 0) return;
  const { client, connectionId } = room.enter();
  room.hall.fault({ type: 'delay-orders', delayMs: processingDelayMaxMs });
  room.order(client, 'a1');
  assert.equal(room.hall.exchange.market.orders.find('B', 'a1'), undefined);
  room.hall.kill(connectionId);
  room.hall.advance(processingDelayMaxMs - 50, 50);
  assert.equal(room.hall.exchange.market.orders.find('B', 'a1'), undefined, 'not before its time');
  room.hall.advance(50, 50);
  assert.equal(room.hall.exchange.market.orders.find('B', 'a1')?.status, 'new');
});
