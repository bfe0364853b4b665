/**
 * Security of real nodes, as `baton init` configures them: TLS and tokens on every API. Each attempt is refused, told in the
 * audit of the node that was asked, and harmless: no order, no entry of anybody's, the leader leads on.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { type LogLine, type Role, SecureCluster } from './secure-cluster.ts';

const MAIN = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));
const WRONG = 'wrong-token-wrong-token-wrong';

let cluster!: SecureCluster;
before(async () => {
  cluster = await SecureCluster.start();
});
after(() => cluster?.close());

interface Answer {
  readonly status: number;
  readonly location: string;
  readonly body: { readonly code?: string; readonly ok?: boolean };
}

interface Question {
  readonly at?: string;
  readonly method?: string;
  readonly body?: string;
  readonly as?: Role;
  readonly headers?: Record<string, string>;
  readonly tls?: RequestOptions;
}

function ask(
  path: string,
  { as, at, body = '', headers = {}, method = 'GET', tls = {} }: Question = {},
): Promise<Answer> {
  const [host, port] = (at ?? cluster.apis[0] ?? '').split(':');
  const all = {
    ...(body === '' ? {} : { 'content-type': 'application/json' }),
    ...(body === '' || headers['transfer-encoding'] !== undefined
      ? {}
      : { 'content-length': `${Buffer.byteLength(body)}` }),
    ...(as === undefined ? {} : { authorization: `Bearer ${cluster.token(as)}` }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const options = { host, port, path, method, headers: all, agent: false, ca: cluster.ca, ...tls };
    const asked = request(options, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => {
        text += part.toString();
      });
      response.on('end', () => {
        const { location = '' } = response.headers;
        const found = text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : {};
        resolve({ status: response.statusCode ?? 0, location, body: found });
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

const ORDER = { symbol: 'BTC-USD', side: 'buy', quantity: '0.1', price: '100', strategyId: 'manual' };
const order = (clientKey: string): string => JSON.stringify({ ...ORDER, clientKey });

/** What an attempt could have changed, on the node that leads. */
async function standing(): Promise<string> {
  const { gate, leader, orders, term } = await cluster.leader();
  return JSON.stringify({ leader, term, total: orders.total, open: gate.every((each) => each.open) });
}

/** Waits for a line of the audit; a test without it ends by its time limit. */
async function told(isIt: (line: LogLine) => boolean, since = 0): Promise<void> {
  const has = (): boolean => cluster.lines.slice(since).some((line) => line.event === 'api.audit' && isIt(line));
  while (!has()) await pause(10);
}

/** Refused as `expected`, audited as such on the first node, and nothing is other than before. */
async function refused(expected: number, path: string, question: Question): Promise<Answer> {
  const [before, seen] = [await standing(), cluster.lines.length];
  const answer = await ask(path, question);
  assert.equal(answer.status, expected, `${path} ${JSON.stringify(question).slice(0, 200)}`);
  assert.equal(await standing(), before);
  await told(({ node, status }) => node === 'n1' && status === expected, seen);
  return answer;
}

test('without a token, or with a wrong one, only probes are answered', async () => {
  for (const path of ['/health', '/role', '/livez', '/readyz']) assert.ok((await ask(path)).status < 500, path);
  for (const path of ['/orders', '/status', '/metrics', '/configuration', '/log', '/nothing'])
    await refused(401, path, {});
  await refused(401, '/orders', { method: 'POST', body: order('a') });
  await refused(401, '/kill-switch', {
    method: 'POST',
    body: '{"on":true}',
    headers: { authorization: `Bearer ${WRONG}` },
  });
  await refused(401, '/drain', { method: 'POST', body: '{}', headers: { authorization: 'Basic b3BlcmF0b3I6eA==' } });
});

test('a role does what the ones before it may, and no more', async () => {
  assert.equal((await ask('/positions', { as: 'read' })).status, 200);
  await refused(403, '/orders', { as: 'read', method: 'POST', body: order('b') });
  for (const path of ['/drain', '/kill-switch', '/transfer', '/promote-to-primary', '/checkpoint', '/configuration'])
    await refused(403, path, { as: 'trade', method: 'POST', body: '{}' });
});

