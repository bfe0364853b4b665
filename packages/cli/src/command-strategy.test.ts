import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { captured } from './testing/captured-output.ts';

/** Inside the project, so that the new files find its packages; never committed. */
function folderIn(t: TestContext): string {
  const build = fileURLToPath(new URL('../build/', import.meta.url));
  mkdirSync(build, { recursive: true });
  const folder = mkdtempSync(join(build, 'strategy-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a new strategy works: its own test, which kills a leader, is green', async (t) => {
  const folder = folderIn(t);
  const { exitCode, out } = await captured('strategy', 'new', 'follow-the-bar', '--folder', folder);
  assert.equal(exitCode, 0);
  assert.match(out, /strategies:\n {2}- \{ id: follow-the-bar,/);
  const environment = { ...process.env };
  // Else the inner run would take itself for a part of this one.
  delete environment['NODE_TEST_CONTEXT'];
  const said = execFileSync(process.execPath, ['--test', join(folder, 'follow-the-bar.test.ts')], {
    encoding: 'utf8',
    env: environment,
  });
  assert.match(said, /pass 3/);
});

test('a file that is there already is left alone', async (t) => {
  const folder = folderIn(t);
  await captured('strategy', 'new', 'mine', '--folder', folder);
  const { exitCode, err } = await captured('strategy', 'new', 'mine', '--folder', folder);
  assert.equal(exitCode, 2);
  assert.match(err, /mine\.ts is there already/);
  assert.equal(readdirSync(folder).length, 2);
});

test('a name that cannot be one is refused with what is expected', async () => {
  const { exitCode, err } = await captured('strategy', 'new', '../Evil');
  assert.equal(exitCode, 2);
  assert.match(err, /lower case letters/);
});

test('a strategy is tested against a failover: laws in words and in the exit code', async () => {
  const file = fileURLToPath(new URL('../../../examples/market-maker.ts', import.meta.url));
  const point = ['--failover-at', 'send-ack:2', '--seconds', '8', '--seed', '5'];
  const { exitCode, out } = await captured('strategy', 'test', file, ...point);
  assert.equal(exitCode, 0, out);
  assert.match(out, /n\d died [0-9.]+ s into the run/);
  assert.match(out, /^ok: one order for each intent/m);
  const never = await captured('strategy', 'test', file, '--failover-at', 'fill:9999', '--seconds', '1', '--json');
  assert.equal(never.exitCode, 70);
  assert.equal((JSON.parse(never.out) as { ok: boolean }).ok, false);
});

test('a strategy test that cannot be played says why', async () => {
  const nowhere = await captured('strategy', 'test', 'no-such-file.ts');
  assert.equal(nowhere.exitCode, 66);
  const file = fileURLToPath(new URL('../../../examples/market-maker.ts', import.meta.url));
  const point = await captured('strategy', 'test', file, '--failover-at', 'teatime');
  assert.equal(point.exitCode, 1);
  assert.match(point.err, /failoverAt is 'teatime', expected one of before-intent/);
});
