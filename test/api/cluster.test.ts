/** The API of real processes: feed, redirects, figures and documents, as a user and a monitoring system meet them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Cluster } from '@baton/cli';
import { WebSocket } from 'ws';

interface Told {
  readonly type: string;
  readonly index: number;
  readonly order?: { readonly clientKey: string };
}

const folder = mkdtempSync(join(tmpdir(), 'ba-'));
let cluster!: Cluster;

before(async () => {
  cluster = await Cluster.start({ dataFolder: folder, timing: 'requirements', strategies: [] });
  await cluster.view.waitForOpenGate({ timeoutMs: 60_000 });
  await cluster.view.waitForCaughtUp({ timeoutMs: 60_000 });
});

after(async () => {
  await cluster?.abandon();
  rmSync(folder, { recursive: true, force: true });
});

/** Collects until `isEnough`; asked again while the scribe is starting. */
async function follow(url: string, isEnough: (told: readonly Told[]) => boolean): Promise<readonly Told[]> {
  for (;;) {
    const told = await followOnce(url, isEnough).catch((error: Error) => error);
    if (!(told instanceof Error)) return told;
    if (!told.message.includes('503')) throw told;
    await pause(200);
  }
}

function followOnce(url: string, isEnough: (told: readonly Told[]) => boolean): Promise<readonly Told[]> {
  return new Promise((resolve, reject) => {
    const line = new WebSocket(url);
    const told: Told[] = [];
    line.on('error', reject);
    line.on('message', (data: Buffer) => {
      told.push(JSON.parse(data.toString()) as Told);
      if (!isEnough(told)) return;
      line.terminate();
      resolve(told);
    });
  });
}

const order = (clientKey: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ clientKey, symbol: 'BTC-USD', side: 'buy', quantity: '0.1', price: '100' }),
});

test('an order that a follower is asked for reaches the leader, and every node tells of it on its feed', {
  timeout: 180_000,
}, async () => {
  const leader = await cluster.view.waitForOpenGate({ timeoutMs: 60_000 });
  const nodes = cluster.runFile.nodes;
  const follower = nodes.find(({ name }) => name !== leader.node);
  assert.ok(follower !== undefined);
  const redirect = await fetch(`http://${follower.api}/orders`, { ...order('k1'), redirect: 'manual' });
  assert.equal(redirect.status, 307);
  const body = (await redirect.json()) as { leader: { node: string } };
  assert.equal(body.leader.node, leader.node);
  const has = (key: string) => (told: readonly Told[]) => told.some((each) => each.order?.clientKey === key);
  const isTold = (told: readonly Told[]): boolean => has('k2')(told) && told.some(({ type }) => type === 'node');
  const heard = nodes.map(({ api }) => follow(`ws://${api}/feed?after=0`, isTold));
  const done = await fetch(`http://${follower.api}/orders`, order('k2'));
  assert.equal(done.status, 200);
  for (const told of await Promise.all(heard)) {
    assert.equal(told[0]?.type, 'hello');
    const indexes = told.filter((each) => each.order !== undefined).map(({ index }) => index);
    assert.deepEqual(
      indexes,
      indexes.toSorted((a, b) => a - b),
    );
  }
  const log = (await (await fetch(`http://${follower.api}/log?types=order`)).json()) as { updates: Told[] };
  assert.ok(has('k2')(log.updates));
  for (const { api, name } of nodes) {
    const word = await (await fetch(`http://${api}/role`)).text();
    assert.equal(word, name === leader.node ? 'PRIMARY' : 'BACKUP');
    assert.equal((await fetch(`http://${api}/leader`)).status, name === leader.node ? 200 : 503);
    assert.equal((await fetch(`http://${api}/readyz`)).status, 200);
  }
});

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

test('what leader and followers tell Prometheus is well-formed and keeps its conventions, as promtool judges', {
  skip: hasPromtool ? false : 'needs promtool (Debian: prometheus)',
}, async () => {
  for (const { api, name } of cluster.runFile.nodes) {
    const answer = await fetch(`http://${api}/metrics`);
    const text = await answer.text();
    assert.equal(answer.headers.get('content-type')?.startsWith('text/plain'), true);
    assert.match(text, /^baton_/m);
    const { status, stderr, stdout } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    assert.deepEqual([status, stdout, stderr], [0, '', ''], name);
  }
});
