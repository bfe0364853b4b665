/**
 * Laws of planned hand-overs and of stalls, for whole clusters with a venue: no order is lost or doubled by a hand-over, its
 * drain is bounded, and a leader that stood still writes nothing before a quorum has confirmed it anew.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findProfile, PROFILES, type VenueProfile } from '@baton/profiles';
import { watchAll } from '../checkers/all.ts';
import { judge } from '../checkers/verdict.ts';
import type { NodeFace } from '../world/node-face.ts';
import { setupOf } from '../world/setup.ts';
import { World } from '../world/world.ts';
import { SYMBOL, VENUE } from '../world/world-options.ts';
import { Client } from './client.ts';

const classic = findProfile('classic-789') as VenueProfile;
/** Of the preset colocated. */
const ELECTION_MS = 50;
const LEASE_MS = 38;

function open(profile: VenueProfile, seed: number): Promise<World> {
  return World.open({ seed, nodeCount: 3, timing: 'colocated', venue: setupOf(profile) });
}

function order(clientKey: string) {
  return {
    type: 'SubmitOrder',
    clientKey,
    strategyId: 's',
    symbol: SYMBOL,
    side: 'buy',
    orderType: 'limit',
    timeInForce: 'day',
    quantity: '5',
    price: '90',
  } as const;
}

async function trading(world: World): Promise<NodeFace> {
  await world.until(() => world.trader() !== undefined, 'a node that trades');
  return world.trader() ?? assert.fail();
}

interface HandOver {
  outcome?: { readonly ok: boolean; readonly reason?: string };
}

/** Starts a hand-over; its outcome once it is known. */
function handOver(node: NodeFace, to = 0): HandOver {
  const found: HandOver = {};
  void node.core?.replica?.transfer(to).then((outcome) => {
    found.outcome = outcome;
  });
  return found;
}

for (const profile of PROFILES) {
  test(`${profile.name}: six hand-overs under order flow lose no order, double none, and leave none in doubt`, async () => {
    const world = await open(profile, 23);
    const watch = watchAll(world);
    const client = new Client(world, world.random.fork());
    world.startAll();
    await trading(world);
    for (let round = 0; round < 6; round++) {
      const old = await trading(world);
      for (let n = 0; n < 5; n++) client.give(order(`before-${round}-${n}`));
      await world.advance(world.random.float() * 2);
      const handed = handOver(old);
      for (let n = 0; n < 5; n++) client.give(order(`during-${round}-${n}`));
      await world.until(() => handed.outcome !== undefined, 'the outcome of the hand-over');
      assert.deepEqual([handed.outcome?.ok, handed.outcome?.reason], [true, undefined]);
      await world.until(() => world.trader() !== undefined && world.trader() !== old, 'the next leader', 60_000);
    }
    await world.until(() => client.unanswered === 0, 'an answer to every order', 60_000);
    // Venues that bar a CompID or ask for patience need their time before all is settled.
    await world.advance(10_000);
    const applied = (): Set<number | undefined> =>
      new Set(world.nodes.map(({ core }) => core?.replica?.status().applied));
    await world.until(() => applied().size === 1, 'all nodes at the same entry');
    assert.deepEqual([...world.breaches.map(({ law, text }) => `${law}: ${text}`), ...judge(world, watch, client)], []);
    const { ledger } = (await trading(world)).core ?? assert.fail();
    assert.equal(ledger.orders({}).length, 60);
    assert.deepEqual(
      ledger.orders({}).filter(({ state }) => state === 'InDoubt'),
      [],
    );
  });
}

test('a drain that does not end is given up in time: two election timeouts later the leader trades on', async () => {
  const world = await open(classic, 5);
  const watch = watchAll(world);
  const client = new Client(world, world.random.fork());
  world.startAll();
  const leader = await trading(world);
  const target = world.nodes.find((node) => node !== leader) ?? assert.fail();
  // It is level and linked when the hand-over begins, and never takes over.
  world.pause(target);
  client.give(order('k1'));
  const beginUs = world.nowUs;
  const handed = handOver(leader, target.nodeId);
  await world.until(() => handed.outcome !== undefined, 'the outcome of the hand-over');
  assert.equal(handed.outcome?.ok, false);
  assert.ok(world.nowUs - beginUs <= 2 * ELECTION_MS * 1000 + 1000, `${world.nowUs - beginUs} µs`);
  world.resume(target);
  const after = client.give(order('k2'));
  await world.until(() => after.answers.length > 0, 'an order after it', 5000);
  await world.advance(2000);
  assert.deepEqual([...world.breaches.map(({ law, text }) => `${law}: ${text}`), ...judge(world, watch, client)], []);
});

test('a leader that stood still for longer than its lease finds its gate closed, until a quorum has confirmed it anew', async () => {
  const world = await open(classic, 11);
  watchAll(world);
  world.startAll();
  const leader = await trading(world);
  await world.advance(200);
  const core = leader.core ?? assert.fail();
  const term = core.leadingTerm;
  const ask = (): string => core.gate.ask(VENUE, 'D', term, false);
  assert.equal(ask(), 'open');
  world.pause(leader);
  // Shorter than an election timeout and its rounds: nobody takes its place, and still it must not write.
  await world.advance(LEASE_MS + 4);
  const wokeUs = world.nowUs;
  world.resume(leader);
  assert.equal(ask(), 'lease-unconfirmed', 'at the first moment after the stall');
  const lagUs = core.replica?.status().peers.map(({ ackAgeUs }) => ackAgeUs) ?? [];
  assert.ok(
    lagUs.every((ageUs) => ageUs >= LEASE_MS * 1000),
    'nobody has confirmed it since',
  );
  await world.until(() => ask() === 'open' || core.leadingTerm !== term, 'a confirmation, or the end of its term');
  if (core.leadingTerm === term) {
    const newest = Math.min(...(core.replica?.status().peers.map(({ ackAgeUs }) => ackAgeUs) ?? []));
    assert.ok(newest <= world.nowUs - wokeUs, 'what opened the gate was sent after it woke');
  }
  assert.deepEqual(world.breaches, []);
});

test('a short stall closes nothing', async () => {
  const world = await open(classic, 12);
  world.startAll();
  const leader = await trading(world);
  await world.advance(200);
  const core = leader.core ?? assert.fail();
  world.pause(leader);
  await world.advance(5);
  world.resume(leader);
  assert.equal(core.gate.ask(VENUE, 'D', core.leadingTerm, false), 'open');
});
