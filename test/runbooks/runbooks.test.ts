/**
 * The commands of the runbooks work: each marked block is run by bash, as it stands, against a cluster that trades;
 * placeholders are the cluster's own. Commands that a test cannot run are at least commands that exist.
 */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Cluster } from '@baton/cli';
import { readRunbook } from './runbook.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = join(ROOT, 'docs', 'runbooks');
const MAIN = join(ROOT, 'packages/cli/src/main.ts');
/** Keeps compiled code between commands. */
const BATON = join(ROOT, 'packages/cli/bin/baton.js');
const BLOCK_MS = 90_000;
/** So that one page's fault is not the next one's. */
const MENDING = 'baton start-trading --api "$API" || true; baton kill-switch off --via "$API"';
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.md') && name !== 'README.md');

let cluster: Cluster;
let environment: NodeJS.ProcessEnv;
const folder = mkdtempSync(join(tmpdir(), 'runbooks-'));

before(async () => {
  cluster = await Cluster.start({ dataFolder: join(folder, 'data'), timing: 'requirements', rehearse: false });
  await cluster.waitUntilTrading({ timeoutMs: 120_000 });
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'baton'), `#!/bin/sh\nexec "${process.execPath}" "${BATON}" "$@"\n`);
  chmodSync(join(bin, 'baton'), 0o755);
  const certs = join(folder, 'certs');
  for (const args of [
    ['init', '--folder', certs],
    ['node', 'n1', '--folder', certs],
  ]) {
    assert.equal(spawnSync(process.execPath, [MAIN, 'certs', ...args]).status, 0);
  }
  environment = {
    ...process.env,
    PATH: `${bin}:${process.env['PATH']}`,
    API: cluster.view.nodes.map(({ api }) => api).join(','),
    CONFIG: cluster.runFile.configurationFile,
    DATA: join(folder, 'data'),
    CERTS: certs,
    TAKEOVER: '1',
    ORDER: await anOrder(),
  };
});

after(async () => {
  await cluster.abandon();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** One that the example strategy gave. */
async function anOrder(): Promise<string> {
  for (;;) {
    const leader = await cluster.leader();
    const [order] = (await cluster.view.clientOf(leader?.node ?? '')?.orders()) ?? [];
    if (order !== undefined) return order.clOrdId;
    await cluster.waitUntilTrading();
  }
}

function shell(commands: string): Promise<{ readonly exitCode: number; readonly text: string }> {
  return new Promise((resolve) => {
    execFile(
      'bash',
      ['--norc', '-euo', 'pipefail', '-c', commands],
      { env: environment, timeout: BLOCK_MS },
      (error, out, err) => {
        resolve({ exitCode: error === null ? 0 : Number(error.code ?? 1), text: `${out}\n${err}` });
      },
    );
  });
}

for (const name of names) {
  test(`${name}: its commands work`, async () => {
    const { blocks } = readRunbook(readFileSync(join(FOLDER, name), 'utf8'));
    assert.ok(blocks.length > 0, 'a runbook without a command that is run');
    for (const commands of blocks) {
      await cluster.waitUntilTrading({ timeoutMs: 60_000 });
      const { exitCode, text } = await shell(commands);
      if (exitCode !== 0) await shell(MENDING);
      assert.equal(exitCode, 0, `${commands}\n${text}`);
    }
  });
}

test('every command that a runbook names exists', () => {
  const usage = spawnSync('bash', [join(ROOT, 'deploy/three-hosts/hosts'), 'help'], { encoding: 'utf8' }).stdout;
  const help = spawnSync(process.execPath, [MAIN, '--help'], { encoding: 'utf8' }).stdout;
  for (const name of names) {
    const { batonCommands, hostsVerbs } = readRunbook(readFileSync(join(FOLDER, name), 'utf8'));
    for (const verb of hostsVerbs) assert.match(usage, new RegExp(`(^| )${verb}( |$)`, 'm'), `${name}: hosts ${verb}`);
    for (const command of batonCommands) assert.match(help, new RegExp(`^  ${command}\\b`, 'm'), `${name}: ${command}`);
  }
});

test('every runbook is listed in the README, and the README lists no other', () => {
  const listed = [...readFileSync(join(FOLDER, 'README.md'), 'utf8').matchAll(/^- \[.*\]\((.*)\)$/gm)].map(
    ([, file = '']) => file,
  );
  assert.deepEqual(listed.toSorted(), names.toSorted());
});
