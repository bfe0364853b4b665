import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command } from '@baton/ledger';
import { DrainDriver } from './drain-driver.ts';

test('a final checkpoint that cannot be written is tried again, with the reason shown, until it is there', async () => {
  const timers: (() => void)[] = [];
  const told: Command[] = [];
  let isFull = true;
  const driver = new DrainDriver({
    clock: {
      setTimer: (_ms: number, work: () => void) => {
        timers.push(work);
        return { cancel: () => {} };
      },
    } as never,
    ledger: () => ({ operations: () => ({ drain: { phase: 'checkpoint', finalIndex: 77 } }) }) as never,
    suspendVenues: () => {},
    resumeVenues: () => {},
    checkpoint: (atLeast) =>
      isFull ? Promise.reject(new Error('ENOSPC: no space left')) : Promise.resolve(atLeast + 1),
    propose: (command) => told.push(command) > 0,
    log: () => {},
  });
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  driver.begin(3);
  await settled();
  assert.match(driver.problem, /ENOSPC/);
  assert.equal(timers.length, 1);
  timers.shift()?.();
  await settled();
  assert.equal(timers.length, 1);
  assert.deepEqual(told, []);
  isFull = false;
  timers.shift()?.();
  await settled();
  assert.deepEqual(told, [{ type: 'CheckpointNoted', index: 78 }]);
  assert.equal(driver.problem, '');
  assert.equal(timers.length, 0);
});
