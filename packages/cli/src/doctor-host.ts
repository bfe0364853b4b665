/**
 * What a doctor says of the host that it runs on: what makes a node late or unsafe. Facts are read by `readHost`, judged by
 * `hostFindings`, so that each can be played. Linux; what cannot be read is told as such.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { bad, type Finding, good, warn } from './finding.ts';

export interface HostFacts {
  readonly cores: number;
  /** Of each processor; empty where the system does not say. */
  readonly governors: readonly string[];
  readonly swapTotalKb: number;
  readonly swappiness: number | null;
  /** null: nothing here tells. */
  readonly clockSynchronized: boolean | null;
  readonly openFilesMax: number;
  readonly hugePages: string;
  readonly diskFreePercent: number;
  /** Of a write of 4 KiB with fdatasync, ms. */
  readonly fsyncMs: { readonly p50: number; readonly p99: number; readonly max: number } | null;
  readonly folder: string;
}

const OPEN_FILES_WANTED = 4096;
const FSYNC_GOOD_MS = 5;
const FSYNC_BAD_MS = 50;
const DISK_FREE_PERCENT = 10;
const CORES_WANTED = 4;

export function hostFindings(facts: HostFacts): Finding[] {
  const {
    clockSynchronized,
    cores,
    diskFreePercent,
    folder,
    fsyncMs,
    governors,
    hugePages,
    openFilesMax,
    swapTotalKb,
    swappiness,
  } = facts;
  const slow = [...new Set(governors.filter((governor) => governor !== 'performance'))];
  return [
    cores >= CORES_WANTED
      ? good('cores', String(cores))
      : warn(
          'cores',
          `${cores}`,
          `${CORES_WANTED} or more: core, desk, scribe and the system each need one when it matters`,
        ),
    governors.length === 0
      ? good('governor', 'none is told here (a virtual machine, or fixed)')
      : slow.length === 0
        ? good('governor', 'performance')
        : warn(
            'governor',
            slow.join(', '),
            'cpupower frequency-set -g performance: waking up from a low clock costs a takeover milliseconds',
          ),
    swapTotalKb === 0
      ? good('swap', 'off')
      : warn(
          'swap',
          `${Math.round(swapTotalKb / 1024)} MB${swappiness === null ? '' : `, swappiness ${swappiness}`}`,
          'swapoff -a, or vm.swappiness=1: a node that is swapped out misses heartbeats',
        ),
    clockSynchronized === null
      ? warn(
          'clock',
          'nothing here says whether it is synchronised',
          'run chrony or systemd-timesyncd; for microseconds PTP',
        )
      : clockSynchronized
        ? good('clock', 'synchronised')
        : bad('clock', 'not synchronised', 'start chrony (chronyc tracking) or systemd-timesyncd (timedatectl)'),
    openFilesMax >= OPEN_FILES_WANTED
      ? good('files', `${openFilesMax} may be open`)
      : bad(
          'files',
          `${openFilesMax} may be open`,
          `LimitNOFILE=65536 in the unit (ulimit -n): sockets and segments need ${OPEN_FILES_WANTED}`,
        ),
    hugePages === 'always'
      ? warn(
          'huge pages',
          'always',
          'echo madvise > /sys/kernel/mm/transparent_hugepage/enabled: compaction stalls a process',
        )
      : good('huge pages', hugePages || 'not told'),
    diskFreePercent >= DISK_FREE_PERCENT
      ? good('disk space', `${Math.floor(diskFreePercent)} % free at ${folder}`)
      : bad(
          'disk space',
          `${Math.floor(diskFreePercent)} % free at ${folder}`,
          'free some, or move dataFolder: a full disk ends the node',
        ),
    fsyncFinding(fsyncMs, folder),
  ];
}

function fsyncFinding(fsyncMs: HostFacts['fsyncMs'], folder: string): Finding {
  if (fsyncMs === null)
    return bad(
      'fsync',
      `${folder} cannot be written`,
      'name the data folder with --folder, and run as the user of the node',
    );
  const { max, p50, p99 } = fsyncMs;
  const text = `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, max ${max.toFixed(2)} ms at ${folder}`;
  const remedy =
    'every commit waits for two of these: a disk with power-loss protection, nothing else on it, no network disk';
  if (p99 > FSYNC_BAD_MS) return bad('fsync', text, remedy);
  return p99 > FSYNC_GOOD_MS ? warn('fsync', text, remedy) : good('fsync', text);
}

/** Reads this host; `rounds` writes measure the disk of `folder`. */
export function readHost(folder: string, rounds: number): HostFacts {
  const memory = text('/proc/meminfo');
  const limits = text('/proc/self/limits');
  const swappiness = text('/proc/sys/vm/swappiness').trim();
  return {
    cores: availableParallelism(),
    governors: governorsOf(),
    swapTotalKb: Number(/^SwapTotal:\s+(\d+)/m.exec(memory)?.[1] ?? 0),
    swappiness: swappiness === '' ? null : Number(swappiness),
    clockSynchronized: clockState(),
    openFilesMax: Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.MAX_SAFE_INTEGER),
    hugePages: /\[(\w+)\]/.exec(text('/sys/kernel/mm/transparent_hugepage/enabled'))?.[1] ?? '',
    diskFreePercent: freePercent(folder),
    fsyncMs: measureFsync(folder, rounds),
    folder,
  };
}

function governorsOf(): string[] {
  const base = '/sys/devices/system/cpu';
  let names: string[] = [];
  try {
    names = readdirSync(base).filter((name) => /^cpu\d+$/.test(name));
  } catch {
    // Not Linux.
  }
  return names
    .map((name) => text(join(base, name, 'cpufreq/scaling_governor')).trim())
    .filter((governor) => governor !== '');
}

/** By whoever keeps the time here: chrony, or what systemd knows of the kernel's clock. */
function clockState(): boolean | null {
  const chrony = spawnSync('chronyc', ['-n', 'tracking'], { encoding: 'utf8', timeout: 2000 });
  if (chrony.status === 0) return /^Leap status\s*:\s*Normal/m.test(chrony.stdout);
  const systemd = spawnSync('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], {
    encoding: 'utf8',
    timeout: 2000,
  });
  return systemd.status === 0 ? systemd.stdout.trim() === 'yes' : null;
}

function freePercent(folder: string): number {
  try {
    const { bavail, blocks } = statfsSync(folder);
    return (100 * bavail) / Math.max(1, blocks);
  } catch {
    return 0;
  }
}

const BLOCK = Buffer.alloc(4096, 1);

function measureFsync(folder: string, rounds: number): HostFacts['fsyncMs'] {
  let place = '';
  try {
    place = mkdtempSync(join(folder, '.doctor-'));
    const file = openSync(join(place, 'probe'), 'w');
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const startedMs = performance.now();
      writeSync(file, BLOCK);
      fdatasyncSync(file);
      times.push(performance.now() - startedMs);
    }
    closeSync(file);
    times.sort((a, b) => a - b);
    const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0;
    return { p50: at(0.5), p99: at(0.99), max: at(1) };
  } catch {
    return null;
  } finally {
    if (place !== '') rmSync(place, { recursive: true, force: true });
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
