import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FAULT_KINDS, KINDS, type Need, needOf } from './fault.ts';
import { drawRound, kindsFor, type PlanWish, QUICKFIX } from './plan.ts';

const ALL: ReadonlySet<Need> = new Set(['network', 'disk', 'clock', 'memory', 'simulated-venue']);
const wish = (seed: number, has = ALL): PlanWish => ({
  ...{ seed, roundMs: 60_000, faultEveryMs: 1_500, nodeCount: 3, has, only: [] },
  venues: ['classic', 'binance-like', QUICKFIX],
});

test('the same seed is the same plan, another seed another', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 50 }), (seed, n) => {
      assert.deepEqual(drawRound(wish(seed), n), drawRound(wish(seed), n));
      assert.notDeepEqual(drawRound(wish(seed), n).faults, drawRound(wish(seed + 1), n).faults);
      assert.notDeepEqual(drawRound(wish(seed), n).faults, drawRound(wish(seed), n + 1).faults);
    }),
  );
});

test('faults are in order, within the round, and no longer than their kind may last', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (seed) => {
      const { faults } = drawRound(wish(seed), 1);
      let lastMs = 0;
      for (const { atMs, durationMs, kind, node, size } of faults) {
        assert.ok(atMs > lastMs && atMs < 60_000);
        assert.ok(durationMs >= 0 && durationMs <= 4 * KINDS[kind].longestMs);
        assert.ok(node >= 0 && node <= 3 && size >= 0 && size < 1);
        lastMs = atMs;
      }
    }),
  );
});

test('every kind is drawn in the end, and the venues take turns', () => {
  const rounds = Array.from({ length: 30 }, (_, i) => drawRound(wish(7), i + 1));
  const drawn = new Set(rounds.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
  assert.deepEqual(
    FAULT_KINDS.filter((kind) => !drawn.has(kind)),
    [],
  );
  for (const [i, { venue }] of rounds.entries()) assert.equal(venue, rounds[(i + 3) % 30]?.venue);
});

test('what a machine or a venue lacks is not asked of it', () => {
  const none: ReadonlySet<Need> = new Set();
  for (const kind of kindsFor(QUICKFIX, { has: none, only: [] })) assert.equal(needOf(kind), undefined);
  assert.ok(kindsFor('classic', { has: none, only: [] }).includes('venue-silence'));
  assert.deepEqual(kindsFor('classic', { has: ALL, only: ['isolate'] }), ['isolate']);
});
