/** Rules that a profile may have and none of the catalogue has. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tag } from '@baton/fix';
import type { VenueProfile } from '@baton/profiles';
import { ProfileRoom } from './testing/profile-room.ts';
import { classic789, deribit } from './testing/profiles-by-name.ts';

test('cancel on disconnect that is always on needs no wish, and at Logout only if the profile says so', () => {
  for (const atLogout of [false, true]) {
    for (const isClean of [false, true]) {
      const cancelOnDisconnect = { ...classic789.cancelOnDisconnect, mode: 'always', default: true, atLogout } as const;
      const room = new ProfileRoom({ ...classic789, cancelOnDisconnect });
      const { client, connectionId } = room.enter();
      room.order(client, 'a1');
      if (isClean) client.logout(room.hall.timeUs);
      room.hall.flush();
      room.hall.kill(connectionId);
      const expected = !isClean || atLogout ? 'canceled' : 'new';
      assert.equal(room.hall.exchange.market.orders.find('B', 'a1')?.status, expected);
    }
  }
});

test('cancel on disconnect order by order ends those that asked for it and no others', () => {
  const cancelOnDisconnect = { mode: 'order', tag: 18, on: 'o', off: 'x', default: false, atLogout: false } as const;
  const room = new ProfileRoom({ ...classic789, cancelOnDisconnect });
  const { client, connectionId } = room.enter();
  room.order(client, 'a1', { extra: [[18, 'o']] });
  room.order(client, 'a2', { extra: [[18, 'x']], price: '99' });
  room.order(client, 'a3', { price: '98' });
  room.hall.kill(connectionId);
  const status = ['a1', 'a2', 'a3'].map((clOrdId) => room.hall.exchange.market.orders.find('B', clOrdId)?.status);
  assert.deepEqual(status, ['canceled', 'new', 'new']);
});

test('a ClOrdID unique within a session’s numbers is free again for another session and after a reset', () => {
  const profile: VenueProfile = { ...deribit, orders: { ...deribit.orders, clOrdIdScope: 'session' } };
  const room = new ProfileRoom(profile);
  const { client, connectionId } = room.enter();
  room.order(client, 'a1', { timeInForce: '3' });
  room.order(client, 'a1', { timeInForce: '3' });
  assert.equal(client.told().at(-1), '8 a1 8 8 0');
  const { client: other } = room.enter('BN2');
  room.order(other, 'a1', { timeInForce: '3' });
  assert.equal(other.told().at(-1), '8 a1 4 4 0');
  room.hall.kill(connectionId);
  room.hall.connect(client);
  room.order(client, 'a1', { timeInForce: '3' });
  assert.equal(client.told().at(-1), '8 a1 4 4 0');
  assert.deepEqual(new Set(room.violations()), new Set(['duplicate-cl-ord-id', 'duplicate-economic-order']));
});

test('an order refused under the name of an ended one does not hide it from questions', () => {
  const room = new ProfileRoom(deribit);
  const { client } = room.enter();
  room.order(client, 'a1', { timeInForce: '3' });
  room.order(client, 'a1', { price: '0' });
  assert.equal(client.told().at(-1), '8 a1 8 8 0');
  room.send(client, 'AF', [
    [Tag.MassStatusReqID, 'q'],
    [Tag.ClOrdID, 'a1'],
  ]);
  assert.equal(client.told().at(-1), '8 a1 I 4 0');
});
