/** Which thread plays a seed makes no difference: the same runs, byte for byte, on one thread and on two. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playAll } from './crew.ts';
import type { SeedTask } from './seed-report.ts';

async function lines(workers: number): Promise<string[]> {
  const seeds = [3, 4, 5];
  const next = (): SeedTask | undefined => {
    const seed = seeds.shift();
    return seed === undefined ? undefined : { seed, profile: 'classic', ticks: 3_000, wishes: {}, shrinks: false };
  };
  const told: string[] = [];
  await playAll(workers, next, ({ line }) => told.push(line));
  return told.sort();
}

test('seeds played on two threads are the runs that one thread plays', async () => {
  const alone = await lines(1);
  assert.equal(alone.length, 3);
  assert.deepEqual(await lines(2), alone);
});
