/** Laws of the world itself: it is a function of its seed, and kills and pauses do what they say. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findProfile, type VenueProfile } from '@baton/profiles';
import { watchAll } from '../checkers/all.ts';
import { judge } from '../checkers/verdict.ts';
import { Client } from '../workload/client.ts';
import { setupOf } from './setup.ts';
import { World } from './world.ts';

const classic = findProfile('classic-789') as VenueProfile;

function open(seed: number): Promise<World> {
  return World.open({ seed, nodeCount: 3, timing: 'colocated', venue: setupOf(classic) });
}

function order(clientKey: string, price = '100') {
  return {
    type: 'SubmitOrder',
    clientKey,
    strategyId: 's',
    symbol: 'BTC-USD',
    side: 'buy',
    orderType: 'limit',
    timeInForce: 'day',
    quantity: '5',
    price,
  } as const;
}

async function story(seed: number): Promise<{ hash: string; events: number; faults: string[] }> {
  const world = await open(seed);
  const watch = watchAll(world);
  const client = new Client(world, world.random.fork());
  world.startAll();
  await world.until(() => world.trader() !== undefined, 'a node that trades');
  const first = client.give(order('k1'));
  await world.until(() => first.answers.length > 0, 'an answer');
  const trader = world.trader();
  assert.ok(trader !== undefined);
  world.kill(trader);
  const second = client.give(order('k2'));
  await world.until(() => second.answers.length > 0, 'an answer of the next leader');
  world.venue.hit('BTC-USD', 'sell', 7n, 10_000n);
  world.startAll();
  await world.advance(500);
  const faults = [...world.breaches.map(({ law, text }) => `${law}: ${text}`), ...judge(world, watch, client)];
  return { hash: world.trace.hash(), events: world.trace.count, faults };
}

test('the same seed is the same run, byte for byte, and another seed is another', async () => {
  const [one, again, other] = [await story(7), await story(7), await story(8)];
  assert.deepEqual(one, again);
  assert.notEqual(one.hash, other.hash);
  assert.deepEqual([one.faults, other.faults], [[], []]);
  assert.ok(one.events > 40);
});

test('a killed leader is replaced within milliseconds of the end of its connections', async () => {
  const world = await open(1);
  world.startAll();
  await world.until(() => world.trader() !== undefined, 'a node that trades');
  const before = world.trader();
  assert.ok(before !== undefined);
  world.kill(before);
  assert.equal(before.isAlive, false);
  const killedUs = world.nowUs;
  await world.until(() => world.trader() !== undefined, 'the next leader');
  assert.notEqual(world.trader(), before);
  assert.ok(world.nowUs - killedUs < 20_000, `${world.nowUs - killedUs} µs`);
});

test('a paused process does nothing, and what waited for it comes when it wakes', async () => {
  const world = await open(1);
  world.startAll();
  await world.until(() => world.trader() !== undefined, 'a node that trades');
  const stopped = world.trader();
  assert.ok(stopped !== undefined);
  world.pause(stopped);
  const writes: string[] = [];
  world.moments.on('written', ({ name }) => writes.push(name));
  await world.until(() => world.trader() !== undefined, 'the next leader', 30_000);
  assert.equal(stopped.core?.leadingTerm, 1);
  world.resume(stopped);
  await world.until(() => stopped.core?.leadingTerm === 0, 'the old leader gives up');
  assert.equal(writes.includes(stopped.name), false);
});

test('a process that loses power keeps what it synced', async () => {
  const world = await open(3);
  const watch = watchAll(world);
  const client = new Client(world, world.random.fork());
  world.startAll();
  await world.until(() => world.trader() !== undefined, 'a node that trades');
  const intent = client.give(order('k1'));
  await world.until(() => intent.answers.length > 0, 'an answer');
  for (const node of world.nodes) world.kill(node, 'power');
  await world.advance(50);
  world.startAll();
  await world.until(() => world.trader() !== undefined, 'a node that trades again', 60_000);
  await world.advance(500);
  assert.deepEqual(judge(world, watch, client), []);
  assert.deepEqual(world.breaches, []);
});

test('a node that wakes after half a minute is brought up to date a few times at most, not once for every heartbeat it slept through', async () => {
  const world = await open(1);
  watchAll(world);
  const client = new Client(world, world.random.fork());
  world.startAll();
  await world.until(() => world.trader() !== undefined, 'a node that trades');
  // Who led before is the furthest from what the next leader knows of it.
  const sleeper = world.trader();
  assert.ok(sleeper !== undefined);
  world.pause(sleeper);
  for (let n = 0; n < 30; n++) client.give(order(`k${n}`, '90'));
  await world.advance(30_000);
  let entries = 0;
  world.moments.on('sent', (_from, to, messages) => {
    if (to === sleeper.nodeId) for (const message of messages) entries += message.entries.length;
  });
  world.resume(sleeper);
  const last = Math.max(...world.nodes.map(({ core }) => core?.replica?.status().applied ?? 0));
  assert.ok(last > 30, `${last} entries`);
  await world.until(() => (sleeper.core?.replica?.status().applied ?? 0) >= last, 'it has caught up');
  // Each heartbeat slept through would send the whole log again: three thousand times.
  assert.ok(entries < 10 * last, `${entries} entries sent for a log of ${last}`);
});
