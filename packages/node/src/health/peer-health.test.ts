import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CloseReason, Connection, ConnectionHandlers, Network } from '@baton/host';
import { VirtualClock } from '@baton/host/testing';
import fc from 'fast-check';
import { Calm } from './calm.ts';
import { decodeHealth, encodeHealth } from './health-message.ts';
import { PeerHealth, type PeerReport } from './peer-health.ts';
import { healthierNode } from './successor.ts';
import { VenueReach } from './venue-reach.ts';

const TRIP_MS = 2;

/** Three nodes on one clock; words take `TRIP_MS` each way. */
function cluster(coolDownMs = 30_000) {
  const clock = new VirtualClock();
  const cut = new Set<number>();
  const problems = new Map<number, [string, string][]>();
  const ids = [1, 2, 3];
  const calms = new Map(ids.map((id) => [id, new Calm(clock, coolDownMs)]));
  const nodes = new Map<number, PeerHealth>();
  for (const id of ids) {
    nodes.set(
      id,
      new PeerHealth({
        clock,
        peers: () => ids.filter((other) => other !== id),
        tell: (to, bytes) => {
          if (!cut.has(id) && !cut.has(to)) clock.setTimer(TRIP_MS, () => nodes.get(to)?.heard(id, bytes));
        },
        venuesDown: () => [],
        own: () => ({ problems: problems.get(id) ?? [], reached: [], calmMs: calms.get(id)?.remainingMs() ?? 0 }),
        heardCalm: (ms) => calms.get(id)?.heard(ms),
      }),
    );
  }
  for (const node of nodes.values()) node.start();
  const of = (id: number): PeerHealth => nodes.get(id) as PeerHealth;
  return { clock, cut, problems, calms, of };
}

test('each node knows what the others say of themselves, and how far their clocks are', () => {
  const { clock, problems, of } = cluster();
  problems.set(2, [['disk', 'slow']]);
  clock.advance(1100);
  const reports = of(1).reports();
  assert.deepEqual([...(reports.get(2)?.problems ?? [])], [['disk', 'slow']]);
  assert.equal(reports.get(3)?.problems.size, 0);
  const { offsetUs = Number.NaN, errorUs = Number.NaN } = reports.get(2)?.clock ?? {};
  assert.ok(Math.abs(offsetUs) <= errorUs && errorUs <= TRIP_MS * 1000 + 100, `${offsetUs} ± ${errorUs}`);
});

test('a node that says nothing any more is unknown after three questions', () => {
  const { clock, cut, of } = cluster();
  clock.advance(1100);
  cut.add(3);
  clock.advance(2000);
  assert.ok(of(1).reports().has(3));
  clock.advance(2000);
  assert.ok(!of(1).reports().has(3));
});

test('the next leader knows of the cool-down before it could lead', () => {
  const { clock, calms, of } = cluster();
  clock.advance(1500);
  calms.get(1)?.begin();
  of(1).announce();
  clock.advance(TRIP_MS);
  assert.ok((calms.get(2)?.remainingMs() ?? 0) >= 29_000);
  assert.ok((calms.get(3)?.remainingMs() ?? 0) >= 29_000);
});

test('a cool-down that three nodes tell each other of ends when it should', () => {
  const { clock, calms, of } = cluster(5000);
  clock.advance(500);
  calms.get(1)?.begin();
  of(1).announce();
  clock.advance(5000 + 10);
  assert.deepEqual(
    [...calms.values()].map((calm) => calm.remainingMs() > 0),
    [false, false, false],
  );
});

function report(nodeId: number, problems: readonly string[], reached: readonly string[] = []): PeerReport {
  return { nodeId, ageMs: 0, problems: new Map(problems.map((check) => [check, 'x'])), reached, clock: undefined };
}

function healthier(ours: readonly string[], peers: readonly PeerReport[], lagOf = (_: number): number => 0): number {
  const candidates = peers.map(({ nodeId }) => ({ nodeId, lagEntries: lagOf(nodeId) }));
  const reports = new Map(peers.map((peer) => [peer.nodeId, peer]));
  return healthierNode(new Map(ours.map((check) => [check, 'x'])), candidates, reports);
}

