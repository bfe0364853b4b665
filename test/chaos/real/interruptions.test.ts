import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deed } from './harm.ts';
import { BOUNDS_MS, histogramOf, interruptionsOf } from './interruptions.ts';

const deed = (atMs: number, missed = ''): Deed => ({
  ...{ atMs, atUs: atMs * 1000, kind: 'kill-core', node: 'n1', durationMs: 0, missed },
});
const us = (...ms: number[]): number[] => ms.map((each) => each * 1000);
const span = { fromUs: 0, untilUs: 2_000_000 };

test('a gap between orders is an interruption, with what was done in it', () => {
  const found = interruptionsOf(us(100, 200, 1_000, 1_100, 1_200, 1_900), [deed(210), deed(300, 'was down')], span);
  assert.deepEqual(found, [
    { fromUs: 200_000, ms: 800, after: ['kill-core n1'] },
    { fromUs: 1_200_000, ms: 700, after: [] },
  ]);
});

test('silence at the beginning and at the end counts as well, in whatever order the orders are told', () => {
  const found = interruptionsOf(us(1_500, 900), [], span);
  assert.deepEqual(
    found.map(({ ms }) => ms),
    [900, 600, 500],
  );
});

test('time in which the run itself stood still does not count', () => {
  const stalls = [
    { fromUs: 300_000, untilUs: 900_000 },
    { fromUs: 1_250_000, untilUs: 1_300_000 },
  ];
  const found = interruptionsOf(us(100, 1_000, 1_200, 1_700), [], span, stalls);
  assert.deepEqual(
    found.map(({ ms }) => ms),
    [300, 450, 300],
  );
});

test('the histogram counts each length once', () => {
  const lengths = [250, 499, 500, 3_999, 4_000, 1_000_000];
  const histogram = histogramOf(lengths);
  assert.equal(histogram.length, BOUNDS_MS.length);
  assert.deepEqual(histogram, [2, 1, 0, 1, 1, 0, 0, 1]);
});
