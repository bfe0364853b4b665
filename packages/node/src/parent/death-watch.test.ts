import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { DeathWatch, isDyingText } from './death-watch.ts';

test('a process with PF_EXITING, a zombie and one that is waited for are dying, others are not', () => {
  const line = (state: string, flags: number): string => `7 (a) b) ${state} 1 7 7 0 -1 ${flags} 100 0 0 0`;
  assert.equal(isDyingText(line('S', 0x400000)), false);
  assert.equal(isDyingText(line('T', 0x400100)), false);
  assert.equal(isDyingText(line('R', 0x400004)), true);
  assert.equal(isDyingText(line('Z', 0x400000)), true);
});

test('a child that lives is not dying, a killed one is seen to', { skip: !existsSync('/proc/self/stat') }, async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const watch = new DeathWatch(child.pid ?? 0);
  assert.equal(watch.isDying(), false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(watch.isDying(), true);
  watch.close();
});

test('where the process cannot be watched, nothing is concluded', () => {
  const watch = new DeathWatch(0);
  assert.equal(watch.isDying(), false);
  watch.close();
});
