/** Random scenarios: a function of their seed, without a broken law for every profile, and replayable from a file. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROFILES } from '@baton/profiles';
import { drawScenario, type Scenario } from './scenario.ts';
import { simulate } from './simulate.ts';

const TICKS = 15_000;

test('the same scenario is the same run, byte for byte, also when it comes from a file', async () => {
  const scenario = drawScenario(3, 5_000, 'classic-789');
  const one = await simulate(scenario);
  const again = await simulate(JSON.parse(JSON.stringify(scenario)) as Scenario);
  assert.deepEqual([again.hash, again.entries, again.simulatedMs], [one.hash, one.entries, one.simulatedMs]);
  assert.notEqual((await simulate(drawScenario(4, 5_000, 'classic-789'))).hash, one.hash);
});

PROFILES.forEach(({ name }, at) => {
  test(`${name}: orders and faults at random, then rest and equal books`, async () => {
    const outcome = await simulate(drawScenario(40 + at, TICKS, name, { rhythm: 'dense' }));
    assert.deepEqual(
      outcome.faults,
      [],
      `npm run sim -- --seeds 1 --seed ${40 + at} --ticks ${TICKS} --rhythm dense --profile ${name}`,
    );
    assert.ok(outcome.orders > 50 && outcome.entries > outcome.orders);
  });
});
