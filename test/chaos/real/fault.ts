/**
 * What is done to the cluster, as data: what, when, for how long, to whom. Drawn from a seed before anything runs, so that
 * the same seed is the same plan; the processes' own timing cannot be repeated. `node` 0 means whoever leads at that moment.
 */
import type { SeededRandom } from '../seeded-random.ts';

/** What a kind of fault needs of the machine, or of the venue. */
export type Need = 'network' | 'disk' | 'clock' | 'memory' | 'simulated-venue';

interface KindFacts {
  /** How often it is drawn, beside the others. */
  readonly weight: number;
  /** It lasts at most so long, most times much shorter. 0: it is over at once. */
  readonly longestMs: number;
  readonly needs?: Need;
  readonly text: string;
}

export const KINDS = {
  'kill-core': { weight: 14, longestMs: 2_000, text: 'SIGKILL to the core' },
  'kill-parent': { weight: 5, longestMs: 2_000, text: 'SIGKILL to the parent' },
  'kill-desk': { weight: 4, longestMs: 0, text: 'SIGKILL to the desk' },
  'kill-scribe': { weight: 4, longestMs: 0, text: 'SIGKILL to the scribe' },
  power: { weight: 6, longestMs: 3_000, text: 'SIGKILL to every process of the node' },
  'power-all': { weight: 1, longestMs: 2_000, text: 'SIGKILL to every process of every node' },
  'stop-core': { weight: 8, longestMs: 4_000, text: 'SIGSTOP to the core, then SIGCONT' },
  'stop-parent': { weight: 3, longestMs: 4_000, text: 'SIGSTOP to the parent, then SIGCONT' },
  'stop-node': { weight: 3, longestMs: 4_000, text: 'SIGSTOP to every process of the node, then SIGCONT' },
  stutter: { weight: 4, longestMs: 3_000, text: 'the core stopped and continued over and over' },
  hog: { weight: 3, longestMs: 4_000, text: 'busy loops beside the cluster' },
  transfer: { weight: 4, longestMs: 0, text: 'leadership handed over in order' },
  terminate: { weight: 3, longestMs: 2_000, text: 'SIGTERM to the node' },
  'part-peers': {
    weight: 7,
    longestMs: 4_000,
    needs: 'network',
    text: 'cut off from the other nodes; clients and venue are there',
  },
  'cut-peers': {
    weight: 5,
    longestMs: 4_000,
    needs: 'network',
    text: 'cut off from nodes and clients; the venue is there',
  },
  'cut-out': { weight: 4, longestMs: 4_000, needs: 'network', text: 'the other nodes do not hear it, it hears them' },
  'cut-in': { weight: 4, longestMs: 4_000, needs: 'network', text: 'it does not hear the other nodes, they hear it' },
  'cut-link': { weight: 4, longestMs: 4_000, needs: 'network', text: 'it and one other node do not hear each other' },
  'cut-venue': {
    weight: 5,
    longestMs: 6_000,
    needs: 'network',
    text: 'cut off from the venue; the other nodes are there',
  },
  'cut-to-venue': {
    weight: 3,
    longestMs: 6_000,
    needs: 'network',
    text: 'the venue does not hear it, it hears the venue',
  },
  'cut-from-venue': {
    weight: 3,
    longestMs: 6_000,
    needs: 'network',
    text: 'it does not hear the venue, which hears it',
  },
  isolate: { weight: 5, longestMs: 4_000, needs: 'network', text: 'cut off from everybody' },
  loss: { weight: 6, longestMs: 4_000, needs: 'network', text: 'a line of it loses packets' },
  'slow-line': { weight: 5, longestMs: 4_000, needs: 'network', text: 'a line of it is slow' },
  'disk-stall': { weight: 4, longestMs: 3_000, needs: 'disk', text: 'its disk stands still' },
  'disk-slow': { weight: 3, longestMs: 3_000, needs: 'disk', text: 'its disk stands still over and over' },
  'disk-full': { weight: 3, longestMs: 4_000, needs: 'disk', text: 'its disk is full' },
  'clock-jump': { weight: 4, longestMs: 5_000, needs: 'clock', text: 'its wall clock is moved, and moved back' },
  memory: { weight: 3, longestMs: 3_000, needs: 'memory', text: 'no more memory than it has, or a little less' },
  'venue-stop': { weight: 3, longestMs: 3_000, text: 'SIGSTOP to the venue, then SIGCONT' },
  'venue-drop': { weight: 6, longestMs: 0, text: 'the venue drops all connections' },
  'venue-silence': {
    weight: 3,
    longestMs: 4_000,
    needs: 'simulated-venue',
    text: 'the venue neither reads nor writes',
  },
  'venue-delay': { weight: 4, longestMs: 3_000, needs: 'simulated-venue', text: 'executions are told late' },
  'venue-duplicate': { weight: 3, longestMs: 0, needs: 'simulated-venue', text: 'executions are told twice' },
  'venue-reorder': { weight: 2, longestMs: 0, needs: 'simulated-venue', text: 'executions are told in reverse' },
  'venue-reject': { weight: 2, longestMs: 0, needs: 'simulated-venue', text: 'orders are refused' },
  'venue-refuse': { weight: 3, longestMs: 2_000, needs: 'simulated-venue', text: 'connections are refused' },
  'venue-restart': { weight: 3, longestMs: 1_500, needs: 'simulated-venue', text: 'the venue restarts with its state' },
} as const satisfies Readonly<Record<string, KindFacts>>;

export type FaultKind = keyof typeof KINDS;

export const FAULT_KINDS = Object.keys(KINDS) as readonly FaultKind[];

export interface Fault {
  /** Since the beginning of the round. */
  readonly atMs: number;
  readonly durationMs: number;
  readonly kind: FaultKind;
  /** 0: who leads. */
  readonly node: number;
  /** How much, from 0 to below 1; what of, the kind decides. */
  readonly size: number;
}

/** Now and then something lasts longer than any timeout of a session. */
const LONG_SHARE = 0.04;
const LONG_FACTOR = 4;
const LEADER_SHARE = 0.65;

export function needOf(kind: FaultKind): Need | undefined {
  return (KINDS[kind] as KindFacts).needs;
}

/** One fault of these kinds, by their weights. */
export function drawFault(
  random: SeededRandom,
  atMs: number,
  nodeCount: number,
  kinds: readonly FaultKind[] = FAULT_KINDS,
): Fault {
  let left = random.next() * kinds.reduce((sum, kind) => sum + KINDS[kind].weight, 0);
  const kind = kinds.find((each) => {
    left -= KINDS[each].weight;
    return left < 0;
  });
  if (kind === undefined) throw new RangeError('drawFault was given no kinds');
  const mostMs = KINDS[kind].longestMs * (random.chance(LONG_SHARE) ? LONG_FACTOR : 1);
  const durationMs = Math.ceil(mostMs * random.next() ** 2);
  const node = random.chance(LEADER_SHARE) ? 0 : random.between(1, nodeCount);
  return { atMs, durationMs, kind, node, size: random.next() };
}
