import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LeaseWatch } from './lease-watch.ts';

test('each beginning and end of a lease is told once, and a lease of another term is another lease', () => {
  const watch = new LeaseWatch();
  const told: string[] = [];
  const remove = watch.add((isHeld, term) => told.push(`${isHeld} ${term}`));
  watch.look(false, 1, 0);
  watch.look(true, 1, 0);
  watch.look(true, 1, 0);
  watch.look(true, 3, 0);
  watch.look(false, 3, 0);
  watch.look(false, 4, 0);
  remove();
  watch.look(true, 5, 0);
  assert.deepEqual(told, ['false 0', 'true 1', 'false 1', 'true 3', 'false 3']);
});

test('who hears of an end hears how long nobody had looked', () => {
  const watch = new LeaseWatch();
  const gaps: number[] = [];
  watch.look(true, 1, 10_000);
  watch.add((_isHeld, _term, sinceLookUs) => gaps.push(sinceLookUs));
  watch.look(true, 1, 15_000);
  watch.look(false, 1, 75_000);
  assert.deepEqual(gaps, [0, 60_000]);
});
