// A follower that was away for longer than the log is kept comes back while the cluster works: it pulls a checkpoint. How
// regularly does the other follower hear the leader meanwhile, and how long does it take to catch up?

import { setTimeout as delay } from 'node:timers/promises';
import { BenchCluster, type ClusterSettings } from './cluster.ts';
import type { OpenLoopResult, Usage } from './settings.ts';

/** Small enough that a few seconds of load leave the absent follower behind the log. */
const CHECKPOINT_EVERY_ENTRIES = 50_000;
const TAIL_ENTRIES = 5_000;
const POLL_MS = 50;
const BEHIND_TIMEOUT_MS = 60_000;

export interface TransferEffort {
  readonly ballastBytes: number;
  readonly perSecond: number;
  readonly durationMs: number;
}

export interface TransferResult extends TransferEffort {
  /** From the start of the process that was away until it has the checkpoint and all later entries; -1: not in time. */
  readonly caughtUpMs: number;
  readonly load: OpenLoopResult;
  /** At the follower that stayed, over the whole load: checkpoints are taken, and one is transferred. */
  readonly leaderGap: Usage['leaderGap'];
  readonly heartbeatGap: Usage['heartbeatGap'];
  /** Lateness of the leader's timers meanwhile. */
  readonly leaderLoopDelay: Usage['loopDelay'];
  readonly elections: number;
}

export async function measureTransfer(settings: ClusterSettings, effort: TransferEffort): Promise<TransferResult> {
  const { ballastBytes, perSecond, durationMs } = effort;
  const cluster = new BenchCluster({
    ...settings,
    ballastBytes,
    checkpointEveryEntries: CHECKPOINT_EVERY_ENTRIES,
    tailEntries: TAIL_ENTRIES,
  });
  await cluster.open();
  try {
    const [leader, stays, goes] = cluster.inOrder as [number, number, number];
    const load = async (ms: number): Promise<OpenLoopResult> =>
      (await cluster.ask(leader, { type: 'open-loop', perSecond, durationMs: ms }, 'open-loop')).result;
    await load(1000);
    const leftAt = (await cluster.usage(goes)).applied;
    await cluster.stop(goes);
    await leaveBehind(cluster, leader, leftAt, load);
    const before = await cluster.usage(leader);
    await cluster.usage(stays);
    const running = load(durationMs);
    const startedMs = performance.now();
    cluster.start(goes);
    const caughtUpMs = await catchUp(cluster, leader, goes, startedMs, durationMs);
    const result = await running;
    const [follower, after] = [await cluster.usage(stays), await cluster.usage(leader)];
    return {
      ...effort,
      caughtUpMs,
      load: result,
      leaderGap: follower.leaderGap,
      heartbeatGap: follower.heartbeatGap,
      leaderLoopDelay: after.loopDelay,
      elections: after.elections - before.elections,
    };
  } finally {
    await cluster.close();
  }
}

/** Load until the leader's log begins behind what the absent node had. */
async function leaveBehind(
  cluster: BenchCluster,
  leader: number,
  leftAt: number,
  load: (ms: number) => Promise<OpenLoopResult>,
): Promise<void> {
  const deadline = performance.now() + BEHIND_TIMEOUT_MS;
  while ((await cluster.usage(leader)).firstIndex <= leftAt) {
    if (performance.now() > deadline) throw new Error('the log was not compacted: no checkpoint could be transferred');
    await load(1000);
  }
}

async function catchUp(
  cluster: BenchCluster,
  leader: number,
  goes: number,
  startedMs: number,
  durationMs: number,
): Promise<number> {
  while (performance.now() < startedMs + durationMs) {
    await delay(POLL_MS);
    const { applied } = await cluster.usage(goes, true);
    const { applied: there } = await cluster.usage(leader, true);
    if (there - applied < 5000) return Math.round(performance.now() - startedMs);
  }
  return -1;
}
