/**
 * The plan of a run as data: rounds, each with a cluster of its own against one venue, and the faults of each round. All of
 * it is drawn from the seed before anything starts. A round draws from a source of its own, so that a round can be repeated
 * alone (`--first-round`), and what a machine lacks in one round changes nothing in the next.
 */
import { SeededRandom } from '../seeded-random.ts';
import { drawFault, FAULT_KINDS, type Fault, type FaultKind, type Need, needOf } from './fault.ts';

export interface RoundPlan {
  /** From 1. */
  readonly n: number;
  /** Seed of the round's own draws: the order flow's, and the faults'. */
  readonly seed: number;
  /** Name of a profile, or `quickfix`. */
  readonly venue: string;
  readonly faults: readonly Fault[];
}

export interface PlanWish {
  readonly seed: number;
  /** Of each round: how long faults begin in it. */
  readonly roundMs: number;
  /** Mean distance of two faults. */
  readonly faultEveryMs: number;
  readonly nodeCount: number;
  /** Taken in turn, beginning where the seed says. */
  readonly venues: readonly string[];
  /** What this machine has. */
  readonly has: ReadonlySet<Need>;
  /** Only these kinds; empty: all. */
  readonly only: readonly FaultKind[];
}

export const QUICKFIX = 'quickfix';
/** Trading first, so that there is something to break. */
const FIRST_FAULT_MS = 1_500;

/** Round `n` of the plan. */
export function drawRound(wish: PlanWish, n: number): RoundPlan {
  const random = new SeededRandom(Math.imul(wish.seed ^ 0x5bd1e995, 2 * n + 1) >>> 0);
  const offset = new SeededRandom(wish.seed).between(0, wish.venues.length - 1);
  const venue = wish.venues[(offset + n - 1) % wish.venues.length];
  if (venue === undefined) throw new RangeError('a plan needs a venue');
  const kinds = kindsFor(venue, wish);
  const faults: Fault[] = [];
  let atMs = FIRST_FAULT_MS;
  while (atMs < wish.roundMs) {
    faults.push(drawFault(random, atMs, wish.nodeCount, kinds));
    atMs += Math.ceil(-Math.log(1 - random.next()) * wish.faultEveryMs) + 1;
  }
  return { n, seed: random.between(0, 2 ** 31 - 1), venue, faults };
}

/** Kinds that this machine can play against that venue. */
export function kindsFor(venue: string, { has, only }: Pick<PlanWish, 'has' | 'only'>): readonly FaultKind[] {
  return FAULT_KINDS.filter((kind) => {
    if (only.length > 0 && !only.includes(kind)) return false;
    const need = needOf(kind);
    if (need === undefined) return true;
    return need === 'simulated-venue' ? venue !== QUICKFIX : has.has(need);
  });
}
