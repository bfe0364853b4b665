/**
 * Three-way reconciliation: an execution that the drop copy tells, and the order session does not, is in the books once,
 * whichever of them tells it first; nothing that both tell is a difference, whoever leads.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROFILES, type VenueProfile } from '@baton/profiles';
import { Client } from '../workload/client.ts';
import { OUR_COMP_ID, setupOf, withDropCopy } from '../world/setup.ts';
import { World } from '../world/world.ts';
import { SYMBOL, VENUE } from '../world/world-options.ts';
import { watchHashes } from './equal-hashes.ts';
import { watchLedgers } from './ledger-invariants.ts';
import { furthest } from './rest.ts';
import { agreementFaults, ledgerAccount, venueAccount } from './venue-agreement.ts';

const LIMIT_MS = 120_000;
const COPYING = PROFILES.filter(({ dropCopy }) => dropCopy !== undefined);

async function open(profile: VenueProfile, seed: number): Promise<{ world: World; client: Client }> {
  const world = await World.open({ seed, nodeCount: 3, timing: 'colocated', venue: withDropCopy(setupOf(profile)) });
  watchHashes(world);
  watchLedgers(world);
  const client = new Client(world, world.random.fork());
  world.startAll();
  await world.until(() => world.trader() !== undefined, 'a node that trades');
  await world.until(() => isCopied(world), 'somebody listens to the drop copy');
  return { world, client };
}

function isCopied(world: World): boolean {
  return world.venue.exchange.acceptor.directory.dropCopiesOf(OUR_COMP_ID).some((one) => one.connectionId !== null);
}

function submit(client: Client, clientKey: string): void {
  const fixed = { strategyId: 's', symbol: SYMBOL, side: 'buy', orderType: 'limit', timeInForce: 'gtc' } as const;
  client.give({ type: 'SubmitOrder', clientKey, ...fixed, quantity: '5', price: '90' });
}

function ledgerOf(world: World) {
  const ledger = furthest(world)?.core?.ledger;
  assert.ok(ledger);
  return ledger;
}

function assertAgreed(world: World): void {
  const ours = ledgerAccount(ledgerOf(world));
  assert.deepEqual(agreementFaults(ours, venueAccount(world.venue.exchange, OUR_COMP_ID)), []);
  assert.deepEqual(world.breaches, []);
}

for (const profile of COPYING) {
  test(`${profile.name}: what the drop copy tells and a silent order session does not is booked once`, async () => {
    const { client, world } = await open(profile, 3);
    submit(client, 'k1');
    await world.until(
      () => ledgerOf(world).orders({ open: true })[0]?.state === 'Working',
      'an order that works',
      LIMIT_MS,
    );
    for (const session of world.venue.exchange.acceptor.directory.ofOwner(OUR_COMP_ID)) {
      world.venue.fault({ type: 'silence', compId: session.compId });
    }
    world.venue.hit(SYMBOL, 'sell', 2n, 9_000n);
    await world.until(() => ledgerOf(world).fills().length === 1, 'the fill in the books', LIMIT_MS);
    const [found] = ledgerOf(world).reconciliation().findings;
    if (found !== undefined) assert.equal(found.class, 'missing-fill');
    // The one that tells its fills in no other way: it is the copy that was heard.
    if (profile.name === 'kraken-like') assert.equal(found?.source, 'drop-copy');
    world.venue.fault({ type: 'resume' });
    await world.until(() => world.trader() !== undefined, 'a node that trades', LIMIT_MS);
    await world.advance(5000);
    assert.equal(ledgerOf(world).fills().length, 1);
    assertAgreed(world);
  });

  test(`${profile.name}: what both tell is no difference, over a change of leaders`, async () => {
    const { client, world } = await open(profile, 5);
    submit(client, 'k1');
    await world.until(
      () => ledgerOf(world).orders({ open: true })[0]?.state === 'Working',
      'an order that works',
      LIMIT_MS,
    );
    world.venue.hit(SYMBOL, 'sell', 1n, 9_000n);
    await world.advance(8000);
    const leader = world.trader();
    assert.ok(leader);
    world.kill(leader);
    world.startAll();
    await world.until(() => world.trader() !== undefined && isCopied(world), 'the next leader listens', LIMIT_MS);
    await world.advance(4000);
    world.venue.hit(SYMBOL, 'sell', 1n, 9_000n);
    await world.advance(8000);
    const outcome = world.trader()?.core?.reconciler.run(VENUE);
    let told: Awaited<typeof outcome>;
    void outcome?.then((one) => {
      told = one;
    });
    await world.until(() => told !== undefined, 'a comparison', LIMIT_MS);
    assert.equal(told?.ok === true ? told.findings : told?.reason, 0);
    assert.equal(ledgerOf(world).fills().length, 2);
    assertAgreed(world);
  });
}
