/**
 * A cold start that is interrupted: whoever leads is killed right after it applied the entry of a step, once for each step
 * that there is, or all nodes lose power; who leads next goes on from there, to the books that the venue has.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeCommand } from '@baton/ledger';
import { PROFILES, type VenueProfile } from '@baton/profiles';
import { Client } from '../workload/client.ts';
import { setupOf } from '../world/setup.ts';
import { World } from '../world/world.ts';
import { SYMBOL } from '../world/world-options.ts';
import { furthest } from './rest.ts';
import { agreementFaults, ledgerAccount, venueAccount } from './venue-agreement.ts';

const STEPS: ReadonlySet<string> = new Set([
  'StartCold',
  'ColdVenueStep',
  'AskAccount',
  'BookFindings',
  'NoteHistory',
  'EndReconciliation',
  'RecoveryStarted',
  'RecoveryStep',
]);
const COLD_PROFILES = PROFILES.filter(({ name }) => name !== 'kraken-like');
const GIVEN_UP_MS = 120_000;

function ledgerOf(world: World) {
  const ledger = furthest(world)?.core?.ledger;
  assert.ok(ledger);
  return ledger;
}

/** A cluster with an open order, a position, and fills of its own at the venue. */
async function traded(profile: VenueProfile): Promise<World> {
  const world = await World.open({ seed: 1, nodeCount: 3, timing: 'colocated', venue: setupOf(profile) });
  const client = new Client(world, world.random.fork());
  world.startAll();
  await world.until(() => world.trader() !== undefined, 'a node that trades');
  const terms = { strategyId: 's', symbol: SYMBOL, side: 'buy', orderType: 'limit', timeInForce: 'gtc' } as const;
  for (const [n, price] of ['92', '91', '90'].entries()) {
    client.give({ type: 'SubmitOrder', clientKey: `k${n}`, ...terms, quantity: '6', price });
  }
  const working = () => ledgerOf(world).orders({ open: true });
  await world.until(() => working().filter(({ state }) => state === 'Working').length === 3, 'three orders that work');
  world.venue.hit(SYMBOL, 'sell', 8n, 9_100n);
  await world.advance(1_000);
  return world;
}

/**
 * A cold start over a venue that has an open order, a position and a history. The leader dies at the `killAt`th step (0: at
 * none); gives the names of the steps that were passed.
 */
async function coldStart(profile: VenueProfile, killAt: number, how: 'kill' | 'power'): Promise<string[]> {
  const world = await traded(profile);
  const passed: string[] = [];
  const told = new Set<number>();
  world.startCold(2);
  world.moments.on('applied', (node, entry) => {
    const { type } = decodeCommand(entry.command);
    if (node.core === undefined || node.core.leadingTerm === 0 || !STEPS.has(type) || told.has(entry.index)) return;
    told.add(entry.index);
    passed.push(type);
    if (passed.length !== killAt) return;
    for (const each of how === 'power' ? world.nodes : [node]) if (each.isAlive) world.kill(each, how);
  });
  const isOver = (): boolean => world.trader() !== undefined && (ledgerOf(world).coldStart()?.endedIndex ?? 0) > 0;
  for (let ms = 0; ms < GIVEN_UP_MS && !isOver(); ms += 100) {
    await world.advance(100);
    world.startAll();
  }
  const what = `${profile.name}, ${how} at ${killAt}: ${passed[killAt - 1] ?? 'none'}`;
  assert.ok(isOver(), `${what}: not over`);
  world.startAll();
  await world.advance(2_000);
  const ours = ledgerAccount(ledgerOf(world));
  assert.deepEqual(agreementFaults(ours, venueAccount(world.venue.exchange, 'BATON')), [], what);
  assert.deepEqual(ledgerOf(world).violations(), [], what);
  return passed;
}

for (const profile of COLD_PROFILES) {
  test(`${profile.name}: a cold start that is killed at any step ends with the same books`, async () => {
    const steps = await coldStart(profile, 0, 'kill');
    assert.ok(steps.includes('StartCold') && steps.includes('EndReconciliation'), steps.join());
    // Questions over FIX are many, and alike: of a run of equal steps the first is enough, unless all are asked for.
    const isWanted = (at: number): boolean => process.env.COLD_SEEDS !== undefined || steps[at - 1] !== steps[at - 2];
    for (let at = 1; at <= steps.length; at += 1) {
      if (!isWanted(at)) continue;
      const passed = await coldStart(profile, at, at % 2 === 0 ? 'power' : 'kill');
      assert.ok(passed.length >= at, `step ${at} of ${steps.join()} is reached`);
    }
  });
}
