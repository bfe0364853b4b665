/**
 * What is done to the leader in each mode, and how it is undone. The fault's moment is the wall clock right before the act,
 * and right after the command for what a command does (it takes effect about a millisecond before it returns).
 */
import type { NodeStatus } from '@baton/cli';
import type { BenchCluster } from './bench-cluster.ts';
import type { DiskLab } from './disk-lab.ts';
import type { NetworkLab } from './network-lab.ts';
import type { Mode } from './settings.ts';

export interface FaultTools {
  readonly cluster: BenchCluster;
  readonly network: NetworkLab | null;
  readonly disk: DiskLab | null;
}

export interface Fault {
  readonly node: string;
  readonly term: number;
  readonly atUs: number;
  /** Undoes it, once the failover has been measured; resolves when the node runs (again). */
  heal(): Promise<void>;
}

/** How long a leader's disk stands still. */
const DISK_STALL_MS = 1000;
/** A host that comes back is not there at once. */
const REBOOT_MS = 300;

export function nowUs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** Does to `leader` what the mode says. */
export function inflict(mode: Mode, leader: NodeStatus, tools: FaultTools): Fault {
  const { node, term } = leader;
  const act = ACTS[mode];
  if (act === undefined) throw new Error(`mode ${mode} inflicts nothing`);
  const startUs = nowUs();
  const { heal, atUs = startUs } = act(leader, tools);
  return { node, term, atUs, heal };
}

/** `atUs`: after a command that takes effect at its end; left out, the fault's moment is right before the act. */
interface Done {
  readonly heal: () => Promise<void>;
  readonly atUs?: number;
}

type Act = (leader: NodeStatus, tools: FaultTools) => Done;

const ACTS: Partial<Record<Mode, Act>> = {
  crash: ({ node, pid }, { cluster }) => {
    process.kill(pid, 'SIGKILL');
    return { heal: () => startAgain(cluster, node) };
  },
  stop: ({ node, pid }, { cluster }) => {
    process.kill(pid, 'SIGSTOP');
    const heal = async (): Promise<void> => {
      // Its parent may have ended it meanwhile, for holding the venue's line while it could not act.
      if (isAlive(pid)) process.kill(pid, 'SIGCONT');
      else await startAgain(cluster, node);
    };
    return { heal };
  },
  transfer: ({ node }, { cluster }) => {
    const { api } = cluster.view.nodes.find(({ name }) => name === node)!;
    const request = fetch(`http://${api}/transfer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    const heal = async (): Promise<void> => {
      const response = await request;
      if (!response.ok) throw new Error(`transfer: ${response.status} ${await response.text()}`);
    };
    return { heal };
  },
  partition: ({ node }, { network }) => {
    network!.cut(node, 'peers');
    return { atUs: nowUs(), heal: async () => network!.heal(node) };
  },
  'cut-out': ({ node }, { network }) => {
    network!.cutOneWay(node, 'out');
    return { atUs: nowUs(), heal: async () => network!.heal(node) };
  },
  'cut-in': ({ node }, { network }) => {
    network!.cutOneWay(node, 'in');
    return { atUs: nowUs(), heal: async () => network!.heal(node) };
  },
  'host-loss': ({ node, pid }, { cluster, network }) => {
    network!.cut(node, 'peers');
    const atUs = nowUs();
    network!.cut(node, 'venue');
    process.kill(pid, 'SIGKILL');
    const heal = async (): Promise<void> => {
      await cluster.ended(node);
      await pause(REBOOT_MS);
      network!.heal(node);
      cluster.startProcess(node);
    };
    return { atUs, heal };
  },
  'disk-stall': ({ node }, { cluster, disk }) => {
    disk!.freeze(node);
    const atUs = nowUs();
    const thawed = pause(DISK_STALL_MS).then(() => disk!.thaw(node));
    const heal = async (): Promise<void> => {
      await thawed;
      if (await isAnswering(cluster, node)) return;
      await startAgain(cluster, node);
    };
    return { atUs, heal };
  },
};

async function startAgain(cluster: BenchCluster, node: string): Promise<void> {
  await cluster.ended(node);
  cluster.startProcess(node);
}

async function isAnswering(cluster: BenchCluster, node: string): Promise<boolean> {
  const reports = await cluster.view.status();
  return reports.some(({ name, status }) => name === node && status !== null);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
