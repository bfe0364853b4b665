/** Each law that is looked after finds what breaks it: moments are told to it as a wrong cluster would make them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findProfile, type VenueProfile } from '@baton/profiles';
import { type Message, MessageType, newMessage } from '@baton/raft';
import { setupOf } from '../world/setup.ts';
import { World } from '../world/world.ts';
import { watchAlarms } from './alarms.ts';
import { watchAll } from './all.ts';

const classic = findProfile('classic-789') as VenueProfile;

/** A world in which nobody was started, with all laws looked after. */
async function quietWorld(): Promise<World> {
  const world = await World.open({ seed: 1, nodeCount: 3, timing: 'colocated', venue: setupOf(classic) });
  watchAll(world);
  watchAlarms(world, classic);
  return world;
}

function laws(world: World): string[] {
  return [...new Set(world.breaches.map(({ law }) => law))];
}

function message(type: MessageType, fields: Partial<Message>): Message {
  return { ...newMessage(type, 0, 0, 1), ...fields };
}

function entry(index: number, term: number, text: string) {
  return { index, term, timeUs: 1, command: Buffer.from(text) };
}

test('two leaders of one term', async () => {
  const world = await quietWorld();
  world.moments.tell('leading', world.node(1), 4);
  world.moments.tell('leading', world.node(1), 4);
  assert.deepEqual(laws(world), []);
  world.moments.tell('leading', world.node(2), 4);
  assert.deepEqual(laws(world), ['election safety']);
});

test('two votes in one term, and a promise in an older term', async () => {
  const world = await quietWorld();
  const vote = (to: number, term: number): void =>
    world.moments.tell('sent', 1, to, [message(MessageType.VoteResp, { term })]);
  vote(2, 7);
  vote(2, 7);
  assert.deepEqual(laws(world), []);
  vote(3, 7);
  vote(3, 6);
  assert.deepEqual(laws(world), ['one vote a term', 'terms grow']);
});

test('one index and term with two entries', async () => {
  const world = await quietWorld();
  const append = (text: string): void =>
    world.moments.tell('sent', 1, 2, [
      message(MessageType.App, { entries: [{ index: 5, term: 2, type: 0, data: Buffer.from(text) }] }),
    ]);
  append('one');
  append('one');
  assert.deepEqual(laws(world), []);
  append('another');
  assert.deepEqual(laws(world), ['log matching']);
});

test('an entry that is applied and on no quorum, and one that differs from what was applied before', async () => {
  const world = await quietWorld();
  const apply = (nodeId: number, text: string): void =>
    world.moments.tell('applied', world.node(nodeId), entry(1, 1, text), []);
  world.moments.tell('sent', 2, 1, [message(MessageType.AppResp, { index: 1 })]);
  apply(1, 'a');
  apply(2, 'a');
  assert.deepEqual(laws(world), []);
  apply(3, 'b');
  world.moments.tell('applied', world.node(1), entry(2, 1, 'c'), []);
  assert.deepEqual(laws(world), ['state machine safety', 'quorum before apply']);
});

test('a leader without an entry that was applied', async () => {
  const world = await quietWorld();
  world.moments.tell('sent', 2, 1, [message(MessageType.AppResp, { index: 1 })]);
  world.moments.tell('applied', world.node(1), entry(1, 1, 'a'), []);
  world.moments.tell('leading', world.node(3), 2);
  assert.deepEqual(laws(world), ['leader completeness']);
});

test('an order from a node that does not lead', async () => {
  const world = await quietWorld();
  world.moments.tell('written', world.node(1), Buffer.from('8=FIX.4.4\u00019=5\u000135=0\u000134=2\u0001'));
  assert.deepEqual(laws(world), []);
  world.moments.tell('written', world.node(1), Buffer.from('8=FIX.4.4\u00019=5\u000135=D\u000134=3\u0001'));
  assert.deepEqual(laws(world), ['lease at the write', 'I7']);
});

test('a process that ends by itself with a whole disk, and a false alarm', async () => {
  const world = await quietWorld();
  world.startAll();
  await world.until(() => world.trader() !== undefined, 'a node that trades');
  world.died(world.node(2), Object.assign(new Error('disk'), { code: 'BATON_REPLICA_JOURNAL' }));
  assert.deepEqual(laws(world), []);
  world.died(world.node(3), Object.assign(new Error('two truths'), { code: 'BATON_REPLICA_INVARIANT' }));
  assert.deepEqual(laws(world), ['no process dies by itself']);
});

test('what the venue itself finds, but not what only looks bad', async () => {
  const world = await quietWorld();
  const violation = { type: 'violation', owner: 'BATON', compId: 'BATON', connectionId: 1, text: '3 bytes' } as const;
  const at = { n: 1, at: { wallUs: 0, monotonicUs: 0 } };
  world.moments.tell('venue', { ...at, ...violation, code: 'write-after-rival-logon' });
  assert.deepEqual(laws(world), []);
  world.moments.tell('venue', { ...at, ...violation, code: 'garbled' });
  assert.deepEqual(laws(world), ['venue']);
});

test('a vote of a node that lost its disk, but no question of it', async () => {
  const world = await quietWorld();
  const vote = (): void => world.moments.tell('sent', 1, 2, [message(MessageType.VoteResp, { term: 3 })]);
  vote();
  assert.deepEqual(laws(world), []);
  world.node(1).loseDisk();
  world.moments.tell('sent', 1, 2, [message(MessageType.VoteResp, { term: 3, reject: true })]);
  assert.deepEqual(laws(world), []);
  vote();
  assert.deepEqual(laws(world), ['who forgot is silent']);
});

test('a line of a node that does not lead, and an open gate without a line', async () => {
  const world = await quietWorld();
  world.startAll();
  await world.until(() => world.trader() !== undefined, 'a node that trades');
  const trader = world.trader();
  const follower = world.nodes.find((node) => node !== trader);
  assert.ok(trader !== undefined && follower !== undefined);
  assert.equal(trader.venueLines, 1);
  await world.advance(4_000);
  assert.deepEqual(laws(world), []);
  world.node(follower.nodeId).venueLines = 1;
  world.node(trader.nodeId).venueLines = 0;
  await world.advance(2_000);
  assert.deepEqual(laws(world), ['who does not lead frees the venue']);
  await world.advance(2_000);
  assert.deepEqual(laws(world), ['who does not lead frees the venue', 'the log knows its line']);
});
