import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { ClusterView } from './cluster-view.ts';
import { turnKillSwitch } from './kill-switch.ts';
import { captured } from './testing/captured-output.ts';

interface Asked {
  readonly on: boolean;
  readonly scope: string;
  readonly target: string;
  readonly local?: boolean;
}

/** A node that notes what it is asked; commands to the cluster fail so many times at first, for nobody leads. */
async function fakeNode(t: TestContext, electing: number): Promise<{ readonly api: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  let refusals = electing;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const wanted = JSON.parse(body) as Asked;
      asked.push(wanted);
      const isDone = wanted.local === true || refusals-- <= 0;
      response.statusCode = isDone ? 200 : 503;
      response.end(JSON.stringify(isDone ? { ok: true } : { code: 'NO_LEADER', text: 'nobody leads', remedy: '' }));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  return { api: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** One that nobody leads, and nobody will. */
const NEVER = Number.POSITIVE_INFINITY;

test('turning it on closes every gate by itself, and tells the cluster once, through a node that has', async (t) => {
  const [one, two] = [await fakeNode(t, 0), await fakeNode(t, 0)];
  const { exitCode, out } = await captured('kill-switch', 'on', '--via', one.api, '--via', two.api, '--reason', 'r');
  assert.equal(exitCode, 0);
  assert.match(out, /gate closed: .*\nthe cluster knows: the kill switch is on/);
  const asked = [one, two].map((node) => node.asked.map(({ local }) => local ?? false));
  assert.deepEqual(
    asked.toSorted((a, b) => b.length - a.length),
    [[true, false], [true]],
  );
});

test('a node that does not answer holds nothing up: the cluster is told before its time is over', async (t) => {
  const silent = createServer(() => {});
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
  t.after(() => silent.close().closeAllConnections());
  const good = await fakeNode(t, 0);
  const view = ClusterView.fromAddresses([`127.0.0.1:${(silent.address() as AddressInfo).port}`, good.api]);
  const done = turnKillSwitch(view, { on: true, scope: 'global', target: '', reason: 'r' });
  while (good.asked.length < 2) await Promise.race([pause(1), done.then(() => assert.fail('told too late'))]);
  const { clusterFault, gates, missing } = await done;
  assert.deepEqual([gates, missing.length, clusterFault], [[good.api], 1, '']);
});

test('a cluster that elects is told as soon as somebody leads, on and off', async (t) => {
  const node = await fakeNode(t, 3);
  const view = ClusterView.fromAddresses([node.api]);
  for (const on of [true, false]) {
    const { clusterFault, gates } = await turnKillSwitch(view, { on, scope: 'global', target: '', reason: 'r' });
    assert.deepEqual([clusterFault, gates], ['', [node.api]]);
  }
  assert.equal(node.asked.filter(({ local }) => local !== true).length, 5);
});

test('turning it off opens no gate before the cluster has been told', async (t) => {
  const node = await fakeNode(t, 0);
  const args = ['--scope', 'symbol', '--target', 'BTC-USD', '--via', node.api];
  assert.equal((await captured('kill-switch', 'off', ...args)).exitCode, 0);
  assert.deepEqual(
    node.asked.map(({ local, on, scope, target }) => [on, scope, target, local ?? false]),
    [
      [false, 'symbol', 'BTC-USD', false],
      [false, 'symbol', 'BTC-USD', true],
    ],
  );
  const alone = await fakeNode(t, NEVER);
  const off = { on: false, scope: 'global', target: '', reason: '' } as const;
  const { clusterFault, gates } = await turnKillSwitch(ClusterView.fromAddresses([alone.api]), off, 0);
  assert.deepEqual([gates, alone.asked.length], [[], 1]);
  assert.match(clusterFault, /nobody leads/);
});

test('without a quorum the gates are closed all the same, and the code says that the cluster does not know', async (t) => {
  const node = await fakeNode(t, NEVER);
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
