/** What is refused at the door: refused, told in the audit, and harmless. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { FAILURES_MAX } from '../access/failure-limit.ts';
import type { ApiPlan } from '../configuration/api-plan.ts';
import { requestPath } from './request-path.ts';
import { type SomeApi, startSomeApi, TOKENS, tokenPlan } from './testing/some-api.ts';

const OPEN: ApiPlan = { hosts: [], tokens: [] };
const ORDER = JSON.stringify({ clientKey: 'k1', symbol: 'BTC-USD', side: 'buy', quantity: '1', price: '2' });

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: { readonly code?: string; readonly text?: string };
}

interface Question {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** The path goes out as it stands; fetch would tidy it up. */
function ask(api: SomeApi, path: string, { body = '', headers = {}, method = 'GET' }: Question = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const json = body === '' ? {} : { 'content-type': 'application/json' };
    const options = { host: '127.0.0.1', port: api.port, path, method, headers: { ...json, ...headers }, agent: false };
    const asked = request(options, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => {
        text += part.toString();
      });
      response.on('end', () => {
        const isJson = text.startsWith('{');
        const status = response.statusCode ?? 0;
        resolve({ status, headers: response.headers, body: isJson ? (JSON.parse(text) as Answer['body']) : {} });
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

const bearer = (name: keyof typeof TOKENS): Record<string, string> => ({ authorization: `Bearer ${TOKENS[name]}` });

/** One line about it in the audit, and nothing was done. */
function wasHarmless(api: SomeApi, status: number): void {
  assert.deepEqual(api.commands, []);
  const audits = api.lines.filter(({ event }) => event === 'api.audit');
  assert.equal(audits.at(-1)?.['status'], status);
}

const withTokens = (t: TestContext): Promise<SomeApi> => startSomeApi(t, tokenPlan());

test('with tokens nothing but probes is answered without one', async (t) => {
  const api = await withTokens(t);
  assert.equal((await ask(api, '/health')).status, 200);
  assert.equal((await ask(api, '/livez')).status, 200);
  for (const path of ['/orders', '/nothing', '/metrics']) assert.equal((await ask(api, path)).status, 401, path);
  const refused = await ask(api, '/orders', { method: 'POST', body: ORDER });
  assert.equal(refused.status, 401);
  assert.match(String(refused.headers['www-authenticate']), /^Bearer/);
  wasHarmless(api, 401);
});

test('each role does what the ones before it may, and no more', async (t) => {
  const api = await withTokens(t);
  const post = async (path: string, name: keyof typeof TOKENS, body: string): Promise<number> =>
    (await ask(api, path, { method: 'POST', body, headers: bearer(name) })).status;
  assert.equal((await ask(api, '/positions', { headers: bearer('reader') })).status, 200);
  assert.equal(await post('/orders', 'reader', ORDER), 403);
  wasHarmless(api, 403);
  assert.equal(await post('/drain', 'trader', '{}'), 403);
  wasHarmless(api, 403);
  assert.equal(await post('/orders', 'trader', ORDER), 200);
  assert.equal(await post('/drain', 'operator', '{"reason":"night"}'), 200);
  assert.deepEqual(
    api.commands.map(({ type }) => type),
    ['SubmitOrder', 'StartDrain'],
  );
});

test('who acted stands in the entry and in the audit, and no token in any line', async (t) => {
  const api = await withTokens(t);
  await ask(api, '/drain', { method: 'POST', body: '{"reason":"night"}', headers: bearer('operator') });
  await ask(api, '/drain', {
    method: 'POST',
    body: '{}',
    headers: { authorization: 'Bearer wrong-token-wrong-token' },
  });
  const [command] = api.commands;
  assert.equal((command as { reason?: string }).reason, 'night [operator]');
  const [done] = api.lines.filter(({ status }) => status === 200);
  assert.deepEqual([done?.['who'], done?.['path'], done?.['outcome']], ['operator', '/drain', 'done']);
  const text = JSON.stringify(api.lines);
  for (const secret of [...Object.values(TOKENS), 'wrong-token']) assert.ok(!text.includes(secret));
});

test('wrong tokens cost their address time, after which right ones count again', async (t) => {
  const api = await withTokens(t);
  for (let n = 0; n < FAILURES_MAX; n++) {
    const answer = await ask(api, '/orders', { headers: { authorization: `Bearer guess-${n}` } });
    assert.equal(answer.status, 401);
  }
  const refused = await ask(api, '/orders', { headers: bearer('operator') });
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers['retry-after']) > 0);
  assert.equal((await ask(api, '/health')).status, 200);
  wasHarmless(api, 429);
});

test('pages of other sites are refused by origin, by what the browser says, and by type', async (t) => {
  const api = await startSomeApi(t, OPEN);
  const post = (headers: Record<string, string>): Promise<Answer> =>
    ask(api, '/kill-switch', { method: 'POST', body: '{"on":true}', headers });
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1', `http://evil.example:${api.port}`]) {
    assert.equal((await post({ origin })).status, 403, origin);
    wasHarmless(api, 403);
  }
  assert.equal((await post({ 'sec-fetch-site': 'cross-site' })).status, 403);
  assert.equal((await post({ 'content-type': 'text/plain' })).status, 415);
  assert.equal((await post({ 'content-type': 'application/x-www-form-urlencoded' })).status, 415);
  assert.deepEqual(api.commands, []);
  assert.equal((await ask(api, '/positions', { headers: { origin: `http://localhost:${api.port}` } })).status, 200);
  const visit = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  assert.equal((await ask(api, '/health', { headers: visit })).status, 200);
});

