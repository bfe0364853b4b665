/**
 * A warm restart that is interrupted: at each step of the recovery the leader is killed, right after the entry that completed
 * the step was applied, or all nodes are; whoever leads next goes on from there, and ends with the same books.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROFILES, type VenueProfile } from '@baton/profiles';
import { Stage } from '../matrix/stage.ts';
import { SYMBOL } from '../world/world-options.ts';
import { type Recovered, recovered, recoveryFaults } from './equal-recovery.ts';
import { furthest } from './rest.ts';

const STEPS = ['state', 'connect', 'outbound', 'inbound', 'reconcile', 'gate'] as const;
type Step = (typeof STEPS)[number];

function ledgerOf({ world }: Stage) {
  const ledger = furthest(world)?.core?.ledger;
  assert.ok(ledger);
  return ledger;
}

/** All nodes lose power; the restart is interrupted at a step, once. Gives the books at rest, and whether it was. */
async function restart(
  profile: VenueProfile,
  step: Step | undefined,
  dies: 'leader' | 'all',
): Promise<{ readonly books: Recovered; readonly wasInterrupted: boolean; readonly status: string | undefined }> {
  const stage = await Stage.open(profile);
  const { world } = stage;
  await stage.working(stage.submit({ quantity: '6', price: '92' }));
  await stage.working(stage.submit({ quantity: '4', price: '91' }));
  for (const node of world.nodes) world.kill(node, 'power');
  world.venue.hit(SYMBOL, 'sell', 6n, 9_200n);
  world.venue.hit(SYMBOL, 'sell', 1n, 9_100n);
  await world.advance(1_000);
  let wasInterrupted = step === undefined;
  world.moments.on('applied', (node, _entry, events) => {
    if (wasInterrupted || node.core?.leadingTerm === 0) return;
    if (!events.some((event) => event.type === 'RecoveryChanged' && event.step === step)) return;
    wasInterrupted = true;
    for (const each of dies === 'all' ? world.nodes : [node]) if (each.isAlive) world.kill(each);
  });
  world.startAll();
  // Whoever was killed on the way is started again, as by a supervisor; a venue may hold the dead line for a while.
  for (let ms = 0; ms < 60_000 && world.trader() === undefined; ms += 100) {
    await world.advance(100);
    world.startAll();
  }
  await world.until(() => world.trader() !== undefined, 'a node that trades');
  world.startAll();
  await stage.rest();
  const ledger = ledgerOf(stage);
  return { books: recovered(ledger), wasInterrupted, status: ledger.operations().recovery?.status };
}

for (const profile of PROFILES) {
  test(`${profile.name}: a warm restart that is killed at any step is gone on with, to the same books`, async () => {
    const whole = await restart(profile, undefined, 'leader');
    assert.equal(whole.status, 'COMPLETE');
    for (const step of STEPS) {
      for (const dies of ['leader', 'all'] as const) {
        const interrupted = await restart(profile, step, dies);
        const what = `${step}, ${dies}`;
        // A line that was kept logged on has no logon of its own: such a step is not passed there.
        if (step === 'state' || step === 'reconcile') assert.ok(interrupted.wasInterrupted, what);
        assert.deepEqual(recoveryFaults(whole.books, interrupted.books), [], what);
        assert.equal(interrupted.status, 'COMPLETE', what);
      }
    }
  });
}