test('pages of other sites get nothing, whatever token they have', async () => {
  const body = '{"on":true,"reason":"x"}';
  const post = { as: 'operate', method: 'POST', body } as const;
  for (const origin of ['https://evil.example', 'null', `http://127.0.0.1:1`])
    await refused(403, '/kill-switch', { ...post, headers: { origin } });
  await refused(403, '/kill-switch', { ...post, headers: { 'sec-fetch-site': 'cross-site' } });
  await refused(415, '/kill-switch', { ...post, headers: { 'content-type': 'text/plain' } });
  assert.equal(
    (await ask('/kill-switch', { method: 'OPTIONS', headers: { origin: 'https://evil.example' } })).status,
    403,
  );
  const feed = new WebSocket(`wss://${cluster.apis[0]}/feed`, {
    ca: cluster.ca,
    headers: { authorization: `Bearer ${cluster.token('read')}`, origin: 'https://evil.example' },
  });
  assert.match(((await once(feed, 'error')) as [Error])[0].message, /403/);
  const blind = new WebSocket(`wss://${cluster.apis[0]}/feed`, { ca: cluster.ca });
  assert.match(((await once(blind, 'error')) as [Error])[0].message, /401/);
});

test('bodies that are too large, cut off or no object change nothing', async () => {
  const large = JSON.stringify({ ...ORDER, clientKey: 'x'.repeat(200_000) });
  await refused(413, '/orders', { as: 'trade', method: 'POST', body: large });
  await refused(413, '/orders', {
    as: 'trade',
    method: 'POST',
    body: large,
    headers: { 'transfer-encoding': 'chunked' },
  });
  for (const body of ['{', '[]', '7', 'null', `{"clientKey":${'['.repeat(20_000)}`, '\u0000'])
    await refused(400, '/orders', { as: 'trade', method: 'POST', body });
  for (const wrong of ['{"clientKey":"c"}', JSON.stringify({ ...ORDER, clientKey: 'c', side: 'long' })]) {
    await refused(422, '/orders', { as: 'trade', method: 'POST', body: wrong });
  }
  const [host, port] = (cluster.apis[0] ?? '').split(':');
  const before = await standing();
  for (const bytes of ['\x00\xff garbage\r\n\r\n', `GET / HTTP/1.1\r\n${'x: y\r\n'.repeat(20_000)}\r\n`]) {
    const socket = connect({ host, port: Number(port), ca: cluster.ca });
    // The node may answer, or reset the line under us: either is a refusal.
    socket.on('error', () => {});
    socket.on('secureConnect', () => socket.end(bytes));
    socket.resume();
    await new Promise((resolve) => socket.on('close', resolve));
  }
  assert.equal(await standing(), before);
});

test('no path leads to something else than it says', async () => {
  for (const path of [
    '/orders/../kill-switch',
    '//kill-switch',
    '/orders/%2e%2e/drain',
    '/drain%00',
    '/%zz',
    '/a\\b',
  ]) {
    await refused(400, path, { as: 'operate', method: 'POST', body: '{"on":true}' });
  }
  assert.equal((await ask('/../../etc/passwd', { as: 'read' })).status, 400);
});

