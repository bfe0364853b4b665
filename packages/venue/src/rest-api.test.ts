/** The REST API as a client sees it, and HTTP over a network in memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tag } from '@baton/fix';
import { MemoryNetwork, VirtualClock } from '@baton/host/testing';
import { ProfileRoom } from './testing/profile-room.ts';
import { binance, classic789, PROFILES } from './testing/profiles-by-name.ts';
import { resolveVenueOptions } from './venue-options.ts';
import { VenueShell } from './venue-shell.ts';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: number | null;
}

interface OrderAnswer {
  readonly clOrdId: string;
  readonly status: string;
  readonly cumQuantity: string;
  readonly fills: readonly { readonly execId: string; readonly price: string; readonly quantity: string }[];
}

function ask(room: ProfileRoom, target: string, apiKey: string | null = 'B') {
  return room.hall.exchange.rest.answer({ method: 'GET', target, apiKey }, room.hall.at);
}

function traded() {
  const room = new ProfileRoom(binance);
  const { client } = room.enter();
  room.order(client, 'a1');
  room.order(client, 'a2', { price: '99' });
  const { client: other } = room.enter('OTHER');
  room.order(other, 'b1', { side: '2', quantity: '4' });
  room.order(other, 'b2', { side: '2', quantity: '3' });
  return { room, client, other };
}

for (const profile of PROFILES) {
  test(`${profile.name}: account questions are answered over HTTP exactly where the profile has REST`, () => {
    const room = new ProfileRoom(profile);
    for (const path of ['orders/none', 'open-orders', 'fills', 'positions']) {
      const { body, status } = ask(room, `/api/${path}`);
      const isOffered = (body as { code?: string }).code !== 'NOT_OFFERED';
      assert.equal(isOffered, profile.recovery.statusBy.includes('REST'), path);
      assert.equal(status, !isOffered || path === 'orders/none' ? 404 : 200);
    }
    assert.equal(ask(room, '/api/time').status, 200);
  });
}

test('an order is told with its fills, under the ExecIDs of its execution reports', () => {
  const { room, client } = traded();
  const order = ask(room, '/api/orders/a1').body as OrderAnswer;
  assert.deepEqual([order.status, order.cumQuantity], ['partially-filled', '7']);
  const told = client.delivered
    .filter(({ message }) => message.getString(Tag.ExecType) === 'F')
    .map(({ message }) => message.getString(Tag.ExecID));
  assert.deepEqual(
    order.fills.map(({ execId }) => execId),
    told,
  );
  const unknown = ask(room, '/api/orders/never');
  assert.deepEqual([unknown.status, (unknown.body as { code: string }).code], [404, 'UNKNOWN_ORDER']);
});

test('an account sees its own orders and nobody else’s', () => {
  const { room } = traded();
  assert.equal(ask(room, '/api/orders/a1', 'OTHER').status, 404);
  assert.equal(ask(room, '/api/orders/a1', 'NOBODY').status, 401);
  assert.equal(ask(room, '/api/orders/a1', null).status, 401, 'two participants: it must say which');
  const positions = ask(room, '/api/positions').body as { netQuantity: string }[];
  assert.deepEqual(
    positions.map(({ netQuantity }) => netQuantity),
    ['7'],
  );
});

test('pages go forward without a gap or a repetition', () => {
  const { room } = traded();
  const first = ask(room, '/api/fills?limit=1').body as Page<{ execId: string }>;
  assert.equal(first.next, 1);
  const second = ask(room, `/api/fills?since=${first.next}&limit=1`).body as Page<{ execId: string }>;
  assert.equal(second.next, null);
  const all = ask(room, '/api/fills').body as Page<{ execId: string }>;
  assert.deepEqual(all.items, [...first.items, ...second.items]);
  const open = ask(room, '/api/open-orders?limit=1').body as Page<OrderAnswer>;
  const rest = ask(room, `/api/open-orders?since=${open.next}`).body as Page<OrderAnswer>;
  assert.deepEqual(
    [...open.items, ...rest.items].map(({ clOrdId }) => clOrdId),
    ['a1', 'a2'],
  );
  assert.equal(ask(room, `/api/fills?limit=${(binance.recovery.rest?.pageMax ?? 0) + 1}`).status, 400);
  assert.equal(ask(room, '/api/fills?limit=x').status, 400);
});

test('more requests in the window than the profile allows are answered 429, with the time to wait', () => {
  const { room } = traded();
  const { count = 0, windowMs = 0 } = binance.recovery.rest?.rate ?? {};
  for (let n = 0; n < count; n++) assert.equal(ask(room, '/api/positions').status, 200);
  const refused = ask(room, '/api/positions');
  assert.deepEqual([refused.status, refused.retryAfterS], [429, 1]);
  assert.equal(ask(room, '/api/positions', 'OTHER').status, 200, 'each account has its own limit');
  room.hall.advance(windowMs + 100);
  assert.equal(ask(room, '/api/positions').status, 200);
});

test('the public tape shows each trade once, whoever traded', () => {
  const { room } = traded();
  const tape = ask(room, '/api/trades/ACME').body as Page<{ n: number; quantity: string; aggressor: string }>;
  assert.deepEqual(
    tape.items.map(({ n, quantity, aggressor }) => `${n} ${quantity} ${aggressor}`),
    ['1 4 sell', '2 3 sell'],
  );
  const later = ask(room, '/api/trades/ACME?since=1').body as Page<{ n: number }>;
  assert.deepEqual(
    later.items.map(({ n }) => n),
    [2],
  );
  assert.equal(ask(room, '/api/trades/NOPE').status, 404);
});

test('what is no question of the API is refused with a code', () => {
  const room = new ProfileRoom(classic789);
  const { rest } = room.hall.exchange;
  const cases: [string, string, number][] = [
    ['GET', '/api/', 404],
    ['GET', '/api/bars', 404],
    ['GET', '/api/time/now', 404],
    ['GET', '/api/%E0%A4%A', 400],
    ['GET', '/elsewhere', 404],
    ['GET', '/api/constructor', 404],
    ['GET', '/api/bars/ACME?intervalS=61', 400],
    ['GET', '/api/bars/ACME?intervalS=0', 400],
    ['GET', '/api/bars/ACME?limit=1000&intervalS=86400', 400],
    ['DELETE', '/api/orders/a1', 405],
  ];
  for (const [method, target, status] of cases) {
    assert.equal(rest.answer({ method, target, apiKey: null }, room.hall.at).status, status, `${method} ${target}`);
  }
});

test('a client asks over a network in memory, several times on one connection, and split anywhere', () => {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const config = resolveVenueOptions({
    profile: binance,
    fixHost: 'venue',
    fixPort: 1,
    restPort: 2,
    sessions: [{ senderCompId: 'SIM', targetCompId: 'B' }],
    instruments: [{ symbol: 'ACME', priceScale: 2, quantityScale: 0, referencePrice: '100' }],
  });
  const shell = new VenueShell({ clock, network: network.host('venue') }, config);
  shell.listen(() => undefined);
  clock.advance(1);
  let answers = '';
  let ends = 0;
  const handlers = {
    onData: (bytes: Uint8Array) => {
      answers += Buffer.from(bytes).toString('utf8');
    },
    onClose: () => {
      ends += 1;
    },
  };
  const line = network.host('n1').connect(shell.address('restPort'), 1_000, handlers);
  clock.advance(1);
  const request = Buffer.from(
    'GET /api/time HTTP/1.1\r\nhost: venue\r\n\r\nGET /api/orders/x HTTP/1.1\r\nAPI-Key: B\r\n\r\n',
  );
  for (const byte of request) line.write(Buffer.of(byte));
  clock.advance(1);
  assert.match(answers, /^HTTP\/1\.1 200 OK\r\n.*timeUs.*HTTP\/1\.1 404 Not Found\r\n.*UNKNOWN_ORDER/s);
  assert.equal(ends, 0);
  line.write(Buffer.from('nonsense\r\n\r\n'));
  clock.advance(2_000);
  assert.match(answers, /HTTP\/1\.1 400 Bad Request\r\n.*connection: close/s);
  assert.equal(ends, 1);
});
