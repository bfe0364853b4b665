import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { IntentJournal } from './intent-journal.ts';
import { OrderClient } from './order-client.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function listen(t: TestContext, handler: Handler): Promise<string> {
  const server: Server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function clientOf(t: TestContext, ...addresses: string[]): OrderClient {
  const client = new OrderClient({ addresses, retryDelayMs: 1, answerTimeoutMs: 10_000 });
  t.after(() => client.close());
  return client;
}

const intentOf = () => new IntentJournal().open('k1', 's', 'submit');
const accept: Handler = (_request, response) => {
  response.end('{"ok":true,"clOrdId":"A","duplicate":false}');
};
const never = new AbortController().signal;

test('a command follows the redirect to the leader and remembers it', async (t) => {
  const leader = await listen(t, accept);
  let asked = 0;
  const follower = await listen(t, (_request, response) => {
    asked += 1;
    response.writeHead(307, { location: `http://${leader}/orders` }).end();
  });
  const client = clientOf(t, follower, leader);
  for (let n = 0; n < 2; n += 1) assert.equal((await client.send(intentOf(), '/orders', {}, never))?.clOrdId, 'A');
  assert.equal(asked, 1);
});

test('no leader, a busy leader and an unknown outcome are asked again with the same body', async (t) => {
  const statuses = [503, 429, 504, 200];
  const bodies: string[] = [];
  const address = await listen(t, async (request, response) => {
    for await (const chunk of request) bodies.push(String(chunk));
    response.writeHead(statuses.shift() ?? 500);
    accept(request, response);
  });
  const intent = intentOf();
  const answer = await clientOf(t, address).send(intent, '/orders', { clientKey: 'k1' }, never);
  assert.equal(answer?.ok, true);
  assert.deepEqual([intent.attempts, intent.unknownOutcomes, intent.surprises.length], [4, 1, 0]);
  assert.deepEqual(new Set(bodies), new Set(['{"clientKey":"k1"}']));
});

test('a node that dies while it answers leaves the outcome unknown, and the next node is asked', async (t) => {
  const dying = await listen(t, (request) => request.socket.destroy());
  const alive = await listen(t, accept);
  const intent = intentOf();
  assert.equal((await clientOf(t, dying, alive).send(intent, '/orders', {}, never))?.ok, true);
  assert.deepEqual([intent.attempts, intent.unknownOutcomes], [2, 1]);
});

test('an answer outside the contract is recorded as a surprise and not taken for an answer', async (t) => {
  const replies = ['{}', 'not json', '{"ok":true,"duplicate":false}', '{"ok":true,"clOrdId":"A","duplicate":false}'];
  const address = await listen(t, (_request, response) => response.end(replies.shift()));
  const intent = intentOf();
  await clientOf(t, address).send(intent, '/orders', {}, never);
  assert.equal(intent.surprises.length, 3);
  assert.equal(intent.answers.length, 1);
});

test('a redirect out of the cluster is not followed', async (t) => {
  let count = 0;
  const address = await listen(t, (request, response) => {
    count += 1;
    if (count === 1) response.writeHead(307, { location: 'http://127.0.0.1:1/orders' }).end();
    else accept(request, response);
  });
  const intent = intentOf();
  await clientOf(t, address).send(intent, '/orders', {}, never);
  assert.match(intent.surprises.join(), /no node of the cluster/);
});

test('a client that is told to stop gives up without an answer', async () => {
  const client = new OrderClient({ addresses: ['127.0.0.1:1'], retryDelayMs: 1 });
  const stopped = new AbortController();
  const intent = intentOf();
  const sending = client.send(intent, '/orders', {}, stopped.signal);
  stopped.abort();
  assert.equal(await sending, null);
  assert.equal(intent.answers.length, 0);
});
