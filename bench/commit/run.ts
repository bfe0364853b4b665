// How long a commit takes and how many there can be: three node processes on this machine, 200-byte commands.
//
// Usage: node bench/commit/run.ts [--quick] [--timing PRESET] [--rates 10000,50000]
// [--folder ON_A_REAL_DISK] [--out FILE] [--profile FOLDER]. Prints a table, and writes everything as JSON beside it.

import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { TimingPreset } from '@baton/replica';
import { measureDatasync, measureRoundTrip } from './baseline.ts';
import {
  COMMAND_BYTES,
  type Latencies,
  NODES,
  type NodeSettings,
  type OpenLoopResult,
  type Order,
  type Report,
  type Usage,
} from './settings.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    out: { type: 'string' },
    folder: { type: 'string' },
    timing: { type: 'string', default: 'colocated' },
    rates: { type: 'string' },
    /** Folder for a CPU profile of each node process. */
    profile: { type: 'string' },
  },
});
const HERE = fileURLToPath(new URL('.', import.meta.url));
const ONE_IN_FLIGHT = values.quick ? 1000 : 5000;
const WARM_UP = values.quick ? 500 : 2000;
const RATES = values.rates?.split(',').map(Number) ?? [5000, 10_000, 25_000, 50_000, 75_000, 100_000, 150_000];
const PROFILING = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
const LOAD_MS = values.quick ? 1500 : 3000;
/** A rate is sustained if nearly all of it commits in its time, without a queue that grows. */
const SUSTAINED_SHARE = 0.98;
const SUSTAINED_P99_US = 100_000;

interface DurabilityResult {
  readonly durability: 'disk' | 'memory';
  readonly oneInFlight: Latencies;
  readonly openLoop: readonly OpenLoopResult[];
  readonly sustainedPerSecond: number;
  /** Of leader, then followers, over the highest sustained load: CPU microseconds per entry. */
  readonly cpuUsPerEntry: readonly number[];
  readonly rssBytes: readonly number[];
  readonly loopDelay: readonly { readonly p99Us: number; readonly maxUs: number }[];
}

class BenchCluster {
  readonly children: ChildProcess[] = [];
  leader: ChildProcess | null = null;

  async open(durability: 'disk' | 'memory', folder: string): Promise<void> {
    const ports = await freePorts(NODES);
    for (let nodeId = 1; nodeId <= NODES; nodeId++) {
      const settings: NodeSettings = {
        nodeId,
        ports,
        durability,
        timing: values.timing as TimingPreset,
        folder: join(folder, `${durability}-n${nodeId}`),
      };
      const child = fork(join(HERE, 'node.ts'), [JSON.stringify(settings)], {
        // A small young generation keeps collections short (performance.md, choice 10).
        execArgv: ['--max-semi-space-size=2', ...PROFILING],
      });
      child.on('message', (report: Report) => {
        if (report.type === 'leads' && report.leads) this.leader = child;
        else if (report.type === 'leads' && this.leader === child) this.leader = null;
      });
      this.children.push(child);
    }
    while (this.leader === null) await Promise.race(this.children.map((child) => once(child, 'message')));
  }

  async ask<Type extends Report['type']>(
    child: ChildProcess,
    order: Order,
    type: Type,
  ): Promise<Extract<Report, { type: Type }>> {
    child.send(order);
    for (;;) {
      const [report] = (await once(child, 'message')) as [Report];
      if (report.type === type) return report as Extract<Report, { type: Type }>;
    }
  }

  usage(): Promise<Usage[]> {
    const others = this.children.filter((child) => child !== this.leader);
    const inOrder = [this.leader!, ...others];
    return Promise.all(inOrder.map(async (child) => (await this.ask(child, { type: 'usage' }, 'usage')).usage));
  }

  async close(): Promise<void> {
    for (const child of this.children) {
      const gone = once(child, 'exit');
      child.send({ type: 'stop' } satisfies Order);
      await gone;
    }
  }
}

