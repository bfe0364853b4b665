/**
 * A scenario: everything that is done to a world, as data drawn from one seed before anything runs. So a failure can be
 * written to a file and played again, and what it does not need can be taken out of it one by one.
 */
import { SeededRandom } from '@baton/host/testing';
import type { WorldOptions } from '../world/world-options.ts';
import { type Ask, drawAsk } from './ask.ts';
import { drawFault, type Fault, type FaultKind } from './fault.ts';
import { drawAction, type OrderAction } from './order-action.ts';
import { drawStretches, drawTimes, type Rhythm } from './rhythm.ts';

export interface Scenario {
  readonly seed: number;
  readonly profile: string;
  readonly nodeCount: number;
  readonly timing: WorldOptions['timing'];
  readonly rhythm: Rhythm;
  /** One way between nodes, between node and venue, milliseconds. */
  readonly linkMs: number;
  readonly venueMs: number;
  /** With `memory`, only what leaves a process its memory is played. */
  readonly durability: 'disk' | 'memory';
  readonly neverReceivedPolicy: 'void' | 'resend';
  /** Simulated milliseconds with faults; after that everything heals and must come to rest. */
  readonly ticks: number;
  /** Errors of the nodes' wall clocks at their start, µs, and of their speed. */
  readonly wallErrorsUs: readonly number[];
  readonly driftShares: readonly number[];
  readonly actions: readonly OrderAction[];
  readonly faults: readonly Fault[];
  readonly asks: readonly Ask[];
}

/** What is not to be drawn. */
export type Wishes = Partial<Pick<Scenario, 'timing' | 'rhythm' | 'nodeCount'>> & {
  readonly kinds?: readonly FaultKind[];
};

/** Slow heartbeats cost a tenth of the events of fast ones: most simulated hours have them. */
const TIMINGS: readonly (readonly [timing: Scenario['timing'], weight: number])[] = [
  ['wan', 5],
  ['requirements', 5],
  ['lan', 3],
  ['colocated', 2],
  ['spare-cores', 1],
];
const RHYTHMS: readonly (readonly [rhythm: Rhythm, weight: number])[] = [
  ['bursts', 7],
  ['sparse', 6],
  ['dense', 3],
];
/**
 * Runs of at least so long are lives of clusters: their faults are minutes apart, and last up to minutes. What a fast timing
 * shows, short runs show better: an hour of `colocated` costs as much as ten of these.
 */
const LIFE_MS = 600_000;
const LIFE_TIMINGS: typeof TIMINGS = [
  ['wan', 3],
  ['requirements', 1],
];
const FIVE_NODES_SHARE = 0.25;
const LIFE_FIVE_NODES_SHARE = 0.1;
const LIFE_RHYTHMS: typeof RHYTHMS = [
  ['life', 9],
  ['sparse', 1],
];
/** Of `wan`, one way; elsewhere far below a heartbeat. */
const WAN_MS = 40;
const LINK_MS = 0.1;
const VENUE_MS = 0.2;
const FAR_VENUE_MS = 15;
const MEMORY_SHARE = 0.15;
const ENDS: ReadonlySet<FaultKind> = new Set([
  'kill',
  'power',
  'power-at-word',
  'roll',
  'disk-error',
  'disk-full',
  'disk-damage',
  'disk-lost',
  'disk-part',
  'disk-lost-write',
  'disk-lying-sync',
]);
const WALL_ERROR_US = 20_000;
const DRIFT_SHARE = 0.0002;

export function drawScenario(seed: number, ticks: number, profile: string, wishes: Wishes = {}): Scenario {
  const random = new SeededRandom(seed);
  const { nodeCount = 3, rhythm, timing } = { ...drawKind(random, ticks), ...wishes };
  const linkMs = timing === 'wan' ? 1 + random.below(WAN_MS) : LINK_MS;
  const venueMs = random.chance(0.3) ? 1 + random.below(FAR_VENUE_MS) : VENUE_MS;
  const durability = random.chance(MEMORY_SHARE) ? 'memory' : 'disk';
  const neverReceivedPolicy = random.chance(0.3) ? 'resend' : 'void';
  const wallErrorsUs = Array.from({ length: nodeCount }, () => random.below(2 * WALL_ERROR_US) - WALL_ERROR_US);
  const driftShares = Array.from({ length: nodeCount }, () => (random.float() * 2 - 1) * DRIFT_SHARE);
  const stretches = drawStretches(random.fork(), rhythm, ticks);
  const [forActions, forFaults, forAsks] = [random.fork(), random.fork(), random.fork()];
  const actions = drawTimes(forActions, stretches, 'actionEveryMs').map((atMs, n) => drawAction(forActions, atMs, n));
  const faults = drawTimes(forFaults, stretches, 'faultEveryMs').map((atMs) =>
    covered(
      within(ticks, drawFault(forFaults, { atMs, nodeCount, isLife: rhythm === 'life', only: wishes.kinds })),
      durability,
    ),
  );
  const asks = drawTimes(forAsks, stretches, 'askEveryMs').map((atMs, n) => drawAsk(forAsks, atMs, n, nodeCount));
  const kind = { nodeCount, timing, rhythm, linkMs, venueMs, durability, neverReceivedPolicy } as const;
  return { seed, profile, ticks, ...kind, wallErrorsUs, driftShares, actions, faults, asks };
}

/**
 * As the promise of this durability covers it: with `memory` a process that ends has lost what it acknowledged and had not
 * written yet, which is harmless only while no other ends before it has caught up. Random faults do not keep to that, so
 * what ends a process is a pause there.
 */
function covered(fault: Fault, durability: Scenario['durability']): Fault {
  return durability === 'memory' && ENDS.has(fault.kind) ? { ...fault, kind: 'pause' } : fault;
}

/** No fault outlasts the run: what the end heals is not what began long before and was to last (a venue's restart). */
function within(ticks: number, fault: Fault): Fault {
  return { ...fault, durationMs: Math.max(1, Math.min(fault.durationMs, ticks - fault.atMs)) };
}

function drawKind(random: SeededRandom, ticks: number): Required<Pick<Scenario, 'timing' | 'rhythm' | 'nodeCount'>> {
  const isLife = ticks >= LIFE_MS;
  const nodeCount = random.chance(isLife ? LIFE_FIVE_NODES_SHARE : FIVE_NODES_SHARE) ? 5 : 3;
  const timing = drawWeighted(random, isLife ? LIFE_TIMINGS : TIMINGS);
  return { nodeCount, timing, rhythm: drawWeighted(random, isLife ? LIFE_RHYTHMS : RHYTHMS) };
}

function drawWeighted<Item>(random: SeededRandom, items: readonly (readonly [Item, number])[]): Item {
  let left = random.below(items.reduce((sum, [, weight]) => sum + weight, 0));
  for (const [item, weight] of items) {
    left -= weight;
    if (left < 0) return item;
  }
  throw new Error('nothing to draw from');
}