test('leadership goes to a healthier node only: not to one that shares the trouble, nor to one that has as much', () => {
  assert.equal(healthier(['disk'], [report(2, ['disk']), report(3, [])]), 3);
  assert.equal(healthier(['disk'], [report(2, ['disk']), report(3, ['disk'])]), 0);
  assert.equal(healthier(['disk'], [report(2, ['clock'])]), 0);
  assert.equal(healthier(['disk', 'clock'], [report(2, ['market-data']), report(3, ['market-data'])]), 2);
});

test('two nodes never each find the other healthier', () => {
  const checks = fc.uniqueArray(fc.constantFrom('disk', 'clock', 'market-data', 'event-loop'));
  fc.assert(
    fc.property(checks, checks, (one, two) => {
      const there = healthier(one, [report(2, two)]) !== 0;
      const back = healthier(two, [report(1, one)]) !== 0;
      assert.ok(!(there && back));
    }),
  );
});

test('a venue that is down here is a reason to go only to a node that reaches it', () => {
  const venue = ['venue SIM'];
  assert.equal(healthier(venue, [report(2, []), report(3, [])]), 0);
  assert.equal(healthier(venue, [report(2, [], ['OTHER']), report(3, [], ['SIM'])]), 3);
});

test('of equally healthy nodes the one that lacks least of the log is chosen', () => {
  assert.equal(
    healthier(['disk'], [report(2, []), report(3, [])], (id) => (id === 2 ? 5 : 1)),
    3,
  );
});

test('words about health survive the way, and anything else is no word', () => {
  const text = fc.string({ maxLength: 20 });
  fc.assert(
    fc.property(
      fc.nat(),
      fc.array(text, { maxLength: 5 }),
      fc.array(fc.tuple(text, text), { maxLength: 5 }),
      (sentUs, list, problems) => {
        const ask = { kind: 'ask', sentUs, venues: list } as const;
        assert.deepEqual(decodeHealth(encodeHealth(ask)), ask);
        const told = { kind: 'told', sentUs, wallUs: sentUs, problems, reached: list, calmMs: 12.5 } as const;
        assert.deepEqual(decodeHealth(encodeHealth(told)), told);
      },
    ),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.json().map((json) => Buffer.from(json)),
      ),
      (bytes) => {
        const found = decodeHealth(bytes);
        if (found !== undefined) assert.deepEqual(decodeHealth(encodeHealth(found)), found);
      },
    ),
  );
  assert.equal(decodeHealth(Buffer.from(`["ask",1,["${'x'.repeat(20_000)}"]]`)), undefined);
});

test('a venue is tried without a Logon, at most every two seconds, and its answer grows old', () => {
  const clock = new VirtualClock();
  const dials: ConnectionHandlers[] = [];
  const written: Uint8Array[] = [];
  let ended = 0;
  const network = {
    connect: (_address: unknown, _timeoutMs: number, handlers: ConnectionHandlers) => {
      dials.push(handlers);
      return { end: () => ended++, write: (bytes: Uint8Array) => written.push(bytes) } as unknown as Connection;
    },
  } as unknown as Network;
  const reach = new VenueReach(clock, network, [{ name: 'SIM', address: { host: 'venue', port: 1 } }]);
  reach.tryAll(['SIM', 'UNKNOWN']);
  reach.tryAll(['SIM']);
  assert.equal(dials.length, 1);
  assert.deepEqual(reach.reached(), []);
  dials[0]?.onOpen?.();
  assert.deepEqual([reach.reached(), ended, written.length], [['SIM'], 1, 0]);
  const local: CloseReason = { kind: 'local', code: '' };
  dials[0]?.onClose(local);
  assert.deepEqual(reach.reached(), ['SIM']);
  clock.advance(3100);
  assert.deepEqual(reach.reached(), []);
  reach.tryAll(['SIM']);
  dials[1]?.onClose({ kind: 'refused', code: 'ECONNREFUSED' });
  assert.deepEqual(reach.reached(), []);
});
