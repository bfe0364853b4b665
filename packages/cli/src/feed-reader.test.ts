import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { captured } from './testing/captured-output.ts';

const TOKEN = 'reader-token-0123456789';

/** A node that tells the updates after what it is asked for, up to `to`, and then breaks the line. */
async function node(t: TestContext, to: number, asked: string[]): Promise<string> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    verifyClient: ({ req }: { readonly req: IncomingMessage }, done) => {
      const isKnown = req.headers.authorization === undefined || req.headers.authorization === `Bearer ${TOKEN}`;
      done(isKnown, isKnown ? 101 : 401);
    },
  });
  await new Promise((resolve) => server.on('listening', resolve));
  t.after(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  server.on('connection', (line, request) => {
    asked.push(request.url ?? '');
    const after = Number(new URL(request.url ?? '', 'ws://n').searchParams.get('after') ?? 0);
    line.send(JSON.stringify({ type: 'hello', incarnation: 3, index: after, after }));
    line.send(JSON.stringify({ type: 'heartbeat', index: after }));
    for (let index = after + 1; index <= to; index++) line.send(JSON.stringify({ type: 'fill', index, n: 0 }));
    line.close(1001, 'leaving');
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a feed that breaks is taken up at the next node after the last index: each update once', async (t) => {
  const asked: string[] = [];
  const [one, two] = [await node(t, 12, asked), await node(t, 15, asked)];
  const { err, exitCode, out } = await captured(
    'feed',
    '--api',
    `${one},${two}`,
    '--after',
    '10',
    '--count',
    '5',
    '--types',
    'fill',
  );
  assert.equal(exitCode, 0, err);
  const told = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; index: number });
  assert.deepEqual(
    told.filter(({ type }) => type === 'fill').map(({ index }) => index),
    [11, 12, 13, 14, 15],
  );
  assert.deepEqual(asked, ['/feed?after=10&types=fill', '/feed?after=12&incarnation=3&types=fill']);
});

test('nobody there is 69, a token that is not taken is 77', async (t) => {
  assert.equal((await captured('feed', '--api', '127.0.0.1:1')).exitCode, 69);
  const api = await node(t, 1, []);
  const before = process.env['BATON_TOKEN'];
  process.env['BATON_TOKEN'] = 'another-token-0123456789';
  t.after(() => {
    if (before === undefined) delete process.env['BATON_TOKEN'];
    else process.env['BATON_TOKEN'] = before;
  });
  const refused = await captured('feed', '--api', api);
  assert.deepEqual([refused.exitCode, /401 this needs a token/.test(refused.err)], [77, true], refused.err);
});
