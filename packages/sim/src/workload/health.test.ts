/** Health of whole clusters: leadership leaves a node that cannot trade, for one that can, and stays where none can. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NodeHealth, type TradingCore } from '@baton/node/core';
import { findProfile, type VenueProfile } from '@baton/profiles';
import { watchAll } from '../checkers/all.ts';
import type { NodeFace } from '../world/node-face.ts';
import { setupOf } from '../world/setup.ts';
import { World } from '../world/world.ts';

const classic = findProfile('classic-789') as VenueProfile;
const COOL_DOWN_MS = 20_000;
const PLAN = {
  handOver: true,
  coolDownMs: COOL_DOWN_MS,
  failBackAfterMs: 60_000,
  orderLagMaxMs: 1000,
  riskAnswerMaxMs: 1000,
  loopLateMaxMs: 200,
  diskLatencyMaxMs: 250,
  lateForMs: 5000,
  clockSkewMaxMs: 100,
  venueDownMs: 2000,
};
const LOG = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A cluster that trades, each node with its health; words about it take a tenth of a millisecond. */
async function open(seed: number): Promise<{ world: World; of: Map<NodeFace, NodeHealth> }> {
  const world = await World.open({ seed, nodeCount: 3, timing: 'colocated', venue: setupOf(classic) });
  watchAll(world);
  world.startAll();
  await world.until(() => world.trader() !== undefined, 'a node that trades');
  const of = new Map<NodeFace, NodeHealth>();
  for (const node of world.nodes) {
    const core = node.core ?? assert.fail();
    const tell = (to: number, bytes: Uint8Array): boolean => {
      world.clock.setTimer(0.1, () => of.get(world.node(to))?.heard(node.nodeId, bytes));
      return true;
    };
    const replica = new Proxy(core.replica ?? assert.fail(), {
      get: (target, key) => {
        if (key === 'tell') return tell;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const seen = new Proxy(core, {
      get: (target, key) => {
        if (key === 'replica') return replica;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }) as TradingCore;
    const health = new NodeHealth({
      core: seen,
      clock: node.clock,
      network: world.network.host(node.name),
      log: LOG,
      plan: PLAN,
      feeds: [],
      preferredLeader: 0,
    });
    health.start();
    of.set(node, health);
  }
  await world.advance(3000);
  return { world, of };
}

test('a leader whose way to the venue is cut hands over to a node that reaches it, and stays there', async () => {
  const { world } = await open(3);
  const old = world.trader() ?? assert.fail();
  world.cutVenue(old);
  await world.until(
    () => world.trader() !== undefined && world.trader() !== old,
    'a leader that reaches the venue',
    60_000,
  );
  const next = world.trader();
  await world.advance(COOL_DOWN_MS + 5000);
  assert.equal(world.trader(), next);
  assert.deepEqual(world.breaches, []);
});

test('a venue that nobody reaches moves leadership nowhere', async () => {
  const { world } = await open(4);
  const leader = world.trader() ?? assert.fail();
  const term = leader.core?.leadingTerm;
  for (const node of world.nodes) world.cutVenue(node);
  await world.advance(60_000);
  assert.equal(leader.core?.leadingTerm, term);
});

test('a leader whose clock strays hands over, and the cluster says which clock it is', async () => {
  const { world, of } = await open(5);
  const leader = world.trader() ?? assert.fail();
  assert.deepEqual(
    of
      .get(leader)
      ?.view()
      .checks.filter(({ problem }) => problem !== ''),
    [],
  );
  for (const node of world.nodes) if (node !== leader) node.clock.wallErrorUs += 700_000;
  await world.until(
    () => world.trader() !== undefined && world.trader() !== leader,
    'a leader with a right clock',
    30_000,
  );
  const told = of
    .get(leader)
    ?.view()
    .checks.find(({ check }) => check === 'clock');
  assert.equal(told?.problem, "the clock is 700 ms behind the cluster's");
});
