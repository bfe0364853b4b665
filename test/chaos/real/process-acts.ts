/** Faults of processes: killed, stopped, starved of the processor, asked to end, asked to hand over. */
import { type ChildProcess, spawn } from 'node:child_process';
import { signalTo } from './child.ts';
import type { FaultKind } from './fault.ts';
import { type Act, pidOf, signal, type Undo, type Victim } from './harm.ts';

/** Of a stutter: stopped and let run, in turn. */
const STUTTER_MS = { stopped: 60, running: 25 } as const;
const HOGS = 2;
const ASK_MS = 5_000;

export const PROCESS_ACTS = {
  'kill-core': (victim, { durationMs }) => {
    const pid = pidOf(victim, 'core');
    victim.cluster.child(victim.node).holdDown(durationMs);
    signal(pid, 'SIGKILL');
    return undefined;
  },
  'kill-parent': (victim, { durationMs }) => {
    const child = victim.cluster.child(victim.node);
    child.family();
    child.holdDown(durationMs);
    signal(pidOf(victim, 'parent'), 'SIGKILL');
    return undefined;
  },
  'kill-desk': (victim) => {
    signal(pidOf(victim, 'desk'), 'SIGKILL');
    return undefined;
  },
  'kill-scribe': (victim) => {
    signal(pidOf(victim, 'scribe'), 'SIGKILL');
    return undefined;
  },
  power: (victim, { durationMs }) => {
    if (!powerOff(victim, victim.node, durationMs)) throw new Error(`${victim.node} is down already`);
    return undefined;
  },
  'power-all': (victim, { durationMs }) => {
    for (const { name } of victim.cluster.nodes) powerOff(victim, name, durationMs);
    return undefined;
  },
  'stop-core': (victim) => stopped([pidOf(victim, 'core')]),
  'stop-parent': (victim) => stopped([pidOf(victim, 'parent')]),
  'stop-node': (victim) => stopped(victim.cluster.child(victim.node).family()),
  stutter: (victim) => stuttering(pidOf(victim, 'core')),
  hog: () => {
    const hogs = Array.from({ length: HOGS }, () => spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }));
    return () => endAll(hogs);
  },
  transfer: async ({ cluster, node }) => {
    const api = cluster.nodes.find(({ name }) => name === node)?.api;
    const headers = { 'content-type': 'application/json' };
    const timeout = AbortSignal.timeout(ASK_MS);
    const response = await fetch(`http://${api}/transfer`, { method: 'POST', headers, body: '{}', signal: timeout });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text.slice(0, 120)}`);
    return undefined;
  },
  terminate: (victim, { durationMs }) => {
    const child = victim.cluster.child(victim.node);
    child.family();
    child.holdDown(durationMs);
    signal(pidOf(victim, 'parent'), 'SIGTERM');
    return undefined;
  },
} as const satisfies Partial<Record<FaultKind, Act>>;

function powerOff({ cluster }: Victim, node: string, durationMs: number): boolean {
  const child = cluster.child(node);
  const family = child.family();
  child.holdDown(durationMs);
  for (const pid of family) signalTo(pid, 'SIGKILL');
  return family.length > 0;
}

function stopped(pids: readonly number[]): Undo {
  // Children last: a parent that stands still cannot act for one that does.
  for (const pid of pids) signal(pid, 'SIGSTOP');
  return () => {
    for (const pid of pids) signalTo(pid, 'SIGCONT');
  };
}

function stuttering(pid: number): Undo {
  let timer: NodeJS.Timeout | undefined;
  const beat = (stop: boolean): void => {
    signalTo(pid, stop ? 'SIGSTOP' : 'SIGCONT');
    timer = setTimeout(() => beat(!stop), stop ? STUTTER_MS.stopped : STUTTER_MS.running);
  };
  beat(true);
  return () => {
    clearTimeout(timer);
    signalTo(pid, 'SIGCONT');
  };
}

function endAll(children: readonly ChildProcess[]): void {
  for (const child of children) child.kill('SIGKILL');
}
