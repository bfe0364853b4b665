/**
 * What being ready for a restart costs (requirements §8.3): processor time, memory, disk and network of every process of a
 * cluster of three, beside those of a single node, at rest and at 200 orders a second.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Cluster } from '@baton/cli';

const ORDERS_PER_SECOND = 200;
const PROCESSES = ['core', 'scribe', 'desk', 'parent'] as const;
const TICKS_PER_SECOND = 100;

type ProcessName = (typeof PROCESSES)[number];

/** Of the nodes together; per cent of one processor, bytes a second. */
export interface Usage {
  readonly processes: Readonly<Record<ProcessName, { readonly cpuPercent: number; readonly memoryMb: number }>>;
  readonly cpuPercent: number;
  readonly memoryMb: number;
  readonly diskWrittenPerSecond: number;
  /** Over loopback: nodes, venue and market data; each byte once. */
  readonly networkPerSecond: number;
  readonly ordersPerSecond: number;
}

export interface OverheadRow {
  readonly nodes: number;
  readonly load: 'rest' | 'orders';
  readonly usage: Usage;
}

export async function measureOverhead(seconds: number, batonCommand: [string, ...string[]]): Promise<OverheadRow[]> {
  const rows: OverheadRow[] = [];
  for (const nodes of [1, 3]) {
    const dataFolder = mkdtempSync(join(tmpdir(), 'baton-overhead-'));
    const flow = fileURLToPath(new URL('../failover/flow.ts', import.meta.url));
    const parameters = { symbol: 'BTC-USD', price: '60000', everyMs: 1000 / ORDERS_PER_SECOND };
    const strategies = [{ id: 'flow', file: flow, parameters }];
    const cluster = await Cluster.start({
      dataFolder,
      nodes,
      strategies,
      batonCommand,
      venueArguments: ['--orders-per-second', '0'],
    });
    try {
      await cluster.waitUntilTrading({ timeoutMs: 60_000 });
      await cluster.pauseStrategies();
      await pause(2000);
      rows.push({ nodes, load: 'rest', usage: await usageOf(cluster, seconds) });
      await cluster.resumeStrategies();
      await pause(2000);
      rows.push({ nodes, load: 'orders', usage: await usageOf(cluster, seconds) });
    } finally {
      await cluster.abandon();
      rmSync(dataFolder, { recursive: true, force: true });
    }
  }
  return rows;
}

export function overheadText(rows: readonly OverheadRow[]): string {
  const head = `| nodes | load | orders/s | ${PROCESSES.map((name) => `${name} CPU % · MB`).join(' | ')} | CPU % | MB | disk kB/s | network kB/s |`;
  const lines = rows.map(({ load, nodes, usage }) => {
    const each = PROCESSES.map((name) => {
      const { cpuPercent, memoryMb } = usage.processes[name];
      return `${cpuPercent.toFixed(1)} · ${memoryMb.toFixed(0)}`;
    });
    const { cpuPercent, diskWrittenPerSecond, memoryMb, networkPerSecond, ordersPerSecond } = usage;
    const sums = [cpuPercent.toFixed(1), memoryMb.toFixed(0)];
    const rates = [diskWrittenPerSecond, networkPerSecond].map((bytes) => (bytes / 1000).toFixed(0));
    return `| ${[nodes, load, ordersPerSecond.toFixed(0), ...each, ...sums, ...rates].join(' | ')} |`;
  });
  return [head, `|${'---|'.repeat(head.split('|').length - 2)}`, ...lines].join('\n');
}

interface Reading {
  readonly atMs: number;
  readonly cpuS: ReadonlyMap<number, number>;
  readonly diskBytes: number;
  readonly networkBytes: number;
  readonly orders: number;
}

async function usageOf(cluster: Cluster, seconds: number): Promise<Usage> {
  const pids = await processesOf(cluster);
  const before = await reading(cluster, pids);
  await pause(seconds * 1000);
  const after = await reading(cluster, pids);
  const tookS = (after.atMs - before.atMs) / 1000;
  const processes = Object.fromEntries(
    PROCESSES.map((name) => {
      const own = [...pids].filter(([, one]) => one === name).map(([pid]) => pid);
      const cpuS = own.reduce((sum, pid) => sum + (after.cpuS.get(pid) ?? 0) - (before.cpuS.get(pid) ?? 0), 0);
      return [name, { cpuPercent: (100 * cpuS) / tookS, memoryMb: own.reduce((sum, pid) => sum + memoryMb(pid), 0) }];
    }),
  ) as Usage['processes'];
  const sum = (figure: 'cpuPercent' | 'memoryMb'): number =>
    PROCESSES.reduce((total, name) => total + processes[name][figure], 0);
  return {
    processes,
    cpuPercent: sum('cpuPercent'),
    memoryMb: sum('memoryMb'),
    diskWrittenPerSecond: (after.diskBytes - before.diskBytes) / tookS,
    networkPerSecond: (after.networkBytes - before.networkBytes) / tookS,
    ordersPerSecond: (after.orders - before.orders) / tookS,
  };
}

/** Pid to what it is: the node's parent, and its children by the module that they run. */
async function processesOf(cluster: Cluster): Promise<Map<number, ProcessName>> {
  const parents = new Set((await cluster.status()).map(({ status }) => status?.parentPid ?? 0));
  const found = new Map<number, ProcessName>();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isSafeInteger(pid)) continue;
    if (parents.has(pid)) found.set(pid, 'parent');
    else if (parents.has(parentOf(pid))) found.set(pid, nameOf(pid));
  }
  return found;
}

function parentOf(pid: number): number {
  return Number(statFields(pid)[1] ?? -1);
}

function nameOf(pid: number): ProcessName {
  const module = /\/(core|scribe|desk)\/main\./.exec(readOf(pid, 'cmdline'))?.[1];
  return PROCESSES.find((name) => name === module) ?? 'core';
}

async function reading(cluster: Cluster, pids: ReadonlyMap<number, ProcessName>): Promise<Reading> {
  const leader = await cluster.leader();
  const cpuS = new Map(
    [...pids.keys()].map((pid) => {
      const fields = statFields(pid);
      return [pid, (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND];
    }),
  );
  const written = (pid: number): number => Number(/^write_bytes: (\d+)/m.exec(readOf(pid, 'io'))?.[1] ?? 0);
  return {
    atMs: performance.now(),
    cpuS,
    diskBytes: [...pids.keys()].reduce((sum, pid) => sum + written(pid), 0),
    networkBytes: Number(/^\s*lo:\s*(\d+)/m.exec(readFileSync('/proc/net/dev', 'utf8'))?.[1] ?? 0),
    orders: leader?.orders.total ?? 0,
  };
}

/** Fields of /proc/PID/stat behind the name: state first. */
function statFields(pid: number): string[] {
  return readOf(pid, 'stat')
    .replace(/^.*\) /s, '')
    .split(' ');
}

function memoryMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readOf(pid, 'status'))?.[1] ?? 0) / 1024;
}

/** '' for a process that has ended meanwhile. */
function readOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
