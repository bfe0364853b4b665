import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isProcessAlive } from './run-file.ts';
import { SupervisedProcess } from './supervised-process.ts';

const FOREVER = 'setInterval(() => {}, 1000)';

function supervised(t: TestContext, script: string, restartDelayMs: number | null = 1): SupervisedProcess {
  const folder = mkdtempSync(join(tmpdir(), 'baton-cli-'));
  const logFile = join(folder, 'child.log');
  const child = new SupervisedProcess({
    name: 'child',
    command: [process.execPath, '-e', script],
    logFile,
    restartDelayMs,
  });
  t.after(async () => {
    await child.stop(0);
    rmSync(folder, { recursive: true, force: true });
  });
  return child;
}

test('a child that dies is started again, and counted', async (t) => {
  const child = supervised(t, FOREVER);
  child.start();
  const first = child.pid;
  const started = once(child, 'started');
  child.kill('SIGKILL');
  const [second] = await started;
  assert.notEqual(second, first);
  assert.deepEqual([child.pid, child.restarts, isProcessAlive(first)], [second, 1, false]);
});

test('a child that was killed as often as one likes is not given up, told by signal or by exit code', async (t) => {
  for (const script of ['process.kill(process.pid, "SIGKILL")', 'process.exit(137)']) {
    const child = supervised(t, script);
    child.on('gaveUp', (reason) => assert.fail(reason));
    child.start();
    while (child.restarts < 7) await once(child, 'started');
    await child.stop(0);
  }
});

test('a child that ends by itself right after every start is given up, and its output kept', async (t) => {
  const child = supervised(t, 'console.log("no"); process.exit(1)');
  const gaveUp = once(child, 'gaveUp');
  child.start();
  assert.match(String((await gaveUp)[0]), /child ended 5 times right after its start/);
  assert.equal(child.restarts, 4);
  assert.equal(readFileSync(child.logFile, 'utf8'), 'no\n'.repeat(5));
});

test('a child that says its configuration is invalid is given up at once', async (t) => {
  const child = supervised(t, 'process.exit(78)');
  const gaveUp = once(child, 'gaveUp');
  child.start();
  assert.match(String((await gaveUp)[0]), /exit code 78/);
  assert.equal(child.restarts, 0);
});

test('a program that cannot be started is given up', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-cli-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const logFile = join(folder, 'child.log');
  const command = [join(folder, 'missing')] as const;
  const child = new SupervisedProcess({ name: 'child', command, logFile, restartDelayMs: 1 });
  const gaveUp = once(child, 'gaveUp');
  child.start();
  assert.match(String((await gaveUp)[0]), /cannot be started.*ENOENT/);
});

test('a child that does not heed SIGTERM is killed after the grace', async (t) => {
  const child = supervised(t, `process.on('SIGTERM', () => {}); console.log('ready'); ${FOREVER}`);
  child.start();
  while (readFileSync(child.logFile, 'utf8') === '') await new Promise((resolve) => setImmediate(resolve));
  const exited = once(child, 'exited');
  await child.stop(50);
  assert.equal((await exited)[0].signal, 'SIGKILL');
  assert.equal(child.pid, 0);
});
