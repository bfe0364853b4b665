import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import {
  type DeathNotice,
  decodeDeathNotice,
  encodeDeathNotice,
  instanceOfSecret,
  NoticeDoor,
} from './death-notice.ts';

const SECRET = '0123456789abcdef'.repeat(4);

test('a notice tells node and secret, and nothing else is a notice', () => {
  assert.deepEqual(decodeDeathNotice(encodeDeathNotice({ nodeId: 3, secret: SECRET })), { nodeId: 3, secret: SECRET });
  const good = encodeDeathNotice({ nodeId: 3, secret: SECRET }).toString('latin1');
  for (const text of ['', 'x', good.slice(1), `${good} `, good.slice(0, -1), `${good}0`, good.replace(' 3 ', ' -3 ')]) {
    assert.equal(decodeDeathNotice(Buffer.from(text, 'latin1')), undefined, text);
  }
});

test('an instance does not tell its secret, and another secret is another instance', () => {
  const instance = instanceOfSecret(SECRET);
  assert.match(instance, /^[0-9a-f]{64}$/);
  assert.notEqual(instance, SECRET);
  assert.notEqual(instanceOfSecret(SECRET.replace('0', '1')), instance);
});

test('a notice arrives at the port of links, among datagrams of strangers', async () => {
  const port = 20_000 + (process.pid % 20_000);
  const heard = Promise.withResolvers<DeathNotice>();
  const door = new NoticeDoor({ host: '127.0.0.1', port }, heard.resolve, (reason) => heard.reject(new Error(reason)));
  const sender = createSocket('udp4');
  const again = setInterval(() => {
    sender.send(Buffer.from('hello'), port, '127.0.0.1');
    sender.send(encodeDeathNotice({ nodeId: 2, secret: SECRET }), port, '127.0.0.1');
  }, 5);
  assert.deepEqual(await heard.promise, { nodeId: 2, secret: SECRET });
  clearInterval(again);
  sender.close();
  await once(sender, 'close');
  door.close();
});
