/**
 * How long the core stands still while its scribe takes a checkpoint of a million open orders, what the scribe takes for it,
 * and how many entries a second it follows. One node, started from a prepared folder, as a user starts it.
 *
 *   node bench/scribe/run.ts [orders] [folder]     the folder keeps what is prepared from one run to the next
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePorts } from '@baton/host/testing';
import { parseConfiguration, resolvePlan } from '@baton/node';
import { prepareFolder } from './prepare.ts';

const orders = Number(process.argv[2] ?? 1_000_000);
const kept = process.argv[3] ?? '';
const folder = mkdtempSync(join(tmpdir(), 'baton-scribe-'));
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const [raft = 0, api = 0, venue = 0] = await freePorts(3);
const file = join(folder, 'baton.yaml');
const text = `
cluster: bench
dataFolder: ${folder}
durability: disk
rehearseTakeovers: false
nodes: [{ id: 1, name: n1, raft: "127.0.0.1:${raft}", api: "127.0.0.1:${api}" }]
venues: [{ name: SIM, address: "127.0.0.1:${venue}", beginString: FIX.4.4, senderCompId: B, targetCompId: SIM, account: A1, orderMaxAgeMs: 600000 }]
instruments: [{ symbol: BTC-USD, venue: SIM, priceScale: 2, quantityScale: 4 }]
limits: { openOrdersMax: 100000 }
checkpoints: { everySeconds: 86400, everyEntries: 100000000 }
log: { level: warn }
`;
writeFileSync(file, text);

const GOAL_MS = 2;

interface Sample {
  readonly atMs: number;
  readonly lateMs: number;
  readonly rssBytes: number;
  readonly gcMs: number;
}

function samples(who: string, fromMs: number, toMs: number): Sample[] {
  const lines = readFileSync(join(folder, `${who}.late`), 'utf8')
    .trim()
    .split('\n');
  return lines
    .map((line) => line.split(' ').map(Number))
    .map(([atMs = 0, lateMs = 0, rssBytes = 0, gcMs = 0]) => ({ atMs, lateMs, rssBytes, gcMs }))
    .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
}

const worst = (of: readonly Sample[]): number => Math.max(0, ...of.map(({ lateMs }) => lateMs));
const worstGc = (of: readonly Sample[]): number => Math.max(0, ...of.map(({ gcMs }) => gcMs));
/** The tenths of a second in which the loop was later than the goal, with the longest collection in each. */
const beyond = (of: readonly Sample[]): string =>
  of
    .filter(({ lateMs }) => lateMs > GOAL_MS)
    .map(({ gcMs, lateMs }) => `${lateMs} (collector ${gcMs})`)
    .join(', ');
const mb = (of: readonly Sample[]): number => Math.round(Math.max(0, ...of.map(({ rssBytes }) => rssBytes)) / 1e6);

interface Scribe {
  readonly index: number;
  readonly lagEntries: number;
}

async function status(): Promise<{ readonly appliedIndex: number; readonly scribe: Scribe | null } | null> {
  const answer = await fetch(`http://127.0.0.1:${api}/status`).catch(() => null);
  return answer === null ? null : ((await answer.json()) as { appliedIndex: number; scribe: Scribe | null });
}

async function scribeIsLevel(): Promise<void> {
  for (;;) {
    const now = await status();
    if (now?.scribe !== null && now?.scribe !== undefined && now.scribe.index >= now.appliedIndex - 50) return;
    await pause(1000);
  }
}

function start(): ChildProcess {
  const preload = `--import ${here('./loop-watch.mjs')}`;
  const main = here('../../packages/cli/src/main.ts');
  return spawn(process.execPath, [main, 'node', '--config', file, '--node', 'n1'], {
    env: { ...process.env, LOOP_WATCH: folder, NODE_OPTIONS: preload },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

const configuration = parseConfiguration(text, file);
const plan = resolvePlan(file, configuration, 'n1');
mkdirSync(plan.folder, { recursive: true });
const limits = { ...plan.configuration.limits, openOrdersMax: 2 * orders };
const journal = join(plan.folder, 'journal');
const prepared = kept === '' ? journal : join(kept, `open-${orders}`);
if (!existsSync(prepared)) await prepareFolder(prepared, { ...plan.configuration, limits }, orders);
if (kept !== '') cpSync(prepared, journal, { recursive: true });
console.log(`prepared: ${orders} open orders`);
const node = start();
try {
  await scribeIsLevel();
  await pause(3000);
  const quietFrom = Date.now();
  await pause(3000);
  const fromMs = Date.now();
  const taken = await fetch(`http://127.0.0.1:${api}/checkpoints`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  const answer = (await taken.json()) as { ok?: boolean; text?: string };
  const toMs = Date.now();
  await pause(300);
  if (answer.ok !== true) throw new Error(`no checkpoint: ${answer.text}`);
  const core = samples('core', fromMs, toMs + 200);
  const scribe = samples('scribe', fromMs, toMs + 200);
  console.log(`checkpoint taken, written and verified in ${((toMs - fromMs) / 1000).toFixed(1)} s`);
  console.log(`core: late by at most ${worst(core).toFixed(2)} ms (${core.length} samples), ${mb(core)} MB`);
  const before = samples('core', quietFrom, fromMs);
  const usual = [...core].map(({ lateMs }) => lateMs).sort((a, b) => a - b)[Math.floor(core.length * 0.9)];
  console.log(`  worst of each tenth of a second, p90: ${usual} ms; longest collection ${worstGc(core)} ms`);
  console.log(`  beyond ${GOAL_MS} ms: ${beyond(core)}`);
  console.log(
    `core before, idle: late by at most ${worst(before).toFixed(2)} ms, longest collection ${worstGc(before)} ms`,
  );
  console.log(`scribe: late by at most ${worst(scribe).toFixed(2)} ms, ${mb(scribe)} MB`);
} finally {
  node.kill('SIGTERM');
  await new Promise((resolve) => node.once('exit', resolve));
  rmSync(folder, { recursive: true, force: true });
}
