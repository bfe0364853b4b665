/** Priority: a busy child must not be paid for by the session of its parent. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const PRIORITY = fileURLToPath(new URL('./priority.ts', import.meta.url));
const skip = existsSync('/proc/self/autogroup') ? false : 'this kernel does not group processes by session';

/** The nice value of the session of a child that asked for 10. */
async function niceOfSession(detached: boolean): Promise<string> {
  const script = `const { yieldSession } = await import(${JSON.stringify(PRIORITY)}); yieldSession(10); setTimeout(() => {}, 60_000); process.stdout.write('asked');`;
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { detached, stdio });
  try {
    await once(child.stdout, 'data');
    const read = (): string => readFileSync(`/proc/${child.pid}/autogroup`, 'latin1').trim();
    // Others of this machine may have had their turn just now: then it is asked again.
    for (let tries = 0; detached && !read().endsWith('nice 10') && tries < 30; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return read().replace(/^.*nice /, '');
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

test('a child in a session of its own yields with the whole session', { skip }, async () => {
  assert.equal(await niceOfSession(true), '10');
});

test('a child in the session of others leaves it as it was', { skip }, async () => {
  const before = readFileSync('/proc/self/autogroup', 'latin1')
    .trim()
    .replace(/^.*nice /, '');
  assert.equal(await niceOfSession(false), before);
});
