/** The venue on real sockets: a small initiator trades, dies, comes back; questions over HTTP; the stream of events. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Books } from './books.ts';
import { runVenue } from './run-venue.ts';
import { SocketClient } from './testing/socket-client.ts';
import type { Venue } from './venue.ts';
import type { VenueEvent } from './venue-event.ts';
import type { VenueOptions } from './venue-options.ts';

const OPTIONS: VenueOptions = {
  sessions: [{ senderCompId: 'SIM', targetCompId: 'BATON', nextExpectedMsgSeqNum: true }],
  instruments: [{ symbol: 'ACME', priceScale: 2, quantityScale: 0, referencePrice: '100' }],
};

const urlOf = (venue: Venue, path: string) => `http://${venue.httpAddress.host}:${venue.httpAddress.port}${path}`;

async function ask<Answer>(venue: Venue, path: string): Promise<Answer> {
  const response = await fetch(urlOf(venue, path));
  assert.equal(response.status, 200, path);
  return (await response.json()) as Answer;
}

/** Resolves with the first event that fits, past or future. */
function nextEvent(venue: Venue, fits: (event: VenueEvent) => boolean): Promise<VenueEvent> {
  const { records } = venue.exchange;
  return new Promise((resolve) => {
    const past = records.eventsAfter(0).find(fits);
    if (past !== undefined) return resolve(past);
    const unwatch = records.watch((event) => {
      if (!fits(event)) return;
      unwatch();
      resolve(event);
    });
  });
}

test('a client trades over a socket, is killed, comes back and gets what it missed exactly once', async (t) => {
  const venue = await runVenue(OPTIONS);
  t.after(() => venue.stop());
  const client = new SocketClient('BATON');
  await client.logOn(venue.address);
  client.order('a1');
  await client.until(() => client.fix.delivered.length === 1);
  client.order('a2', { side: '2', quantity: '4' });
  await nextEvent(venue, (event) => event.type === 'fill');
  await client.kill();
  await nextEvent(venue, (event) => event.type === 'connection-closed');
  await client.logOn(venue.address);
  await client.until(() => client.fix.delivered.length >= 4);
  assert.deepEqual(
    client.fix.told().map((text) => text.replace(' dup', '')),
    ['8 a1 0 0 0', '8 a2 0 0 0', '8 a1 F 1 4', '8 a2 F 2 4'],
  );
  const books = await ask<Books>(venue, '/books?owner=BATON');
  assert.deepEqual(books.acceptances, ['a1', 'a2']);
  assert.equal(books.fills.length, 2);
  assert.equal(books.connections.length, 2);
  assert.deepEqual(books.violations, []);
  const [first, second] = books.connections;
  assert.ok(first?.endedUs !== null && second !== undefined && (first?.endedUs ?? 0) <= second.loggedOnUs);
  client.logout();
  await client.until(() => client.isClosed);
});

test('the second logon of a CompID is closed without a byte, over a socket too', async (t) => {
  const venue = await runVenue(OPTIONS);
  t.after(() => venue.stop());
  const client = new SocketClient('BATON');
  const zombie = new SocketClient('BATON');
  await client.logOn(venue.address);
  await zombie.logOn(venue.address);
  assert.ok(zombie.isClosed);
  assert.deepEqual(zombie.fix.wire, []);
  const refused = await ask<{ reason: string }[]>(venue, '/refused-logons');
  assert.deepEqual(
    refused.map(({ reason }) => reason),
    ['already-logged-on'],
  );
  await client.kill();
});

test('the operator drops, silences and resumes connections', async (t) => {
  const venue = await runVenue(OPTIONS);
  t.after(() => venue.stop());
  const client = new SocketClient('BATON');
  await client.logOn(venue.address);
  const post = (path: string, body: object) =>
    fetch(urlOf(venue, path), { method: 'POST', body: JSON.stringify(body) }).then((response) => response.json());
  await post('/admin/silence', { compId: 'BATON' });
  client.order('a1');
  await post('/admin/resume', {});
  await client.until(() => client.fix.delivered.length === 1);
  await post('/admin/drop', { compId: 'BATON' });
  await client.until(() => client.isClosed);
  const connections = await ask<{ endReason: string }[]>(venue, '/connections');
  assert.equal(connections[0]?.endReason, 'dropped by the operator');
});

