/** Plays a scenario: orders and faults for its time, then rest, then the verdict. */
import { SeededRandom } from '@baton/host/testing';
import { findProfile } from '@baton/profiles';
import { watchAlarms } from '../checkers/alarms.ts';
import { watchAll } from '../checkers/all.ts';
import { isOneLine } from '../checkers/fence.ts';
import { observedFaults } from '../checkers/linearizable.ts';
import { unrest } from '../checkers/rest.ts';
import { judge } from '../checkers/verdict.ts';
import { setupOf } from '../world/setup.ts';
import { World } from '../world/world.ts';
import { Client } from './client.ts';
import type { FaultKind } from './fault.ts';
import { FaultPlayer } from './fault-player.ts';
import { Observer } from './observer.ts';
import { act } from './order-action.ts';
import type { Rhythm } from './rhythm.ts';
import type { Scenario } from './scenario.ts';

export interface Outcome {
  readonly scenario: Scenario;
  /** What was broken, first things first; empty if nothing was. */
  readonly faults: readonly string[];
  /** The last events before the first of them, or the last of all. */
  readonly tail: readonly string[];
  readonly hash: string;
  readonly simulatedMs: number;
  /** Of the virtual clock. */
  readonly events: number;
  readonly entries: number;
  readonly orders: number;
  readonly takeovers: number;
  readonly counts: ReadonlyMap<FaultKind, number>;
}

/** Sessions with 60 s heartbeats need twice that to notice a dead line, and some venues a pause after it. */
const REST_LIMIT_MS = 180_000;
/** How often it is looked for, and how long it must last. */
const REST_EVERY_MS = 20;
const REST_MS = 1_000;
/** The venue's own trading against what rests there, as busy as the clients are. */
const FLOW_PER_SECOND: Readonly<Record<Rhythm, number>> = { dense: 5, bursts: 5, sparse: 2, life: 0.2 };
/** Small, so that checkpoints are made, sent and installed all the time. */
const REPLICA = {
  checkpointEveryEntries: 300,
  tailEntries: 150,
  hashEveryEntries: 100,
  leaseReads: true,
  segmentSizeBytes: 64 * 1024,
};

export async function simulate(scenario: Scenario): Promise<Outcome> {
  const profile = findProfile(scenario.profile);
  if (profile === undefined) throw new Error(`there is no profile ${scenario.profile}`);
  const { durability, linkMs, neverReceivedPolicy, nodeCount, rhythm, seed, ticks, timing, venueMs } = scenario;
  const setup = setupOf(profile, { neverReceivedPolicy });
  const counterFlow = { enabled: true, ordersPerSecond: FLOW_PER_SECOND[rhythm], seed: seed % 1_000_000 };
  const venue = { ...setup, options: { ...setup.options, counterFlow } };
  const world = await World.open({ seed, nodeCount, timing, durability, venue, linkMs, venueMs, replica: REPLICA });
  const watch = watchAll(world);
  watchAlarms(world, profile);
  // Where several lines may be logged on, late bytes of a stopped process arrive: too old, and refused, or found.
  if (!isOneLine(profile)) world.expectedAtVenue.add('overlapping-writers');
  const random = new SeededRandom(seed ^ 0x5bd1e995);
  const client = new Client(world, random.fork());
  const observer = new Observer(world, client);
  const player = new FaultPlayer(world, random.fork());
  let tail: readonly string[] = [];
  let takeovers = 0;
  world.moments.on('leading', () => {
    takeovers += 1;
  });
  scenario.wallErrorsUs.forEach((errorUs, at) => {
    const node = world.node(at + 1);
    node.wallErrorUs = errorUs;
    node.driftShare = scenario.driftShares[at] ?? 0;
  });
  world.startAll();
  for (const action of scenario.actions) world.clock.setTimer(action.atMs, () => act(client, action));
  for (const ask of scenario.asks) world.clock.setTimer(ask.atMs, () => observer.play(ask));
  for (const fault of scenario.faults) world.clock.setTimer(fault.atMs, () => player.play(fault));
  const isOver = (): boolean => {
    if (world.breaches.length > 0 && tail.length === 0) tail = world.tail();
    return world.breaches.length > 0;
  };
  const unrestOf = (): string => player.changing || unrest(world, client);
  const found: string[] = [];
  try {
    await world.advanceUnless(ticks, isOver);
    player.end();
    world.venue.setCounterFlow(false);
    const cameToRest = await comesToRest(world, unrestOf, isOver);
    if (cameToRest) await world.advanceUnless(REST_MS, isOver);
    // A venue's heartbeat in between is an entry that a follower hears of a little later.
    const isAtRest = cameToRest && (await comesToRest(world, unrestOf, isOver));
    if (!isAtRest) found.push(`no rest within ${REST_LIMIT_MS} ms after the last fault: ${unrestOf()}`);
    else if (!isOver()) found.push(...judge(world, watch, client), ...observedFaults(client, observer));
  } catch (error) {
    // Of the simulation itself or of a listener: what it says is a failure of this seed, and the next is played.
    found.push(`threw: ${error instanceof Error ? error.stack : String(error)}`);
  }
  if (found.length > 0) tail = world.tail();
  return {
    scenario,
    faults: [...world.breaches.map(({ law, text }) => `${law}: ${text}`), ...found],
    tail,
    hash: world.trace.hash(),
    simulatedMs: Math.round(world.nowUs / 1000),
    events: world.events,
    entries: watch.agreed.lastIndex,
    orders: client.intents.length,
    takeovers,
    counts: player.counts,
  };
}

/** Whether the cluster comes to rest in time, or a law breaks. */
async function comesToRest(world: World, unrestOf: () => string, isOver: () => boolean): Promise<boolean> {
  const untilUs = world.nowUs + REST_LIMIT_MS * 1000;
  while (!isOver() && unrestOf() !== '') {
    if (world.nowUs > untilUs) return false;
    await world.advance(REST_EVERY_MS);
  }
  return true;
}