test('a client that wants another authority, an older TLS or none gets no answer, and gives no token', async () => {
  const other = join(cluster.folder, 'other');
  assert.equal(spawnSync(process.execPath, [MAIN, 'certs', 'init', '--folder', other]).status, 0);
  const before = await standing();
  const ca = readFileSync(join(other, 'ca.pem'), 'utf8');
  await assert.rejects(ask('/health', { tls: { ca } }), /certificate|signature/);
  await assert.rejects(ask('/health', { tls: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' } }));
  const [host, port] = (cluster.apis[0] ?? '').split(':');
  const plain = plainRequest({ host, port, path: '/health', agent: false });
  plain.end();
  await assert.rejects(once(plain, 'response'));
  assert.equal(await standing(), before);
});

test('an order of who may goes from any node to the leader over TLS, and its name stands in the audit', async () => {
  const leader = await cluster.leader();
  const follower = cluster.view.nodes.find(({ name }) => name !== leader.node)?.api ?? '';
  const question = { as: 'trade', at: follower, method: 'POST', body: order('right') } as const;
  const redirect = await ask('/orders', question);
  assert.equal(redirect.status, 307);
  const target = new URL(redirect.location);
  assert.equal(target.protocol, 'https:');
  const done = await ask('/orders', { ...question, at: target.host });
  assert.deepEqual([done.status, done.body.ok], [200, true]);
  await told(({ path, status, who }) => status === 200 && path === '/orders' && who === 'trader');
});

test('every command works over TLS with a token, and says what is missing without', { timeout: 300_000 }, async () => {
  const { config } = cluster;
  const all = cluster.apis.join(',');
  const ca = join(cluster.folder, 'desk', 'certs', 'ca.pem');
  const reading: readonly (readonly string[])[] = [
    ['status', '--config', config],
    ['status', '--api', all, '--ca-file', ca],
    ['top', '--count', '1', '--config', config],
    ['doctor', '--config', config],
    ['takeovers', '--via', all, '--ca-file', ca],
    ['members', 'list', '--config', config],
    ['version', '--config', config],
    ['config', 'show', '--keys', '--config', config],
    ['strategy', 'list', '--config', config],
    ['recover', '--config', config, '--dry-run'],
    ['rollback', '--plan', '--config', config],
    ['watchdog', '--once', '--config', config],
    ['feed', '--after', '0', '--count', '1', '--config', config],
  ];
  for (const args of reading) {
    const { err, exitCode, out } = await cluster.baton('read', ...args);
    assert.equal(exitCode, 0, `${args.join(' ')}: ${out}${err}`);
  }
  const acting: readonly (readonly string[])[] = [
    ['transfer', '--config', config],
    ['kill-switch', 'on', '--config', config, '--reason', 'test'],
    ['kill-switch', 'off', '--config', config, '--reason', 'test'],
    ['config', 'set', 'limits.openOrdersMax', '150', '--config', config],
    ['checkpoint', 'take', '--config', config],
  ];
  for (const args of acting) {
    const reader = await cluster.baton('read', ...args);
    assert.notEqual(reader.exitCode, 0, args.join(' '));
    assert.match(reader.err, /role operate|needs operate/, args.join(' '));
    const { err, exitCode, out } = await cluster.baton('operate', ...args);
    assert.equal(exitCode, 0, `${args.join(' ')}: ${out}${err}`);
  }
  for (const args of [reading[0] ?? [], reading[3] ?? [], reading[9] ?? [], acting[0] ?? []]) {
    const nobody = await cluster.baton(undefined, ...args);
    assert.deepEqual([nobody.exitCode, /--token-file FILE/.test(nobody.err)], [77, true], `${args[0]}: ${nobody.err}`);
  }
  const leading = await Promise.all(
    cluster.apis.map((api) => cluster.baton(undefined, 'role', '--api', api, '--ca-file', ca)),
  );
  assert.deepEqual(leading.map(({ exitCode }) => exitCode).toSorted(), [0, 10, 10]);
});

test('wrong tokens cost their address time; then right ones count again', { timeout: 120_000 }, async () => {
  const guess = { headers: { authorization: `Bearer ${WRONG}` } };
  let status = 0;
  for (let n = 0; n < 20 && status !== 429; n++) status = (await ask('/orders', guess)).status;
  assert.equal(status, 429);
  assert.equal((await ask('/orders', { as: 'operate' })).status, 429);
  assert.equal((await ask('/livez')).status, 200);
});

test('no token stands in any line that a node has written', () => {
  const text = JSON.stringify(cluster.lines);
  for (const role of ['read', 'trade', 'operate'] as const) assert.ok(!text.includes(cluster.token(role)), role);
  assert.ok(!text.includes(WRONG));
  assert.ok(cluster.lines.some(({ event }) => event === 'api.audit'));
});