async function measure(durability: 'disk' | 'memory', folder: string): Promise<DurabilityResult> {
  const cluster = new BenchCluster();
  await cluster.open(durability, folder);
  const ask = (count: number) => cluster.ask(cluster.leader!, { type: 'one-in-flight', count }, 'one-in-flight');
  await ask(WARM_UP);
  const { latency } = await ask(ONE_IN_FLIGHT);
  const openLoop: OpenLoopResult[] = [];
  let sustainedPerSecond = 0;
  let atBest: { before: Usage[]; after: Usage[] } | null = null;
  for (const perSecond of RATES) {
    const before = await cluster.usage();
    const order: Order = { type: 'open-loop', perSecond, durationMs: LOAD_MS };
    const { result } = await cluster.ask(cluster.leader!, order, 'open-loop');
    openLoop.push(result);
    const after = await cluster.usage();
    if (!isSustained(result)) break;
    sustainedPerSecond = result.committedPerSecond;
    atBest = { before, after };
  }
  await cluster.close();
  return {
    durability,
    oneInFlight: latency,
    openLoop,
    sustainedPerSecond,
    cpuUsPerEntry: atBest === null ? [] : atBest.after.map((usage, i) => cpuPerEntry(atBest.before[i]!, usage)),
    rssBytes: atBest?.after.map(({ rssBytes }) => rssBytes) ?? [],
    loopDelay: atBest?.after.map((usage) => ({ p99Us: usage.loopDelayP99Us, maxUs: usage.loopDelayMaxUs })) ?? [],
  };
}

function isSustained({ intendedPerSecond, committedPerSecond, refused, latency }: OpenLoopResult): boolean {
  return (
    refused === 0 && committedPerSecond >= SUSTAINED_SHARE * intendedPerSecond && latency.p99Us <= SUSTAINED_P99_US
  );
}

function cpuPerEntry(before: Usage, after: Usage): number {
  return Math.round(((after.cpuUs - before.cpuUs) / Math.max(1, after.applied - before.applied)) * 10) / 10;
}

async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = [];
  for (let i = 0; i < count; i++) {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
  }
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: HERE, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

function row(name: string, { n, p50Us, p90Us, p99Us, maxUs }: Latencies): string {
  const cells = [p50Us, p90Us, p99Us, maxUs].map((us) => us.toFixed(0).padStart(9)).join('');
  return `${name.padEnd(34)}${String(n).padStart(8)}${cells}`;
}

const folder = mkdtempSync(join(values.folder ?? tmpdir(), 'bench-commit-'));
try {
  const ports = (await freePorts(2)) as [number, number];
  const result = {
    machine: { cpus: cpus().length, model: cpus()[0]?.model ?? '', memoryBytes: totalmem(), kernel: release() },
    node: process.version,
    commit: commit(),
    date: new Date().toISOString(),
    settings: { nodes: NODES, commandBytes: COMMAND_BYTES, timing: values.timing, loadMs: LOAD_MS, rates: RATES },
    datasync: measureDatasync(folder, 1000),
    roundTrip: await measureRoundTrip({ ports }, 3000),
    runs: [await measure('memory', folder), await measure('disk', folder)],
  };
  console.log(`node ${result.node}, ${result.machine.cpus} × ${result.machine.model}, commit ${result.commit}`);
  console.log(`${'microseconds'.padEnd(34)}       n      p50      p90      p99      max`);
  console.log(row('one write of 4 KiB and fdatasync', result.datasync));
  console.log(row('one round trip between 2 processes', result.roundTrip));
  for (const run of result.runs) {
    console.log(row(`commit, one in flight, ${run.durability}`, run.oneInFlight));
    for (const load of run.openLoop) {
      const name = `open loop ${load.intendedPerSecond}/s, ${run.durability}`;
      console.log(`${row(name, load.latency)}  ${load.committedPerSecond}/s`);
    }
    const cpu = run.cpuUsPerEntry.join(' / ');
    console.log(
      `sustained, ${run.durability}: ${run.sustainedPerSecond}/s; CPU µs per entry, leader / followers: ${cpu}`,
    );
  }
  const floorUs = result.datasync.p50Us + result.roundTrip.p50Us;
  const disk = result.runs.find(({ durability }) => durability === 'disk')!;
  console.log(`disk p50 = ${(disk.oneInFlight.p50Us / floorUs).toFixed(2)} × (fdatasync + round trip); goal 1.5`);
  writeFileSync(values.out ?? join(HERE, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
