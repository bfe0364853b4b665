/** Two writers of one cluster are told from one that took over. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProfileRoom } from './testing/profile-room.ts';
import { binance, deribit } from './testing/profiles-by-name.ts';
import { logPlaceOf } from './writer-watch.ts';

test('a ClOrdID of Baton names its place in the log, another id does not', () => {
  assert.deepEqual(logPlaceOf('DEMO-1-2S'), { prefix: 'DEMO-1', index: 100 });
  assert.deepEqual(logPlaceOf('DEMO-1-2S-1'), { prefix: 'DEMO-1', index: 100 });
  assert.equal(logPlaceOf('order 7'), null);
  assert.equal(logPlaceOf('DEMO-1'), null);
});

function twoWriters() {
  const room = new ProfileRoom(deribit);
  const { client: one, connectionId: first } = room.enter('BN1');
  const { client: two } = room.enter('BN2');
  return { room, one, two, first };
}

test('a leader that took over, and one that came back later, are no breach: the log goes forward', () => {
  const { room, one, two } = twoWriters();
  room.order(one, 'DEMO-1-A');
  room.order(two, 'DEMO-1-B');
  room.order(two, 'DEMO-1-C');
  room.order(one, 'DEMO-1-D');
  assert.deepEqual(room.violations(), []);
});

test('an order older in the log than what a newer writer has sent is a breach on a superseded connection', () => {
  const { room, one, two } = twoWriters();
  room.order(one, 'DEMO-1-A');
  room.order(two, 'DEMO-1-C');
  room.order(one, 'DEMO-1-B');
  assert.deepEqual(room.violations(), ['overlapping-writers']);
  assert.equal(room.hall.exchange.records.violations()[0]?.severity, 'breach');
});

test('a zombie that writes for the first time after its successor is a breach too', () => {
  const { room, one, two } = twoWriters();
  room.order(two, 'DEMO-1-C');
  room.order(one, 'DEMO-1-B');
  assert.deepEqual(room.violations(), ['overlapping-writers']);
});

test('a connection that was logged on after the last order may bring an older one that had waited', () => {
  const room = new ProfileRoom(binance);
  const { client: one } = room.enter('BN1T1');
  room.order(one, 'DEMO-1-C');
  room.hall.advance(100);
  const { client: two } = room.enter('BN2T2');
  room.order(two, 'DEMO-1-B');
  assert.deepEqual(room.violations(), []);
});

test('two connections that take turns are suspect when their ids do not tell who is right', () => {
  const { room, one, two } = twoWriters();
  room.order(one, 'a1');
  room.order(two, 'a2');
  assert.deepEqual(room.violations(), []);
  room.order(one, 'a3');
  assert.deepEqual(room.violations(), ['alternating-writers']);
  assert.equal(room.hall.exchange.records.violations()[0]?.severity, 'suspicion');
});

test('cancels of a superseded writer are no breach: they only take risk away', () => {
  const { room, one, two } = twoWriters();
  room.order(one, 'DEMO-1-A');
  room.order(two, 'DEMO-1-C');
  room.cancel(one, 'DEMO-1-B', 'DEMO-1-A');
  assert.deepEqual(room.violations(), []);
});

test('bytes of a stranger that are no FIX are written down as a suspicion', () => {
  const room = new ProfileRoom(deribit);
  room.hall.write(room.hall.connect(), Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  assert.deepEqual(room.violations(), ['garbled-before-logon']);
});
