/**
 * The launcher `bin/baton.js` under the Nodes of this machine: the pinned one, and an older one if PATH has one (then
 * `npx baton` and `npm start` of a user with that Node are what is tested).
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../bin/baton.js', import.meta.url));

/** A Node older than 26, from 20 on, in PATH; null if there is none. */
function olderNode(): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'node');
    if (!existsSync(path)) continue;
    const major = Number(spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.split('.')[0]);
    if (major >= 20 && major < 26) return path;
  }
  return null;
}

const older = olderNode();
const skip = older === null ? 'no Node from 20 to 25 in PATH' : false;

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'baton-launcher-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A package folder with the launcher and a program of the test's own in place of the command. */
function packageWith(t: TestContext, program: string, file = 'src/main.ts'): { folder: string; launcher: string } {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'src'));
  mkdirSync(join(folder, 'dist'));
  cpSync(LAUNCHER, join(folder, 'bin', 'baton.js'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, file), program);
  return { folder, launcher: join(folder, 'bin', 'baton.js') };
}

/** Puts the pinned Node where `npm ci` puts it. */
function installNode(folder: string): void {
  mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true });
  writeFileSync(join(folder, 'node_modules', '.bin', 'node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, {
    mode: 0o755,
  });
}

test('the pinned Node runs the command in its own process', () => {
  const { status, stdout } = spawnSync(process.execPath, [LAUNCHER, '--version'], { encoding: 'utf8' });
  assert.equal(status, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});

test('an older Node starts the pinned one, with arguments, output and exit code passed through', { skip }, () => {
  const good = spawnSync(older ?? '', [LAUNCHER, '--version'], { encoding: 'utf8' });
  assert.deepEqual([good.status, good.stderr], [0, '']);
  assert.match(good.stdout, /^\d+\.\d+\.\d+\n$/);
  const wrong = spawnSync(older ?? '', [LAUNCHER, 'demo', '--kills', 'many'], { encoding: 'utf8' });
  assert.deepEqual([wrong.status, wrong.stdout], [2, '']);
  assert.match(wrong.stderr, /'many' is invalid/);
});

test('compiled files are run where there are no sources', (t) => {
  const { launcher } = packageWith(t, "console.log('compiled', process.argv[2])", 'dist/main.js');
  const { stdout } = spawnSync(process.execPath, [launcher, 'hello'], { encoding: 'utf8' });
  assert.equal(stdout, 'compiled hello\n');
});

test('without the pinned Node an older one refuses, and names the remedy', { skip }, (t) => {
  const { launcher } = packageWith(t, '');
  const { status, stderr } = spawnSync(older ?? '', [launcher, 'up'], { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /needs Node 26[\s\S]*npm ci/);
});

test('signals and the exit code pass through the launcher', { skip }, async (t) => {
  const program = "process.on('SIGTERM', () => process.exit(42)); setInterval(() => {}, 1000); console.log('ready');";
  const { folder, launcher } = packageWith(t, program);
  installNode(folder);
  const child = spawn(older ?? '', [launcher], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  child.stdout.once('data', () => child.kill('SIGTERM'));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  assert.equal(code, 42);
});

test('a child that ended by a signal gives 128 and the signal', { skip }, (t) => {
  const { folder, launcher } = packageWith(t, "process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);");
  installNode(folder);
  assert.equal(spawnSync(older ?? '', [launcher]).status, 137);
});

test('when the launcher is killed, the command it started ends', { skip }, async (t) => {
  const main = fileURLToPath(new URL('../src/launcher-pipe.ts', import.meta.url));
  const program = `
    const { endWithLauncher } = await import(${JSON.stringify(main)});
    process.on('SIGTERM', () => { console.log('ended'); process.exit(0); });
    endWithLauncher();
    setInterval(() => {}, 1000);
    console.log('ready', process.env.BATON_LAUNCHER_PIPE);`;
  const { folder, launcher } = packageWith(t, program);
  installNode(folder);
  const child = spawn(older ?? '', [launcher], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (output === 'ready undefined\n') child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.stdout.once('close', resolve));
  assert.equal(output, 'ready undefined\nended\n');
});
