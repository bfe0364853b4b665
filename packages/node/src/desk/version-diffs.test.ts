import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PostPlan } from './post-plan.ts';
import { VersionDiffs } from './version-diffs.ts';

const plan = (deployment: number, isActive = false): PostPlan => ({ id: 'maker', deployment, isActive }) as PostPlan;

test('the active version is compared with the newest other one, and with nobody when it is alone', () => {
  const diffs = new VersionDiffs();
  diffs.compare([plan(0), plan(1, true), plan(2)]);
  assert.deepEqual(
    diffs.figures(0).map(({ active, candidate }) => [active, candidate]),
    [[1, 2]],
  );
  assert.deepEqual(
    [0, 1, 2].map((n) => diffs.isCompared(plan(n))),
    [false, true, true],
  );
  diffs.compare([plan(1, true)]);
  assert.deepEqual(diffs.figures(0), []);
});

test('a comparison of the same two goes on when something else changes', () => {
  const diffs = new VersionDiffs();
  const intent = { type: 'CancelOrder', clientKey: 'k', strategyId: 'maker', clOrdId: 'c' } as const;
  diffs.compare([plan(0, true), plan(1)]);
  for (const n of [0, 1]) diffs.take(plan(n), intent, 0);
  diffs.compare([plan(0, true), plan(1)]);
  assert.equal(diffs.figures(0)[0]?.same, 1);
  diffs.compare([plan(0), plan(1, true)]);
  assert.equal(diffs.figures(0)[0]?.same, 0);
});
