/** What a round makes of the machine: network, disks, clocks and memory of its own, as far as the machine lets it. */

import { ClockLab } from './clock-lab.ts';
import { DiskLab } from './disk-lab.ts';
import type { FaultKind, Need } from './fault.ts';
import { needOf } from './fault.ts';
import { kernelHasNetem } from './line-quality.ts';
import { MemoryLab } from './memory-lab.ts';
import { NetworkLab } from './network-lab.ts';
import { sandboxOwner } from './sandbox.ts';

export interface Labs {
  readonly network: NetworkLab | null;
  readonly disk: DiskLab | null;
  readonly clock: ClockLab | null;
  readonly memory: MemoryLab | null;
}

export interface Machine {
  readonly has: ReadonlySet<Need>;
  /** What is missing, and what is done in another way than usual; for the reader of the report. */
  readonly notes: readonly string[];
  readonly hasNetem: boolean;
}

/** Asked inside the sandbox; outside of it (on loopback) there is only the clock. */
export function machineHere(isSandbox: boolean): Machine {
  const has = new Set<Need>();
  const notes: string[] = [];
  const offer = (need: Need, lacks: string): void => {
    if (lacks === '') has.add(need);
    else notes.push(`no faults of ${need}: ${lacks}`);
  };
  offer('clock', ClockLab.library() === '' ? 'libfaketime is not installed' : '');
  if (!isSandbox) return { has, notes, hasNetem: false };
  offer('network', '');
  offer('disk', DiskLab.lacks());
  offer('memory', MemoryLab.lacks());
  const hasNetem = kernelHasNetem();
  if (!hasNetem) notes.push('the kernel has no netem: loss by a random filter, delay by a narrow line');
  return { has, notes, hasNetem };
}

/** Only what the round's faults need is made: a disk of its own costs a second, a moved clock something all the time. */
export function openLabs(
  machine: Machine,
  folder: string,
  nodes: readonly string[],
  kinds: readonly FaultKind[],
): Labs {
  const needs = (need: Need): boolean => machine.has.has(need) && kinds.some((kind) => needOf(kind) === need);
  const labs: { -readonly [lab in keyof Labs]: Labs[lab] } = { network: null, disk: null, clock: null, memory: null };
  try {
    if (machine.has.has('network')) labs.network = new NetworkLab(nodes, machine.hasNetem);
    if (needs('disk')) labs.disk = new DiskLab(folder, nodes);
    if (needs('clock')) labs.clock = new ClockLab(folder, ClockLab.library(), nodes);
    if (needs('memory')) labs.memory = new MemoryLab(sandboxOwner(), nodes);
  } catch (error) {
    closeLabs(labs, false);
    throw error;
  }
  return labs;
}

/** After the last process has ended. `keep`: what lies on disks that go away is copied before. */
export function closeLabs({ disk, memory, network }: Labs, keep: boolean): void {
  disk?.close(keep);
  memory?.close();
  network?.close();
}
