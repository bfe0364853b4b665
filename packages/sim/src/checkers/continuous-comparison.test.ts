/**
 * Reconciliation while trading: what it costs does not grow with the day. The first comparison reads the fills of the whole
 * window, each further one those since the last, and a minute before; a new leader goes on where the log has the last one.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findProfile } from '@baton/profiles';
import { Client } from '../workload/client.ts';
import { setupOf } from '../world/setup.ts';
import { World } from '../world/world.ts';
import { SYMBOL, VENUE } from '../world/world-options.ts';
import { furthest } from './rest.ts';

const LIMIT_MS = 60_000;
const FILLS = 5;

test('a further comparison asks for the fills since the last one, and loses none', async () => {
  const profile = findProfile('classic-789');
  assert.ok(profile);
  const world = await World.open({ seed: 11, nodeCount: 3, timing: 'colocated', venue: setupOf(profile) });
  const client = new Client(world, world.random.fork());
  world.startAll();
  await world.until(() => world.trader() !== undefined, 'a node that trades');
  const ledger = () => furthest(world)!.core!.ledger;
  const fixed = { strategyId: 's', symbol: SYMBOL, side: 'buy', orderType: 'limit', timeInForce: 'gtc' } as const;
  client.give({ type: 'SubmitOrder', clientKey: 'k1', ...fixed, quantity: '9', price: '90' });
  await world.until(() => ledger().orders({ open: true })[0]?.state === 'Working', 'an order that works', LIMIT_MS);
  const fill = async (count: number): Promise<void> => {
    const before = ledger().fills().length;
    for (let n = 0; n < count; n++) world.venue.hit(SYMBOL, 'sell', 1n, 9_000n);
    await world.until(() => ledger().fills().length === before + count, 'the fills in the books', LIMIT_MS);
  };
  const compared = async (): Promise<number | undefined> => {
    const runs = ledger().reconciliation().runs.length;
    const outcome = world.trader()?.core?.reconciler.run(VENUE);
    assert.ok(outcome);
    await world.until(() => ledger().reconciliation().runs.length > runs, 'a comparison', LIMIT_MS);
    assert.equal((await outcome).ok, true);
    return ledger().reconciliation().runs.at(-1)?.fills;
  };
  await fill(FILLS);
  assert.equal(await compared(), FILLS);
  await world.advance(150_000);
  assert.equal(await compared(), 0);
  await fill(1);
  assert.equal(await compared(), 1);
  await world.advance(30_000);
  assert.equal(await compared(), 1, 'a minute before the last one is read again');
  const leader = world.trader();
  assert.ok(leader);
  world.kill(leader);
  await world.until(() => world.trader() !== undefined, 'the next leader', LIMIT_MS);
  assert.equal(await compared(), 1, 'the next leader goes on from the last one in the log');
  await world.advance(400_000);
  assert.equal(await compared(), 0);
  assert.deepEqual(ledger().reconciliation().findings, []);
});
