// One durability: latency with one in flight between two measurements of the machine, then open loop at rising rates, then
// the highest sustained rate held, with what each process used and how regularly followers heard their leader.

import { mkdirSync } from 'node:fs';
import type { Durability } from '@baton/journal';
import { diskAtRest, measureDatasync, measureRoundTrip } from './baseline.ts';
import { BenchCluster, type ClusterSettings } from './cluster.ts';
import type { Latencies, OpenLoopResult, Usage } from './settings.ts';

/** A rate is sustained if nearly all of it commits in its time, without a queue that grows. */
const SUSTAINED_SHARE = 0.98;
const SUSTAINED_P99_US = 100_000;
/** Of measuring with one in flight, should leadership change in the middle. */
const ATTEMPTS = 5;
/** A machine that is busy with other things takes no longer than this for all. */
const ONE_IN_FLIGHT_MAX_MS = 8000;
const WARM_UP_PER_SECOND = 20_000;

export interface Effort {
  readonly oneInFlight: number;
  readonly warmUp: number;
  readonly rates: readonly number[];
  readonly loadMs: number;
  readonly holdMs: number;
}

/** What one process used while the highest rate was held. */
export interface NodeUse {
  readonly cpuUsPerEntry: number;
  readonly sentBytesPerEntry: number;
  readonly writtenBytesPerEntry: number;
  readonly entriesPerSync: number;
  readonly rssBytes: number;
  readonly loopDelay: Usage['loopDelay'];
  readonly leaderGap: Usage['leaderGap'];
  readonly heartbeatGap: Usage['heartbeatGap'];
}

/** The machine's own pace right before and right after the latency was measured. */
export interface Pace {
  readonly datasync: readonly [Latencies, Latencies];
  readonly roundTrip: readonly [Latencies, Latencies];
}

export interface DurabilityResult {
  readonly durability: Durability;
  readonly pace: Pace;
  readonly oneInFlight: Latencies;
  readonly openLoop: readonly OpenLoopResult[];
  readonly sustainedPerSecond: number;
  /** The highest sustained rate, held; null when none was sustained. */
  readonly held: OpenLoopResult | null;
  /** While it was held; the leader first. */
  readonly nodes: readonly NodeUse[];
  readonly elections: number;
}

export function isSustained(result: OpenLoopResult): boolean {
  const { intendedPerSecond, committedPerSecond, refused, latency } = result;
  return (
    refused === 0 && committedPerSecond >= SUSTAINED_SHARE * intendedPerSecond && latency.p99Us <= SUSTAINED_P99_US
  );
}

export async function measureDurability(settings: ClusterSettings, effort: Effort): Promise<DurabilityResult> {
  const { durability, folder } = settings;
  const cluster = new BenchCluster(settings);
  await cluster.open();
  try {
    const load = async (perSecond: number, durationMs: number): Promise<OpenLoopResult> =>
      (await cluster.ask(await cluster.leads(), { type: 'open-loop', perSecond, durationMs }, 'open-loop')).result;
    const oneInFlight = async (count: number): Promise<Latencies> => {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const order = { type: 'one-in-flight', count, durationMaxMs: ONE_IN_FLIGHT_MAX_MS } as const;
        const { latency } = await cluster.ask(await cluster.leads(), order, 'one-in-flight');
        if (latency !== null) return latency;
      }
      throw new Error(`leadership changed in each of ${ATTEMPTS} attempts: use --timing lan on a busy machine`);
    };
    await oneInFlight(effort.warmUp);
    await load(WARM_UP_PER_SECOND, effort.loadMs);
    await oneInFlight(effort.warmUp);
    const before = { datasync: measureDatasync(folder, 500), roundTrip: await measureRoundTrip(2000) };
    const latency = await oneInFlight(effort.oneInFlight);
    const after = { datasync: measureDatasync(folder, 500), roundTrip: await measureRoundTrip(2000) };
    const openLoop: OpenLoopResult[] = [];
    let best = 0;
    for (const perSecond of effort.rates) {
      const result = await load(perSecond, effort.loadMs);
      openLoop.push(result);
      if (!isSustained(result)) break;
      best = perSecond;
    }
    await cluster.close();
    // In a cluster of its own: the rate above the best has left this one with a backlog.
    const { held, nodes, elections } = await hold({ ...settings, folder: `${folder}-held` }, best, effort);
    return {
      durability,
      pace: {
        datasync: [before.datasync, after.datasync],
        roundTrip: [before.roundTrip, after.roundTrip],
      },
      oneInFlight: latency,
      openLoop,
      sustainedPerSecond: openLoop.findLast(isSustained)?.committedPerSecond ?? 0,
      held,
      nodes,
      elections,
    };
  } finally {
    await cluster.close();
  }
}

/** The best rate for longer, with what each process used meanwhile. */
async function hold(
  settings: ClusterSettings,
  perSecond: number,
  effort: Effort,
): Promise<Pick<DurabilityResult, 'held' | 'nodes' | 'elections'>> {
  if (perSecond === 0) return { held: null, nodes: [], elections: 0 };
  mkdirSync(settings.folder);
  await diskAtRest(settings.folder);
  const cluster = new BenchCluster(settings);
  await cluster.open();
  try {
    const load = async (rate: number, durationMs: number): Promise<OpenLoopResult> =>
      (await cluster.ask(await cluster.leads(), { type: 'open-loop', perSecond: rate, durationMs }, 'open-loop'))
        .result;
    await load(WARM_UP_PER_SECOND, effort.loadMs);
    const from = await cluster.usages();
    const held = await load(perSecond, effort.holdMs);
    const to = await cluster.usages();
    return { held, nodes: to.map((usage, i) => useOf(from[i]!, usage)), elections: to[0]!.elections };
  } finally {
    await cluster.close();
  }
}

function useOf(from: Usage, to: Usage): NodeUse {
  const entries = Math.max(1, to.applied - from.applied);
  const perEntry = (amount: number): number => Math.round((amount / entries) * 10) / 10;
  return {
    cpuUsPerEntry: perEntry(to.cpuUs - from.cpuUs),
    sentBytesPerEntry: perEntry(to.sentBytes - from.sentBytes),
    writtenBytesPerEntry: perEntry(to.writtenBytes - from.writtenBytes),
    entriesPerSync: Math.round(entries / Math.max(1, to.syncs - from.syncs)),
    rssBytes: to.rssBytes,
    loopDelay: to.loopDelay,
    leaderGap: to.leaderGap,
    heartbeatGap: to.heartbeatGap,
  };
}
