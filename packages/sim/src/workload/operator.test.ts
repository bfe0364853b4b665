/** What operators do to a cluster that trades: it goes on, nobody votes twice, and all books agree at the end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findProfile, type VenueProfile } from '@baton/profiles';
import { watchAll } from '../checkers/all.ts';
import { unrest } from '../checkers/rest.ts';
import { judge } from '../checkers/verdict.ts';
import { setupOf } from '../world/setup.ts';
import { World } from '../world/world.ts';
import { Client } from './client.ts';
import { DiskDamage } from './disk-damage.ts';
import { Operator } from './operator.ts';

const LIMIT_MS = 60_000;

async function trading() {
  const venue = setupOf(findProfile('classic-789') as VenueProfile);
  const replica = { checkpointEveryEntries: 20, tailEntries: 10, hashEveryEntries: 10 };
  const world = await World.open({ seed: 1, nodeCount: 3, timing: 'colocated', venue, replica });
  const watch = watchAll(world);
  const client = new Client(world, world.random.fork());
  const operator = new Operator(world);
  world.startAll();
  await world.until(() => world.trader() !== undefined, 'a node that trades');
  const order = (clientKey: string): void => {
    const terms = { symbol: 'BTC-USD', side: 'buy', timeInForce: 'day', quantity: '5', price: '90' } as const;
    client.give({ type: 'SubmitOrder', orderType: 'limit', clientKey, strategyId: 's', ...terms });
  };
  for (let n = 0; n < 30; n++) order(`k${n}`);
  const settled = async (): Promise<string[]> => {
    await world.until(() => !operator.isBusy, 'the operator is done', LIMIT_MS);
    order('last');
    await world.until(() => unrest(world, client) === '', 'rest', LIMIT_MS);
    return [...world.breaches.map(({ law, text }) => `${law}: ${text}`), ...judge(world, watch, client)];
  };
  return { world, operator, settled };
}

test('all nodes are replaced, one after the other, and the cluster is three others that have everything', async () => {
  const { operator, settled, world } = await trading();
  for (const node of world.nodes) operator.replace(node);
  assert.deepEqual(await settled(), []);
  assert.deepEqual(
    world.nodes.map(({ nodeId }) => nodeId),
    [4, 5, 6],
  );
});

test('a node that comes back with an empty disk is refused, and another takes its place', async () => {
  const { operator, settled, world } = await trading();
  const damage = new DiskDamage(world, world.random.fork(), operator);
  const [victim] = world.nodes;
  assert.ok(victim !== undefined && damage.isAllowed);
  damage.lose(victim);
  assert.equal(damage.isAllowed, false);
  world.node(victim.nodeId).start();
  assert.deepEqual(await settled(), []);
  assert.deepEqual(
    world.deaths.map(({ nodeId, code }) => [nodeId, code]),
    [[victim.nodeId, 'BATON_REPLICA_FORGOTTEN']],
  );
  assert.deepEqual(
    world.nodes.map(({ nodeId }) => nodeId),
    [2, 3, 4],
  );
});

test('all nodes are restarted one after the other, and the newest version of the log is in force everywhere', async () => {
  const { operator, settled, world } = await trading();
  operator.roll();
  assert.deepEqual(await settled(), []);
  assert.deepEqual(
    world.nodes.map(({ core, starts }) => [core?.ledger.operations().logVersion, starts]),
    [
      [2, 2],
      [2, 2],
      [2, 2],
    ],
  );
});
