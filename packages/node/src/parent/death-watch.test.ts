import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { DeathWatch } from './death-watch.ts';

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
