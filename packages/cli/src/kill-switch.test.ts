import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { captured } from './testing/captured-output.ts';

interface Asked {
  readonly on: boolean;
  readonly scope: string;
  readonly target: string;
  readonly local?: boolean;
}

/** A node that notes what it is asked; `quorum` false: commands to the cluster fail. */
async function fakeNode(t: TestContext, quorum: boolean): Promise<{ readonly api: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const wanted = JSON.parse(body) as Asked;
      asked.push(wanted);
      const isDone = quorum || wanted.local === true;
      response.statusCode = isDone ? 200 : 503;
      response.end(JSON.stringify(isDone ? { ok: true } : { code: 'NO_LEADER', text: 'nobody leads', remedy: '' }));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  return { api: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

test('turning it on closes every gate by itself first, then tells the cluster once', async (t) => {
  const [one, two] = [await fakeNode(t, true), await fakeNode(t, true)];
  const { exitCode, out } = await captured('kill-switch', 'on', '--via', one.api, '--via', two.api, '--reason', 'r');
  assert.equal(exitCode, 0);
  assert.match(out, /gate closed: .*\nthe cluster knows: the kill switch is on/);
  assert.deepEqual(
    one.asked.map(({ local }) => local ?? false),
    [true, false],
  );
  assert.deepEqual(
    two.asked.map(({ local }) => local ?? false),
    [true],
  );
});

test('turning it off opens no gate before the cluster has been told', async (t) => {
  const node = await fakeNode(t, true);
  const args = ['--scope', 'symbol', '--target', 'BTC-USD', '--via', node.api];
  assert.equal((await captured('kill-switch', 'off', ...args)).exitCode, 0);
  assert.deepEqual(
    node.asked.map(({ local, on, scope, target }) => [on, scope, target, local ?? false]),
    [
      [false, 'symbol', 'BTC-USD', false],
      [false, 'symbol', 'BTC-USD', true],
    ],
  );
  const alone = await fakeNode(t, false);
  assert.equal((await captured('kill-switch', 'off', '--via', alone.api)).exitCode, 69);
  assert.equal(alone.asked.length, 1);
});

test('without a quorum the gates are closed all the same, and the code says that the cluster does not know', async (t) => {
  const node = await fakeNode(t, false);
  const { exitCode, err, out } = await captured('kill-switch', 'on', '--via', node.api, '--via', '127.0.0.1:1');
  assert.equal(exitCode, 75);
  assert.match(out, /gate closed/);
  assert.match(err, /has not been told/);
});

test('a part must be named, and everything has no name', async () => {
  assert.equal((await captured('kill-switch', 'on', '--scope', 'venue')).exitCode, 2);
  assert.equal((await captured('kill-switch', 'on', '--target', 'x')).exitCode, 2);
  assert.equal((await captured('kill-switch', 'maybe')).exitCode, 2);
});
