/**
 * Plays faults on a running cluster: each begins, lasts and is taken back, and all of it is noted with its moment. What is
 * under way at the end is taken back by `heal`. A fault that finds nobody to harm (no leader, a node that is down) is noted
 * as missed.
 */
import type { NodeStatus } from '@baton/cli';
import { childWith, signalTo } from './child.ts';
import type { Fault, FaultKind } from './fault.ts';
import type { Labs } from './labs.ts';
import type { RealCluster } from './real-cluster.ts';
import type { VenueSide } from './venue-side.ts';

/** What was done when, for the reader of a failure. */
export interface Deed {
  /** Since the beginning of the round. */
  readonly atMs: number;
  /** Wall clock, µs since 1970. */
  readonly atUs: number;
  readonly kind: FaultKind;
  readonly node: string;
  readonly durationMs: number;
  /** '' if it was done; else why not. */
  readonly missed: string;
}

export interface Victims {
  readonly cluster: RealCluster;
  readonly labs: Labs;
  readonly venue: VenueSide;
}

/** Takes a fault back. */
export type Undo = () => void | Promise<void>;
export type Act = (victim: Victim, fault: Fault) => Undo | undefined | Promise<Undo | undefined>;

export interface Victim extends Victims {
  readonly node: string;
  /** As it answered now; null if it does not. */
  readonly status: NodeStatus | null;
}

export class Harm {
  readonly deeds: Deed[] = [];
  readonly #victims: Victims;
  readonly #acts: Readonly<Record<FaultKind, Act>>;
  readonly #tell: (text: string) => void;
  readonly #startedMs = performance.now();
  readonly #underWay = new Map<Undo, NodeJS.Timeout>();
  /** Faults that are being taken back just now. */
  readonly #endings = new Set<Promise<void>>();

  constructor(victims: Victims, acts: Readonly<Record<FaultKind, Act>>, tell: (text: string) => void) {
    this.#victims = victims;
    this.#acts = acts;
    this.#tell = tell;
  }

  async play(fault: Fault): Promise<void> {
    const { kind, durationMs } = fault;
    const victim = await this.#victimOf(fault);
    const atMs = Math.round(performance.now() - this.#startedMs);
    const atUs = Math.round((performance.timeOrigin + performance.now()) * 1000);
    let missed = '';
    try {
      const undo = await this.#acts[kind](victim, fault);
      if (undo !== undefined) {
        this.#underWay.set(
          undo,
          setTimeout(() => this.#takeBack(undo, kind), durationMs),
        );
      }
    } catch (error) {
      missed = (error as Error).message;
    }
    this.deeds.push({ atMs, atUs, kind, node: victim.node, durationMs, missed });
    const lasts = durationMs === 0 ? '' : ` for ${durationMs} ms`;
    this.#tell(
      `${kind} ${kind.startsWith('venue-') ? '' : victim.node}${lasts}${missed === '' ? '' : ` MISSED: ${missed}`}`,
    );
  }

  /** Takes everything back that is under way. */
  async heal(): Promise<void> {
    // Side by side: one may have to wait for what another one gives back.
    for (const [undo, timer] of [...this.#underWay]) {
      clearTimeout(timer);
      this.#takeBack(undo, 'healing');
    }
    await Promise.all(this.#endings);
    await this.#victims.venue.heal();
  }

  #takeBack(undo: Undo, kind: string): void {
    if (!this.#underWay.delete(undo)) return;
    const ending = this.#undone(undo, kind);
    this.#endings.add(ending);
    void ending.then(() => this.#endings.delete(ending));
  }

  async #undone(undo: Undo, kind: string): Promise<void> {
    try {
      await undo();
    } catch (error) {
      this.#tell(`the end of ${kind} FAILED: ${(error as Error).message}`);
    }
  }

  async #victimOf({ node }: Fault): Promise<Victim> {
    const { cluster } = this.#victims;
    const reports = await cluster.view.status();
    const leader = reports
      .filter(({ status }) => status?.role === 'leader')
      .sort((a, b) => (b.status?.term ?? 0) - (a.status?.term ?? 0))[0];
    const [first] = cluster.nodes;
    const name = cluster.nodes[node - 1]?.name ?? leader?.name ?? first?.name ?? '';
    const status = reports.find((report) => report.name === name)?.status ?? null;
    return { ...this.#victims, node: name, status };
  }
}

/** Process ids of a node's own processes. @throws Error when there is none */
export function pidOf(victim: Victim, part: 'parent' | 'core' | 'desk' | 'scribe'): number {
  const parent = victim.cluster.child(victim.node).pid;
  const pid = part === 'parent' ? parent : childWith(parent, `/${part}/main.`);
  if (parent === 0 || pid === 0) throw new Error(`${victim.node} has no ${part} now`);
  return pid;
}

/** @throws Error when there is no such process */
export function signal(pid: number, name: NodeJS.Signals): void {
  if (!signalTo(pid, name)) throw new Error(`process ${pid} is gone`);
}