test('a name of somebody else that leads here is not answered to, unless tokens are asked for', async (t) => {
  const api = await startSomeApi(t, OPEN);
  assert.equal((await ask(api, '/positions', { headers: { host: `rebound.example:${api.port}` } })).status, 403);
  wasHarmless(api, 403);
  const known = await startSomeApi(t, { ...OPEN, hosts: ['desk.example'] });
  assert.equal((await ask(known, '/positions', { headers: { host: 'desk.example' } })).status, 200);
});

test('no path has a second spelling', async (t) => {
  const api = await startSomeApi(t, OPEN);
  const tricks = [
    '/console/../orders',
    '//orders',
    '/orders/%2e%2e/positions',
    '/orders/a%2fcancel',
    '/orders/%00',
    '/orders/%zz',
    '/orders\\x',
    `/orders/${'x'.repeat(3000)}`,
  ];
  for (const path of tricks) {
    const answer = await ask(api, path);
    assert.equal(answer.status, 400, path);
    assert.equal(answer.body.code, 'BAD_PATH');
  }
  assert.equal((await ask(api, '/orders/%41')).status, 404);
});

test('a path is either refused or made of the names that it shows', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1, maxLength: 10 }), { minLength: 1, maxLength: 4 }), (names) => {
      const found = requestPath(`/${names.map((name) => encodeURIComponent(name)).join('/')}`);
      if (found.ok) assert.deepEqual(found.segments, names);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
      else assert.ok(names.some((name) => name === '.' || name === '..' || /[/\\\x00-\x1f\x7f]/.test(name)));
    }),
  );
});

test('a body too large, by its word or in fact, and one that is no object, change nothing', async (t) => {
  const api = await startSomeApi(t, OPEN);
  const post = (body: string, headers: Record<string, string> = {}): Promise<Answer> =>
    ask(api, '/orders', { method: 'POST', body, headers });
  const large = JSON.stringify({ clientKey: 'x'.repeat(900_000) });
  const stated = await post(large);
  assert.equal(stated.status, 413);
  const chunked = await post(large, { 'transfer-encoding': 'chunked' });
  assert.equal(chunked.status, 413);
  for (const body of ['{', '[]', '7', 'null', '"x"']) assert.equal((await post(body)).status, 400, body);
  const wrong = await post('{"clientKey":"k","symbol":"S","side":"long","quantity":"1"}');
  assert.equal(wrong.status, 422);
  assert.match(wrong.body.text ?? '', /side is "long"; expected one of buy, sell/);
  assert.deepEqual(api.commands, []);
});

test('the feed is for who may read: by header, or by the subprotocol that a page can offer', async (t) => {
  const api = await withTokens(t);
  const url = `ws://${api.address}/feed`;
  const refused = new WebSocket(url);
  const [error] = (await once(refused, 'error')) as [Error];
  assert.match(error.message, /401/);
  wasHarmless(api, 401);
  const line = new WebSocket(url, ['baton.feed.v1', `bearer.${TOKENS.reader}`]);
  const [data] = (await once(line, 'message')) as [Buffer];
  assert.equal((JSON.parse(data.toString()) as { type: string }).type, 'hello');
  assert.equal(line.protocol, 'baton.feed.v1');
  line.terminate();
  // base64 ends in `=`, which the name of a subprotocol may not have.
  const coded = `bearer64.${Buffer.from(TOKENS.reader).toString('base64url')}`;
  const coding = new WebSocket(url, ['baton.feed.v1', coded]);
  await once(coding, 'message');
  coding.terminate();
  const wrongly = new WebSocket(url, ['baton.feed.v1', `${coded}x`]);
  const [unknown] = (await once(wrongly, 'error')) as [Error];
  assert.match(unknown.message, /401/);
  const headed = new WebSocket(url, { headers: bearer('reader') });
  await once(headed, 'message');
  headed.terminate();
  const foreign = new WebSocket(url, { headers: { ...bearer('reader'), origin: 'https://evil.example' } });
  const [crossed] = (await once(foreign, 'error')) as [Error];
  assert.match(crossed.message, /403/);
});

test('bytes that are no HTTP end their own connection only', async (t) => {
  const api = await startSomeApi(t, OPEN);
  const socket = connect(api.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('\x16\x03\x01 garbage\r\n\r\n');
  socket.resume();
  await once(socket, 'close');
  assert.equal((await ask(api, '/livez')).status, 200);
});

test('a health check that gives no name, as HTTP/1.0 allows, is answered; a page always gives one', async (t) => {
  const api = await startSomeApi(t, OPEN);
  const socket = connect(api.port, '127.0.0.1');
  socket.end('GET /role HTTP/1.0\r\n\r\n');
  let text = '';
  for await (const part of socket) text += String(part);
  assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(text, /\r\n\r\nBACKUP$/);
});
