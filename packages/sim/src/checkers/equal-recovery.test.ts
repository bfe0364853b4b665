/**
 * Hot, warm, and not at all: the same orders and the same trades of the venue, while a leader is dead, while all are, or
 * while nobody is. A cold start from the venue's own records is not there yet.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROFILES, type VenueProfile } from '@baton/profiles';
import { Stage } from '../matrix/stage.ts';
import { SYMBOL } from '../world/world-options.ts';
import { type Recovered, recovered, recoveryFaults } from './equal-recovery.ts';
import { furthest } from './rest.ts';

type Way = 'undisturbed' | 'hot' | 'warm';

interface Told {
  readonly before: Recovered;
  readonly after: Recovered;
}

async function play(profile: VenueProfile, way: Way): Promise<Told> {
  const stage = await Stage.open(profile);
  const { world, trader: leader } = stage;
  await stage.working(stage.submit({ quantity: '6', price: '92' }));
  await stage.working(stage.submit({ quantity: '4', price: '91' }));
  const before = recovered(ledgerOf(stage));
  if (way === 'hot') world.kill(leader);
  if (way === 'warm') for (const node of world.nodes) world.kill(node, 'power');
  // While nobody listens: one order is filled whole, another in part.
  world.venue.hit(SYMBOL, 'sell', 6n, 9_200n);
  world.venue.hit(SYMBOL, 'sell', 1n, 9_100n);
  await world.advance(1_000);
  world.startAll();
  if (way !== 'undisturbed') await stage.takenOver(1);
  await stage.rest();
  return { before, after: recovered(ledgerOf(stage)) };
}

function ledgerOf({ world }: Stage) {
  const ledger = furthest(world)?.core?.ledger;
  assert.ok(ledger);
  return ledger;
}

for (const profile of PROFILES) {
  test(`${profile.name}: a takeover and a restart of all recover what a cluster has that lived through it`, async () => {
    const undisturbed = await play(profile, 'undisturbed');
    const hot = await play(profile, 'hot');
    const warm = await play(profile, 'warm');
    assert.deepEqual(recoveryFaults(undisturbed.after, hot.after), []);
    assert.deepEqual(recoveryFaults(undisturbed.after, warm.after), []);
    assert.match([...hot.after.keys()].join(), /position/);
    // What the venue did meanwhile, forgotten, is found.
    assert.notDeepEqual(recoveryFaults(hot.before, warm.after), []);
  });
}

test('I16 finds a position and an order that one way of recovering lost', () => {
  const one = new Map([
    ['position A X', '7'],
    ['order s k1', 'Working'],
  ]);
  assert.deepEqual(recoveryFaults(one, new Map([['position A X', '6']])), [
    'I16: position A X is 7 after one recovery, and 6 after another',
    'I16: order s k1 is Working after one recovery, and absent after another',
  ]);
  assert.deepEqual(recoveryFaults(one, new Map(one)), []);
});