test('events stream as NDJSON from the number asked for, past ones first', async (t) => {
  const venue = await runVenue(OPTIONS);
  t.after(() => venue.stop());
  const client = new SocketClient('BATON');
  await client.logOn(venue.address);
  const response = await fetch(urlOf(venue, '/events?since=0'));
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  assert.ok(reader !== undefined);
  client.order('a1');
  let text = '';
  while (!text.includes('order-accepted')) text += (await reader.read()).value ?? '';
  const types = text
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => (JSON.parse(line) as VenueEvent).type);
  assert.deepEqual(types, ['connection-opened', 'logged-on', 'message', 'order-accepted']);
  await reader.cancel();
  await client.kill();
});

test('messages carry both clocks; the first order after a kill is found by the time of its connection', async (t) => {
  const venue = await runVenue(OPTIONS);
  t.after(() => venue.stop());
  const client = new SocketClient('BATON');
  await client.logOn(venue.address);
  client.order('a1');
  await client.until(() => client.fix.delivered.length === 1);
  const killedUs = venue.exchange.records.connections()[0]?.loggedOnAt?.wallUs ?? 0;
  assert.equal(await ask(venue, `/first-accepted?afterUs=${killedUs}`), null, 'a1 came over the older connection');
  await client.kill();
  await client.logOn(venue.address);
  client.order('a2');
  await client.until(() => client.fix.delivered.length === 2);
  const first = await ask<{ clOrdId: string; timeUs: number }>(venue, `/first-accepted?afterUs=${killedUs}`);
  assert.equal(first.clOrdId, 'a2');
  const messages = await ask<{ n: number; clOrdId: string; receivedAt: object }[]>(venue, '/messages?since=1');
  assert.deepEqual(
    messages.map(({ n, clOrdId, receivedAt }) => [n, clOrdId, Object.keys(receivedAt)]),
    [[2, 'a2', ['wallUs', 'monotonicUs']]],
  );
  await client.kill();
});

test('a wrong question gets a 4xx that names what was wrong and what to do', async (t) => {
  const venue = await runVenue(OPTIONS);
  t.after(() => venue.stop());
  const cases: [string, RequestInit, number, string][] = [
    ['/nowhere', {}, 404, 'BATON_VENUE_PATH'],
    ['/orders', { method: 'DELETE' }, 405, 'BATON_VENUE_METHOD'],
    ['/orders?limit=-1', {}, 400, 'BATON_VENUE_QUERY'],
    ['/orders?onwer=BATON', {}, 400, 'BATON_VENUE_QUERY'],
    ['/orders/none', {}, 404, 'BATON_VENUE_NOT_FOUND'],
    ['/marketdata/NOPE', {}, 404, 'BATON_VENUE_NOT_FOUND'],
    ['/marketdata/%E0%A4%A', {}, 400, 'BATON_VENUE_PATH'],
    ['/admin/drop', { method: 'POST', body: '[]' }, 400, 'BATON_VENUE_BODY'],
    ['/admin/drop', { method: 'POST', body: '{"compId":7}' }, 400, 'BATON_VENUE_BODY'],
    ['/admin/drop', { method: 'POST', body: '{"compId":"X"}' }, 404, 'BATON_VENUE_NOT_FOUND'],
    ['/admin/drop', { method: 'POST', body: 'x'.repeat(20_000) }, 413, 'BATON_VENUE_BODY_SIZE'],
    ['/admin/drop', { method: 'POST', headers: { origin: 'http://evil.example' } }, 403, 'BATON_VENUE_ORIGIN'],
  ];
  for (const [path, init, status, code] of cases) {
    const response = await fetch(urlOf(venue, path), init);
    const answer = (await response.json()) as { code: string; text: string; remedy: string };
    assert.equal(response.status, status, path);
    assert.equal(answer.code, code, path);
    assert.ok(answer.text.length > 0 && answer.remedy.length > 0);
  }
});

