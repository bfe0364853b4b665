/**
 * What the processes of a run cost while it lasts: resident memory and open files of each from /proc, and the lateness of each
 * core's event loop from its metrics, as the mean and the share of late turns between two samples. A process that has only
 * just begun is left out: it is still warming up, and kills would make every run look like a beginning.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { ClusterView, NodeStatus } from '@baton/cli';
import { descendantsOf } from '../real/child.ts';
import type { Point } from './slope.ts';

export type Measure = 'memory' | 'files' | 'loop';

export interface Series {
  /** `core memory`, … */
  readonly name: string;
  readonly measure: Measure;
  readonly points: Point[];
}

const EVERY_MS = 5_000;
/** So long a process warms up. */
const WARM_MS = 40_000;
const ROLES = ['core', 'desk', 'scribe'] as const;
const MIB = 1024 * 1024;

interface LoopTotals {
  readonly pid: number;
  readonly sumS: number;
  readonly count: number;
}

export class Sampler {
  readonly #series = new Map<string, Series>();
  readonly #view: ClusterView;
  readonly #venuePid: () => number;
  readonly #born = new Map<number, number>();
  readonly #loops = new Map<string, LoopTotals>();
  readonly #startedMs = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #asking: Promise<void> = Promise.resolve();

  constructor(view: ClusterView, venuePid: () => number) {
    this.#view = view;
    this.#venuePid = venuePid;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#asking = this.#asking.then(() => this.#sample()).catch(() => {});
    }, EVERY_MS);
  }

  async stop(): Promise<readonly Series[]> {
    clearInterval(this.#timer);
    await this.#asking;
    return [...this.#series.values()];
  }

  async #sample(): Promise<void> {
    for (const { api, status } of await this.#view.status()) {
      if (status === null) continue;
      const pids = new Set([status.parentPid, ...descendantsOf(status.parentPid)]);
      for (const pid of pids) this.#process(roleOf(pid, status), pid);
      await this.#loop(api, status);
    }
    this.#process('venue', this.#venuePid());
  }

  #process(role: string, pid: number): void {
    if (role === '' || !this.#isWarm(pid)) return;
    try {
      const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
      const files = readdirSync(`/proc/${pid}/fd`).length;
      // The simulated venue remembers everything it ever saw: that it grows is its promise.
      if (role !== 'venue') this.#add(`${role} memory`, 'memory', (Number(kib ?? 0) * 1024) / MIB);
      this.#add(`${role} files`, 'files', files);
    } catch {
      // It ended between two looks.
    }
  }

  async #loop(api: string, { node, pid }: NodeStatus): Promise<void> {
    const response = await fetch(`http://${api}/metrics`, { signal: AbortSignal.timeout(EVERY_MS) });
    const text = await response.text();
    const total = (name: string): number =>
      Number(
        new RegExp(`^baton_event_loop_delay_seconds_${name}(?:{[^}]*})? ([^\\n]+)`, 'm').exec(text)?.[1] ?? Number.NaN,
      );
    const now = { pid, sumS: total('sum'), count: total('count') };
    const before = this.#loops.get(node);
    this.#loops.set(node, now);
    if (before?.pid !== pid || !this.#isWarm(pid) || now.count <= before.count) return;
    this.#add('core loop', 'loop', ((now.sumS - before.sumS) / (now.count - before.count)) * 1000);
  }

  #isWarm(pid: number): boolean {
    const born = this.#born.get(pid) ?? performance.now();
    this.#born.set(pid, born);
    return performance.now() - born >= WARM_MS;
  }

  #add(name: string, measure: Measure, value: number): void {
    const series = this.#series.get(name) ?? { name, measure, points: [] };
    this.#series.set(name, series);
    series.points.push({ atS: (performance.now() - this.#startedMs) / 1000, value });
  }
}

function roleOf(pid: number, { parentPid }: NodeStatus): string {
  if (pid === parentPid) return 'parent';
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
    return ROLES.find((role) => line.includes(`/${role}/main.`)) ?? '';
  } catch {
    return '';
  }
}
