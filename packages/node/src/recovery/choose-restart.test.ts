import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseRestart, type RestartFacts, type RestartType, SCENARIOS, type Scenario } from './choose-restart.ts';

const BOTH = [true, false];

/** Every combination of facts. */
function* allFacts(): Generator<RestartFacts> {
  for (const scenario of SCENARIOS)
    for (const quorumUp of BOTH)
      for (const backupSynced of BOTH)
        for (const checkpointAgeMs of [null, 0, 299_999, 300_000, 86_400_000])
          for (const logWhole of BOTH)
            for (const versionKnown of BOTH)
              for (const venueCompatible of BOTH)
                yield { scenario, quorumUp, backupSynced, checkpointAgeMs, logWhole, versionKnown, venueCompatible };
}

/** §5.1, said once more: which restarts a scenario would take, best first. */
const MATRIX: Readonly<Record<Scenario, readonly RestartType[]>> = {
  'system-failure': ['hot', 'warm', 'cold'],
  'hardware-failure': ['hot', 'warm', 'cold'],
  'planned-maintenance': ['warm', 'cold'],
  'database-corruption': ['cold'],
  'end-of-day': ['cold'],
  'network-partition': ['hot', 'warm', 'cold'],
  'venue-api-change': ['warm', 'cold'],
  'configuration-change': ['warm', 'cold'],
};

function isPossible(type: RestartType, facts: RestartFacts): boolean {
  if (type === 'hot') return facts.quorumUp && facts.backupSynced;
  if (type === 'cold') return true;
  const reads = facts.versionKnown && facts.checkpointAgeMs !== null && facts.logWhole;
  return reads && (facts.scenario !== 'venue-api-change' || facts.venueCompatible);
}

test('for every combination of facts the choice is the first restart of the matrix that the facts allow', () => {
  let count = 0;
  for (const facts of allFacts()) {
    const expected = MATRIX[facts.scenario].find((type) => isPossible(type, facts));
    assert.equal(chooseRestart(facts).type, expected, JSON.stringify(facts));
    count += 1;
  }
  assert.equal(count, 8 * 5 * 2 ** 5);
});

test('every door that is passed over is given a reason, and the choice is the last', () => {
  for (const facts of allFacts()) {
    const { reasons, type } = chooseRestart(facts);
    const passed = MATRIX[facts.scenario].indexOf(type);
    assert.equal(reasons.length, 2 + passed, JSON.stringify(facts));
    assert.equal(reasons.filter((reason) => /^not (hot|warm): ./.test(reason)).length, passed);
  }
});

test('no facts choose a warm restart that would lose what was acknowledged', () => {
  for (const facts of allFacts()) {
    if (chooseRestart(facts).type === 'warm') assert.ok(facts.logWhole && facts.checkpointAgeMs !== null);
  }
});

test('the flowchart: backup synced, else recent checkpoint, else cold', () => {
  const facts: RestartFacts = {
    scenario: 'system-failure',
    quorumUp: true,
    backupSynced: true,
    checkpointAgeMs: 60_000,
    logWhole: true,
    versionKnown: true,
    venueCompatible: true,
  };
  assert.equal(chooseRestart(facts).type, 'hot');
  assert.equal(chooseRestart({ ...facts, backupSynced: false }).type, 'warm');
  assert.equal(chooseRestart({ ...facts, backupSynced: false, checkpointAgeMs: null }).type, 'cold');
});
