/** What goes wrong, as data: when, for how long, to whom. `node` 0 means whoever leads at that moment. */
import type { SeededRandom } from '@baton/host/testing';

export type FaultKind =
  | 'kill'
  | 'power'
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
  | 'venue-restart';

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
  ['power', 6, 3_000],
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
  ['clock-jump', 2, 1],
  ['transfer', 5, 1],
  ['late-transfer', 3, 400],
  ['cut-transfer', 3, 3_000],
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
];
export const FAULT_KINDS: readonly FaultKind[] = KINDS.map(([kind]) => kind);
/** Now and then something lasts much longer: beyond every timeout of a session. */
const LONG_SHARE = 0.05;
const LONG_FACTOR = 10;

/** `only`: of these kinds alone. */
export function drawFault(
  random: SeededRandom,
  atMs: number,
  nodeCount: number,
  only: readonly FaultKind[] = FAULT_KINDS,
): Fault {
  const kinds = KINDS.filter(([kind]) => only.includes(kind));
  let left = random.below(kinds.reduce((sum, [, weight]) => sum + weight, 0));
  const [kind, , longestMs] = kinds.find(([, weight]) => {
    left -= weight;
    return left < 0;
  }) as (typeof KINDS)[number];
  const most = random.chance(LONG_SHARE) ? longestMs * LONG_FACTOR : longestMs;
  const durationMs = Math.ceil(most * random.float() ** 2);
  const node = random.chance(0.5) ? 0 : 1 + random.below(nodeCount);
  return { atMs, durationMs, kind, node, size: random.float() };
}