test('every question of the table is answered, and its answer is JSON', async (t) => {
  const venue = await runVenue({ ...OPTIONS, counterFlow: { enabled: true, ordersPerSecond: 200, seed: 3 } });
  t.after(() => venue.stop());
  const client = new SocketClient('BATON');
  await client.logOn(venue.address);
  client.order('a1', { quantity: '50', price: '100.2' });
  await nextEvent(venue, (event) => event.type === 'fill');
  for (const path of [
    '/',
    '/status',
    '/orders',
    '/orders?owner=BATON&open=true&since=0&limit=5',
    '/orders/a1',
    '/fills',
    '/positions',
    '/connections',
    '/refused-logons',
    '/messages',
    '/violations',
    '/sequence-numbers',
    '/books',
    '/first-accepted?afterUs=0',
    '/marketdata',
    '/marketdata/ACME',
  ]) {
    await ask(venue, path);
  }
  const halted = await fetch(urlOf(venue, '/admin/halt-counterflow'), { method: 'POST' });
  assert.equal(halted.status, 200);
  assert.equal((await ask<{ counterFlow: boolean }>(venue, '/status')).counterFlow, false);
  const before = await ask<{ revision: number; fills: number }>(venue, '/status');
  const positions = await ask<{ netQuantity: string; owner: string }[]>(venue, '/positions');
  assert.equal(positions.length, 2);
  assert.equal(BigInt(positions[0]?.netQuantity ?? '1') + BigInt(positions[1]?.netQuantity ?? '0'), 0n);
  assert.ok(before.fills > 0);
  await client.kill();
});

test('every fault is a request of its own, and one out of bounds is refused with what to do', async (t) => {
  const venue = await runVenue(OPTIONS);
  t.after(() => venue.stop());
  const post = async (path: string, body: unknown) => {
    const response = await fetch(urlOf(venue, path), { method: 'POST', body: JSON.stringify(body) });
    return { status: response.status, answer: (await response.json()) as { code?: string; revision?: number } };
  };
  const faults: [string, unknown][] = [
    ['drop', { how: 'end' }],
    ['silence', {}],
    ['resume', {}],
    ['delay-reports', { delayMs: 5 }],
    ['duplicate-reports', { count: 1 }],
    ['reorder-reports', { count: 2 }],
    ['hold-reports', { clOrdId: 'a1' }],
    ['release-reports', {}],
    ['reject-orders', { count: 1 }],
    ['delay-orders', { delayMs: 0 }],
    ['delay-logon', { delayMs: 1 }],
    ['refuse-connections', { durationMs: 1 }],
    ['reset-sequence', { compId: 'BATON', how: 'forget' }],
    ['restart', { keepsState: false, downMs: 1 }],
    ['skip-market-data', { count: 1 }],
  ];
  for (const [name, body] of faults) {
    const { status, answer } = await post(`/admin/${name}`, body);
    assert.equal(status, 200, name);
    assert.ok((answer.revision ?? 0) > 0);
  }
  for (const [path, body] of [
    ['/admin/delay-orders', { delayMs: 1 }],
    ['/admin/delay-reports', { delayMs: -1 }],
    ['/admin/delay-reports', {}],
    ['/admin/reset-sequence', { how: 'gently' }],
    ['/admin/restart', { keepsState: 'yes' }],
  ] as const) {
    assert.equal((await post(path, body)).status, 400, path);
  }
  const client = await ask<{ timeUs: number }>(venue, '/api/time');
  assert.ok(client.timeUs > 0, 'the REST API answers on the same port');
  assert.equal((await fetch(urlOf(venue, '/api/orders/a1'))).status, 404);
});

test('a port that is taken is refused by name, and wrong options all at once', async (t) => {
  const venue = await runVenue(OPTIONS);
  t.after(() => venue.stop());
  const { port } = venue.address;
  await assert.rejects(runVenue({ ...OPTIONS, fixPort: port }), { code: 'BATON_VENUE_LISTEN', option: 'fixPort' });
  const http = venue.httpAddress.port;
  await assert.rejects(runVenue({ ...OPTIONS, httpPort: http }), { code: 'BATON_VENUE_LISTEN', option: 'httpPort' });
  await assert.rejects(
    runVenue({ sessions: [], instruments: [], fixPort: 70_000 }),
    (error: { code: string; faults: string[] }) => error.code === 'BATON_VENUE_OPTIONS' && error.faults.length === 3,
  );
});

test('a stop logs the client out first', async () => {
  const venue = await runVenue(OPTIONS);
  const client = new SocketClient('BATON');
  await client.logOn(venue.address);
  await venue.stop();
  await client.until(() => client.isClosed);
  assert.equal(client.fix.wire.at(-1)?.msgType, '5');
});
