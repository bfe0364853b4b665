/** What goes wrong, as data: when, for how long, to whom. `node` 0 means whoever leads at that moment. */
import type { SeededRandom } from '@baton/host/testing';

export type FaultKind =
  | 'kill'
  | 'power'
  | 'power-at-word'
  | 'pause'
  | 'isolate'
  | 'one-way'
  | 'cut-link'
  | 'garbage'
  | 'cut-venue'
  | 'loss'
  | 'delay'
  | 'duplicate'
  | 'reorder'
  | 'disk-slow'
  | 'disk-error'
  | 'disk-full'
  | 'disk-damage'
  | 'disk-stall'
  | 'disk-lost'
  | 'disk-part'
  | 'disk-lost-write'
  | 'disk-lying-sync'
  | 'clock-jump'
  | 'transfer'
  | 'late-transfer'
  | 'cut-transfer'
  | 'held-transfer'
  | 'slow-answers'
  | 'member-replace'
  | 'member-add'
  | 'member-remove'
  | 'roll'
  | 'venue-drop'
  | 'half-open'
  | 'venue-silence'
  | 'venue-delay'
  | 'venue-duplicate'
  | 'venue-reject'
  | 'venue-refuse'
  | 'venue-restart'
  | 'venue-down';

export interface Fault {
  readonly atMs: number;
  readonly durationMs: number;
  readonly kind: FaultKind;
  /** 0: who leads. */
  readonly node: number;
  /** How much, 0 to 1. */
  readonly size: number;
}

/** How often each kind is drawn, and its longest duration. */
const KINDS: readonly (readonly [kind: FaultKind, weight: number, longestMs: number])[] = [
  ['kill', 14, 3_000],
  ['power', 5, 3_000],
  ['power-at-word', 4, 3_000],
  ['pause', 8, 3_000],
  ['isolate', 6, 3_000],
  ['one-way', 5, 3_000],
  ['cut-link', 8, 5_000],
  ['garbage', 2, 500],
  ['cut-venue', 3, 8_000],
  ['loss', 6, 4_000],
  ['delay', 5, 4_000],
  ['duplicate', 2, 3_000],
  ['reorder', 2, 3_000],
  ['disk-slow', 5, 3_000],
  ['disk-error', 2, 1_500],
  ['disk-full', 2, 2_000],
  ['disk-damage', 2, 3_000],
  ['disk-stall', 2, 8_000],
  ['disk-lost', 1, 3_000],
  ['disk-part', 1, 3_000],
  ['disk-lost-write', 2, 2_000],
  ['disk-lying-sync', 2, 3_000],
  ['clock-jump', 2, 20_000],
  ['transfer', 5, 1],
  ['late-transfer', 3, 400],
  ['cut-transfer', 3, 3_000],
  ['held-transfer', 2, 4_000],
  ['slow-answers', 3, 4_000],
  ['member-replace', 2, 1],
  ['member-add', 1, 1],
  ['member-remove', 1, 1],
  ['roll', 1, 1],
  ['venue-drop', 6, 1],
  ['half-open', 3, 1],
  ['venue-silence', 3, 3_000],
  ['venue-delay', 4, 2_000],
  ['venue-duplicate', 3, 1],
  ['venue-reject', 2, 1],
  ['venue-refuse', 3, 2_000],
  ['venue-restart', 3, 8_000],
  ['venue-down', 3, 12_000],
];
export const FAULT_KINDS: readonly FaultKind[] = KINDS.map(([kind]) => kind);
/** Now and then something lasts much longer: beyond every timeout of a session; in the life of a cluster, for minutes. */
const LONG_SHARE = 0.05;
const LONG_FACTOR = 10;
const LIFE_LONG_SHARE = 0.15;
const LIFE_LONG_FACTOR = 200;
const LONGEST_MS = 1_200_000;

export interface FaultDraw {
  readonly atMs: number;
  readonly nodeCount: number;
  /** Of a run of hours. */
  readonly isLife: boolean;
  /** Of these kinds alone. */
  readonly only: readonly FaultKind[] | undefined;
}

export function drawFault(random: SeededRandom, { atMs, nodeCount, isLife, only = FAULT_KINDS }: FaultDraw): Fault {
  const kinds = KINDS.filter(([kind]) => only.includes(kind));
  let left = random.below(kinds.reduce((sum, [, weight]) => sum + weight, 0));
  const [kind, , longestMs] = kinds.find(([, weight]) => {
    left -= weight;
    return left < 0;
  }) as (typeof KINDS)[number];
  const isLong = random.chance(isLife ? LIFE_LONG_SHARE : LONG_SHARE);
  const most = isLong ? Math.min(LONGEST_MS, longestMs * (isLife ? LIFE_LONG_FACTOR : LONG_FACTOR)) : longestMs;
  const durationMs = Math.ceil(most * random.float() ** 2);
  const node = random.chance(0.5) ? 0 : 1 + random.below(nodeCount);
  return { atMs, durationMs, kind, node, size: random.float() };
}
