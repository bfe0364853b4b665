/** Faults of the machine: lines that lose or delay, disks that stall or are full, clocks that are moved, memory that is short. */
import type { FaultKind } from './fault.ts';
import type { Act } from './harm.ts';

/** Of lost packets: from this share on, up to so much more. */
const LOSS = { least: 0.02, more: 0.38 } as const;
const DELAY_MAX_MS = 300;
const LEAST_DELAY_MS = 15;
/** Jumps of the clock: a tenth of a second to an hour, each size as likely. */
const JUMP = { leastS: 0.1, factor: 36_000 } as const;

export const MACHINE_ACTS = {
  loss: ({ labs, node }, { size }) => {
    const { quality, line } = lineOf(labs.network, node, size);
    return quality.lose(line, LOSS.least + LOSS.more * split(size));
  },
  'slow-line': ({ labs, node }, { size }) => {
    const { quality, line } = lineOf(labs.network, node, size);
    return quality.slow(line, LEAST_DELAY_MS + DELAY_MAX_MS * split(size));
  },
  'disk-stall': ({ labs, node }) => given(labs.disk, 'disk').stall(node),
  'disk-slow': ({ labs, node }) => given(labs.disk, 'disk').slow(node),
  'disk-full': ({ labs, node }) => given(labs.disk, 'disk').fill(node),
  'clock-jump': ({ labs, node }, { size }) => {
    const forward = size < 0.5;
    return given(labs.clock, 'clock').move(node, (forward ? 1 : -1) * JUMP.leastS * JUMP.factor ** split(size));
  },
  memory: ({ labs, node }) => given(labs.memory, 'memory').squeeze(node),
} as const satisfies Partial<Record<FaultKind, Act>>;

/** One draw makes two: which half it is in, and where in that half. */
function split(size: number): number {
  return (size * 2) % 1;
}

type Network = Parameters<Act>[0]['labs']['network'];

/** Now the line to the other nodes, now that to the venue. */
function lineOf(network: Network, node: string, size: number) {
  const { quality } = given(network, 'network');
  return { quality, line: given(network, 'network').endsOf(node, size < 0.6 ? 'peers' : 'venue') };
}

function given<Lab>(lab: Lab | null, name: string): Lab {
  if (lab === null) throw new Error(`this round has no ${name} of its own`);
  return lab;
}
