/**
 * Cold starts: the books from the venue alone. For the same history of the venue, hot, warm and cold recover the same
 * positions and open orders (I16), whatever dies on the way.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '@baton/host/testing';
import type { Ledger } from '@baton/ledger';
import { PROFILES, type VenueProfile } from '@baton/profiles';
import { Client } from '../workload/client.ts';
import { setupOf } from '../world/setup.ts';
import { World } from '../world/world.ts';
import { SYMBOL, VENUE } from '../world/world-options.ts';
import { watchDeaths } from './deaths.ts';
import { watchHashes } from './equal-hashes.ts';
import { watchLedgers } from './ledger-invariants.ts';
import { furthest } from './rest.ts';
import { agreementFaults, ledgerAccount, venueAccount } from './venue-agreement.ts';
import { watchVenueBreaches } from './venue-breaches.ts';

type Way = 'hot' | 'warm' | 'cold';

const LIMIT_MS = 120_000;
/** What a venue has to tell for a cold start: this one tells neither open orders nor positions. */
const TELLS_TOO_LITTLE = 'kraken-like';
const COLD_PROFILES = PROFILES.filter(({ name }) => name !== TELLS_TOO_LITTLE);

async function open(profile: VenueProfile, seed: number): Promise<{ world: World; client: Client }> {
  const world = await World.open({ seed, nodeCount: 3, timing: 'colocated', venue: setupOf(profile) });
  const client = new Client(world, world.random.fork());
  world.startAll();
  await world.until(() => world.trader() !== undefined, 'a node that trades');
  return { world, client };
}

let keys = 0;

function submit(client: Client, quantity: string, price: string): void {
  keys += 1;
  const fixed = { strategyId: 's', symbol: SYMBOL, side: 'buy', orderType: 'limit', timeInForce: 'gtc' } as const;
  client.give({ type: 'SubmitOrder', clientKey: `k${keys}`, ...fixed, quantity, price });
}

function ledgerOf(world: World): Ledger {
  const ledger = furthest(world)?.core?.ledger;
  assert.ok(ledger);
  return ledger;
}

/** Watched from here on: the laws of one incarnation's log. */
function watch(world: World): void {
  watchHashes(world);
  watchLedgers(world);
  watchVenueBreaches(world);
  watchDeaths(world);
}

function isAtRest(world: World): boolean {
  const trader = world.trader()?.core;
  if (trader === undefined || world.nodes.some(({ isRunning }) => !isRunning)) return false;
  const moving = trader.ledger.orders({ open: true }).some(({ state }) => state !== 'Working');
  const cold = trader.ledger.coldStart();
  return !moving && (cold === undefined || cold.endedIndex !== 0);
}

/** A random history, the end of everything at a random moment, trades while nobody listens, and a recovery. */
async function recover(profile: VenueProfile, seed: number, way: Way, killsInRecovery: number): Promise<World> {
  const { world, client } = await open(profile, seed);
  const draws = new SeededRandom(seed * 7919);
  for (let n = 3 + draws.below(8); n > 0; n -= 1) {
    submit(client, String(1 + draws.below(9)), String(90 + draws.below(6)));
    if (draws.chance(0.5)) await world.advance(1 + draws.below(30));
    if (draws.chance(0.4))
      world.venue.hit(SYMBOL, 'sell', BigInt(1 + draws.below(6)), BigInt(9_000 + 100 * draws.below(6)));
  }
  await world.advance(draws.below(20));
  const leader = world.trader();
  if (way === 'hot' && leader !== undefined) world.kill(leader);
  if (way === 'warm') for (const node of world.nodes) world.kill(node, 'power');
  if (way === 'cold') world.startCold(2);
  else world.startAll();
  watch(world);
  world.venue.hit(SYMBOL, 'sell', BigInt(1 + draws.below(9)), BigInt(9_000 + 100 * draws.below(6)));
  for (let kills = killsInRecovery; kills > 0; kills -= 1) {
    await world.advance(draws.below(400));
    const victim = world.nodes.find(({ core }) => core !== undefined && core.leadingTerm !== 0);
    if (victim !== undefined) world.kill(victim, draws.chance(0.5) ? 'kill' : 'power');
    if (draws.chance(0.5)) world.venue.hit(SYMBOL, 'sell', 1n, 9_000n);
    await world.advance(draws.below(50));
    world.startAll();
  }
  await world.until(() => isAtRest(world), `${profile.name} at rest after ${way}, seed ${seed}`, LIMIT_MS);
  await world.advance(200);
  await world.until(() => isAtRest(world), `${profile.name} at rest again after ${way}, seed ${seed}`, LIMIT_MS);
  return world;
}

function assertAgreed(world: World, what: string): void {
  assert.deepEqual(
    agreementFaults(ledgerAccount(ledgerOf(world)), venueAccount(world.venue.exchange, 'BATON')),
    [],
    what,
  );
  assert.deepEqual(world.breaches, [], what);
}

for (const profile of COLD_PROFILES) {
  test(`${profile.name}: hot, warm and cold recover the positions and the open orders that the venue has`, async () => {
    for (let seed = 1; seed <= Number(process.env.COLD_SEEDS ?? 2); seed += 1) {
      for (const way of ['hot', 'warm', 'cold'] as const) {
        const world = await recover(profile, seed, way, 0);
        assertAgreed(world, `${way}, seed ${seed}`);
      }
    }
  });

  test(`${profile.name}: a cold start whose leaders die on the way recovers the same`, async () => {
    for (let seed = 1; seed <= Number(process.env.COLD_SEEDS ?? 2); seed += 1) {
      const world = await recover(profile, seed, 'cold', 3);
      assertAgreed(world, `seed ${seed}`);
    }
  });
}

test('a venue that does not tell open orders refuses a cold start, and an operator decides', async () => {
  const profile = PROFILES.find(({ name }) => name === TELLS_TOO_LITTLE);
  assert.ok(profile);
  const { world } = await open(profile, 1);
  world.startCold(2);
  const at = () => furthest(world)?.core?.ledger.coldStart()?.venues[0];
  await world.until(() => at()?.step === 'refused', 'refused');
  assert.match(at()?.detail ?? '', /does not tell its open orders/);
  assert.equal(world.trader(), undefined);
  const leader = world.nodes.find(({ core }) => core !== undefined && core.leadingTerm !== 0);
  leader?.core?.proposer.external({ type: 'AcceptColdStart', venue: VENUE, by: 'ada', reason: 'looked' }, () => {});
  await world.until(() => world.trader() !== undefined, 'a node that trades');
});
