/** The commands on a real cluster: real nodes, the real venue, real sockets and files. A minute of machine time in all. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type * as node from '@baton/node';
import { type NodeReport, type NodeStatus, type RunFile, readRunFile, type Takeover } from '../src/index.ts';
import { pause } from '../src/pause.ts';
import { isProcessAlive } from '../src/run-file.ts';

const LAUNCHER = fileURLToPath(new URL('../bin/baton.js', import.meta.url));
const TIMEOUT_MS = 180_000;

/** Compiles only if what a node's code answers is what the client reads; a session's shape is left open by the API. */
type IsUsable<Theirs extends Ours, Ours> = Theirs & Ours;
export type StatusIsUsable = IsUsable<Omit<node.NodeStatus, 'sessions'>, Omit<NodeStatus, 'sessions'>>;
export type TakeoverIsUsable = IsUsable<Omit<node.Takeover, 'phasesUs'>, Omit<Takeover, 'phasesUs'>>;

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'baton-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Run {
  readonly child: ChildProcess;
  readonly lines: string[];
  /** Resolves with the first line on stdout that matches. */
  line(pattern: RegExp): Promise<string>;
  /** Resolves with exit code and everything said on stderr. */
  readonly ended: Promise<{ readonly code: number | null; readonly err: string }>;
}

function baton(t: TestContext, ...args: readonly string[]): Run {
  const child = spawn(process.execPath, [LAUNCHER, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, err }));
  const line = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (text: string): void => {
        if (pattern.test(text)) resolve(text);
      };
      lines.forEach(look);
      reader.on('line', look);
      void ended.then(() => reject(new Error(`ended without a line like ${pattern}: ${lines.join('\n')}\n${err}`)));
    });
  return { child, lines, line, ended };
}

async function runningCluster(t: TestContext, folder: string): Promise<{ up: Run; runFile: RunFile }> {
  const up = baton(t, 'up', '--plain', '--data', folder);
  await up.line(/gate of n\d in term \d+: SIM open/);
  for (const name of ['n1', 'n2', 'n3']) await up.line(new RegExp(` ${name}: (leader of|follower of)`));
  const runFile = readRunFile(folder);
  assert.ok(runFile !== null);
  return { up, runFile };
}

/** Parents and cores of all nodes, and the venue. */
async function processesOf(t: TestContext, folder: string, runFile: RunFile): Promise<number[]> {
  const status = baton(t, 'status', '--json', '--data', folder);
  assert.equal((await status.ended).code, 0);
  const document = JSON.parse(status.lines.join('\n')) as { leader: string; nodes: NodeReport[] };
  assert.match(document.leader, /^n[123]$/);
  assert.equal(document.nodes.length, 3);
  const cores = document.nodes.map((report) => report.status?.pid ?? 0);
  const pids = [...cores, ...runFile.nodes.map((each) => each.pid), runFile.venue.pid];
  assert.ok(pids.every(isProcessAlive), `${pids}`);
  return pids;
}

test('a demo kills, measures, compares all books, and leaves nothing behind', { timeout: TIMEOUT_MS }, async (t) => {
  const file = join(temporaryFolder(t), 'demo.json');
  const { ended, lines } = baton(t, 'demo', '--kills', '1', '--json', file);
  const { code, err } = await ended;
  assert.equal(code, 0, `${err}\n${lines.join('\n')}`);
  const result = JSON.parse(readFileSync(file, 'utf8')) as {
    agree: boolean;
    fills: number;
    failovers: { phasesMs: Record<string, number> }[];
  };
  assert.equal(result.agree, true);
  assert.ok(result.fills > 0);
  const [failover] = result.failovers;
  assert.ok(failover !== undefined && result.failovers.length === 1);
  for (const phase of ['elected', 'barrier', 'loggedOn', 'gateOpen', 'firstOrderAccepted']) {
    assert.ok((failover.phasesMs[phase] ?? -1) > 0, phase);
  }
  assert.equal(lines.filter((line) => line.startsWith('  ok ')).length, 10);
  assert.equal(lines.at(-1), 'all books agree');
  const folder = /data folder: (.*)/.exec(err)?.[1] ?? '';
  assert.throws(() => readFileSync(join(folder, 'cluster.yaml')), { code: 'ENOENT' });
});

test('a stopped cluster has logged out, ended every process and removed its run file', {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const folder = temporaryFolder(t);
  const { up, runFile } = await runningCluster(t, folder);
  const pids = await processesOf(t, folder, runFile);
  const kill = baton(t, 'kill-leader', '--data', folder);
  assert.equal((await kill.ended).code, 0);
  // Not the last line always: a leader notes its milestones after its writes, and may be paused in between.
  assert.ok(
    kill.lines.some((line) => /first new order accepted/.test(line)),
    kill.lines.join('\n'),
  );
  up.child.kill('SIGTERM');
  const { code } = await up.ended;
  assert.equal(code, 0);
  assert.match(up.lines.at(-1) ?? '', /stopped; the venue session was logged out/);
  assert.deepEqual(pids.filter(isProcessAlive), []);
  assert.equal(readRunFile(folder), null);
});

test('when the command itself is killed, everything it started ends', { timeout: TIMEOUT_MS }, async (t) => {
  const folder = temporaryFolder(t);
  const { up, runFile } = await runningCluster(t, folder);
  const pids = await processesOf(t, folder, runFile);
  up.child.kill('SIGKILL');
  await up.ended;
  while (pids.some(isProcessAlive)) await pause(20, t.signal);
});
