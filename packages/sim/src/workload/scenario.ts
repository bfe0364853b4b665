/**
 * A scenario: everything that is done to a world, as data drawn from one seed before anything runs. So a failure can be
 * written to a file and played again, and what it does not need can be taken out of it one by one.
 */
import { SeededRandom } from '@baton/host/testing';
import type { WorldOptions } from '../world/world-options.ts';
import { type Ask, drawAsk } from './ask.ts';
import { drawFault, type Fault } from './fault.ts';
import { drawAction, type OrderAction } from './order-action.ts';

export interface Scenario {
  readonly seed: number;
  readonly profile: string;
  readonly nodeCount: number;
  readonly timing: WorldOptions['timing'];
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

const TIMINGS = ['colocated', 'colocated', 'lan', 'requirements'] as const;
/** Between two orders, between two faults, and between two questions, on average, milliseconds. */
const ACTION_EVERY_MS = 120;
const FAULT_EVERY_MS = 2_500;
const ASK_EVERY_MS = 150;
const WALL_ERROR_US = 20_000;
const DRIFT_SHARE = 0.0002;

export function drawScenario(seed: number, ticks: number, profile: string): Scenario {
  const random = new SeededRandom(seed);
  const nodeCount = random.chance(0.25) ? 5 : 3;
  const timing = TIMINGS[random.below(TIMINGS.length)] ?? 'colocated';
  const neverReceivedPolicy = random.chance(0.3) ? 'resend' : 'void';
  const wallErrorsUs = Array.from({ length: nodeCount }, () => random.below(2 * WALL_ERROR_US) - WALL_ERROR_US);
  const driftShares = Array.from({ length: nodeCount }, () => (random.float() * 2 - 1) * DRIFT_SHARE);
  const forActions = random.fork();
  const forFaults = random.fork();
  const actions = times(forActions, ticks, ACTION_EVERY_MS).map((atMs, n) => drawAction(forActions, atMs, n));
  const faults = times(forFaults, ticks, FAULT_EVERY_MS).map((atMs) => drawFault(forFaults, atMs, nodeCount));
  const forAsks = random.fork();
  const asks = times(forAsks, ticks, ASK_EVERY_MS).map((atMs, n) => drawAsk(forAsks, atMs, n, nodeCount));
  const wanted = { seed, profile, nodeCount, timing, neverReceivedPolicy, ticks } as const;
  return { ...wanted, wallErrorsUs, driftShares, actions, faults, asks };
}

/** Moments with random distances, the first after a second in which a leader is found. */
function times(random: SeededRandom, untilMs: number, everyMs: number): number[] {
  const found: number[] = [];
  let atMs = 1_200;
  for (;;) {
    atMs += Math.ceil(-Math.log(1 - random.float()) * everyMs);
    if (atMs >= untilMs) return found;
    found.push(atMs);
  }
}
