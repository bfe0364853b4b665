/**
 * How long a restart takes, beside the requirements (§8.1): real processes, SIGKILL of all, started again, until the
 * leader's gate is open. See README.md of this folder for what is measured and what is not.
 *
 *   npm run bench:recovery -- --orders 10000 --rounds 3 [--tail 50000] [--json FILE]
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Cluster } from '@baton/cli';
import { findProfile } from '@baton/profiles';
import { machineFacts } from '../machine.ts';
import { type Prepared, prepare } from './prepare.ts';

const REQUIRED_MS = { hot: 400, warm: 140_000, cold: 1_020_000 };
const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '3' },
    tail: { type: 'string', default: '50000' },
    mode: { type: 'string', default: 'warm' },
    json: { type: 'string' },
  },
});

interface Round {
  /** From the start of the processes to the leader's gate open, as a status of it shows. */
  readonly gateOpenMs: number;
  /** As the log has it: from the recovery's first entry to its last. */
  readonly recoveryMs: number;
  readonly coreRssMb: number;
}

async function main(): Promise<void> {
  if (values.mode !== 'warm') throw new Error(`--mode ${values.mode} is not measured here; see README.md`);
  const orders = Number(values.orders);
  const profile = findProfile('binance-like');
  if (profile === undefined) throw new Error('no profile binance-like');
  const dataFolder = mkdtempSync(join(tmpdir(), 'baton-bench-recovery-'));
  const cluster = await Cluster.start({ dataFolder, profile, strategies: [], restartDelayMs: null });
  try {
    await cluster.waitUntilTrading({ timeoutMs: 60_000 });
    await endAll(cluster);
    const folders = cluster.nodeNames.map((name) => join(dataFolder, name, 'journal'));
    const prepared = await prepare(folders, orders, Number(values.tail));
    const rounds: Round[] = [];
    for (let n = 0; n < Number(values.rounds); n += 1) {
      rounds.push(await round(cluster));
      await endAll(cluster);
    }
    print(orders, prepared, rounds);
  } finally {
    await cluster.abandon();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

async function round(cluster: Cluster): Promise<Round> {
  const startMs = performance.now();
  for (const name of cluster.nodeNames) cluster.restart(name);
  const leader = await cluster.waitUntilTrading({ timeoutMs: 120_000 });
  const gateOpenMs = performance.now() - startMs;
  const client = cluster.view.clientOf(leader.node);
  const run = (await client?.recovery())?.recovery;
  if (run?.status !== 'COMPLETE' || run.door !== 'warm') throw new Error(`not a warm restart: ${JSON.stringify(run)}`);
  return {
    gateOpenMs: Math.round(gateOpenMs),
    recoveryMs: Math.round((run.endedUs - run.startedUs) / 1000),
    coreRssMb: rssMb(leader.pid),
  };
}

async function endAll(cluster: Cluster): Promise<void> {
  const gone = cluster.nodeNames.map(
    (name) =>
      new Promise<void>((resolve) => {
        const listen = (which: string): void => {
          if (which !== name) return;
          cluster.off('exited', listen);
          resolve();
        };
        cluster.on('exited', listen);
      }),
  );
  await cluster.killAll();
  await Promise.all(gone);
}

function rssMb(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}

function print(orders: number, prepared: Prepared, rounds: readonly Round[]): void {
  const result = {
    schemaVersion: 1,
    machine: machineFacts(),
    settings: { mode: values.mode, orders, rounds: rounds.length, tail: Number(values.tail), profile: 'binance-like' },
    requiredMs: REQUIRED_MS,
    prepared,
    rounds,
  };
  const sorted = rounds.map(({ gateOpenMs }) => gateOpenMs).sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  console.log(
    `warm restart, ${orders} orders in the log since start (${prepared.entries} entries prepared in ${prepared.prepareMs} ms)`,
  );
  console.log(
    `  checkpoint of entry ${prepared.checkpointIndex}, ${prepared.checkpointSizeBytes} bytes; log to ${prepared.lastIndex}`,
  );
  console.log(
    `  start of the processes → gate open: min ${sorted[0]}, median ${middle}, max ${sorted.at(-1)} ms (n=${sorted.length}); required ${REQUIRED_MS.warm} ms`,
  );
  console.log(
    `  first to last step of the recovery in the log: ${rounds.map(({ recoveryMs }) => recoveryMs).join(', ')} ms`,
  );
  console.log(`  resident memory of the leader's core: ${rounds.map(({ coreRssMb }) => coreRssMb).join(', ')} MB`);
  console.log(JSON.stringify(result.machine));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
}

await main();
process.exit(0);
