// How long a commit takes and how many there can be: three node processes on this machine, 200-byte commands, the ledger.
//
// Usage: node bench/commit/run.ts [--quick] [--timing PRESET] [--rates 10000,50000] [--folder ON_A_REAL_DISK]
// [--only memory|disk|transfer|etcd] [--built] [--out FILE] [--profile FOLDER]. Prints tables and goals; everything is in the JSON.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Durability } from '@baton/journal';
import { TIMING_PRESETS, type TimingPreset } from '@baton/replica';
import { diskAtRest } from './baseline.ts';
import { type ClusterSettings, NODE_FLAGS } from './cluster.ts';
import { measureEtcd } from './etcd.ts';
import { goalsOf } from './goals.ts';
import { type DurabilityResult, type Effort, measureDurability } from './measure.ts';
import { printDurability, printEtcd, printGoals, printTransfer } from './print.ts';
import { COMMAND_BYTES, NODES } from './settings.ts';
import { useBuild } from './staged.ts';
import { measureTransfer, type TransferEffort } from './transfer.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    out: { type: 'string' },
    folder: { type: 'string' },
    timing: { type: 'string', default: 'colocated' },
    rates: { type: 'string' },
    only: { type: 'string' },
    /** Node processes run the packages as `npm run build` left them. */
    built: { type: 'boolean', default: false },
    /** Folder for a CPU profile of each node process. */
    profile: { type: 'string' },
  },
});
const HERE = fileURLToPath(new URL('.', import.meta.url));
const RATES = [10_000, 25_000, 50_000, 75_000, 100_000, 150_000, 200_000];
const EFFORT: Effort = {
  oneInFlight: values.quick ? 5000 : 20_000,
  warmUp: values.quick ? 3000 : 10_000,
  rates: values.rates?.split(',').map(Number) ?? RATES,
  loadMs: values.quick ? 1500 : 3000,
  holdMs: values.quick ? 3000 : 10_000,
};
const TRANSFER: TransferEffort = {
  ballastBytes: 32 * 1024 * 1024,
  perSecond: 25_000,
  durationMs: values.quick ? 6000 : 12_000,
};
const ETCD_PUTS = values.quick ? 1000 : 4000;
const PROFILING = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];

if (values.built) useBuild();
if (!(values.timing in TIMING_PRESETS)) {
  throw new Error(`--timing is '${values.timing}': expected one of ${Object.keys(TIMING_PRESETS).join(', ')}`);
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: HERE, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

function settingsOf(root: string, name: string, durability: Durability): ClusterSettings {
  const folder = join(root, name);
  mkdirSync(folder);
  return {
    durability,
    folder,
    timing: values.timing as TimingPreset,
    checkpointEveryEntries: 50_000,
    tailEntries: 50_000,
    ballastBytes: 0,
    execArgv: PROFILING,
  };
}

const wants = (part: string): boolean => values.only === undefined || values.only === part;

async function durability(root: string, name: Durability): Promise<DurabilityResult | null> {
  if (!wants(name)) return null;
  const result = await measureDurability(settingsOf(root, name, name), EFFORT);
  printDurability(result);
  return result;
}

const root = mkdtempSync(join(values.folder ?? tmpdir(), 'bench-commit-'));
try {
  const about = {
    machine: { cpus: cpus().length, model: cpus()[0]?.model ?? '', memoryBytes: totalmem(), kernel: release() },
    node: process.version,
    commit: commit(),
    date: new Date().toISOString(),
    settings: {
      nodes: NODES,
      commandBytes: COMMAND_BYTES,
      timing: values.timing,
      compiled: values.built,
      nodeFlags: NODE_FLAGS,
      load: 'generated in the leader’s process; open loop sends once a millisecond, latency from the intended time',
      effort: EFFORT,
      folder: root,
    },
  };
  console.log(`node ${about.node}, ${about.machine.cpus} × ${about.machine.model}, Linux ${about.machine.kernel}`);
  console.log(`commit ${about.commit}, ${NODES} nodes, ${COMMAND_BYTES}-byte commands, timing ${values.timing}`);
  console.log(`load: ${about.settings.load}\n`);
  // What has much to write comes last: shared disks make up for it by standing still afterwards.
  const disk = await durability(root, 'disk');
  await diskAtRest(root);
  const etcd = wants('etcd') ? await measureEtcd(root, ETCD_PUTS, EFFORT.loadMs) : 'left out';
  printEtcd(etcd);
  await diskAtRest(root);
  const transfer = wants('transfer') ? await measureTransfer(settingsOf(root, 'transfer', 'disk'), TRANSFER) : null;
  if (transfer !== null) printTransfer(transfer);
  await diskAtRest(root);
  const memory = await durability(root, 'memory');
  const goals = memory === null || disk === null || transfer === null ? [] : goalsOf({ memory, disk, transfer, etcd });
  printGoals(goals);
  const result = { ...about, memory, disk, transfer, etcd, goals };
  writeFileSync(values.out ?? join(HERE, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
