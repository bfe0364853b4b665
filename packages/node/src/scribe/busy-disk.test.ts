import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BusyDisk } from './busy-disk.ts';

test('a disk is busy from the first writer to the last, and each change is told once', () => {
  const told: boolean[] = [];
  const disk = new BusyDisk((isMuch) => told.push(isMuch));
  disk.writes('history', false);
  disk.writes('checkpoints', true);
  disk.writes('history', true);
  disk.writes('history', true);
  disk.writes('checkpoints', false);
  assert.deepEqual(told, [true]);
  disk.writes('history', false);
  disk.writes('history', false);
  assert.deepEqual(told, [true, false]);
});
