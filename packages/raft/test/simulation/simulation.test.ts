/** Randomised clusters: the invariants hold after every step, the cluster recovers, and a seed is a run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './world.ts';

/** BATON_RAFT_SEEDS and BATON_RAFT_STEPS make longer runs; BATON_RAFT_FIRST_SEED starts elsewhere. */
const SEEDS = Number(process.env['BATON_RAFT_SEEDS'] ?? 200);
const STEPS = Number(process.env['BATON_RAFT_STEPS'] ?? 1500);
const FIRST = Number(process.env['BATON_RAFT_FIRST_SEED'] ?? 1);

test(`all invariants hold after every step of ${SEEDS} random clusters, and each comes to rest when healed`, (context) => {
  const sum = { steps: 0, commits: 0, elections: 0, crashes: 0, changes: 0, reads: 0, stranded: 0 };
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    let result: ReturnType<World['run']>;
    try {
      result = new World(seed).run(STEPS);
    } catch (error) {
      throw new Error(`seed ${seed} (${STEPS} steps)`, { cause: error });
    }
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += result[key];
  }
  context.diagnostic(JSON.stringify(sum));
  assert.ok(sum.elections >= SEEDS, 'elections happened');
  assert.ok(sum.commits > SEEDS * 10, 'entries were committed');
  assert.ok(sum.stranded * 1000 <= SEEDS, `${sum.stranded} clusters were stranded`);
  if (SEEDS >= 100) assert.ok(sum.crashes > 0 && sum.changes > 0 && sum.reads > 0, 'all kinds of events happened');
});

test('two runs of one seed are the same run', () => {
  assert.deepEqual(new World(7).run(800), new World(7).run(800));
});
