// What the benchmark measures with: sizes, and what parent and node processes say to each other.

import type { Durability } from '@baton/journal';
import type { LatencySummary, TimingPreset } from '@baton/replica';

export const COMMAND_BYTES = 200;
export const NODES = 3;

/** First argument of a node process, as JSON. */
export interface NodeSettings {
  readonly nodeId: number;
  readonly ports: readonly number[];
  readonly folder: string;
  readonly durability: Durability;
  readonly timing: TimingPreset;
  readonly checkpointEveryEntries: number;
  readonly tailEntries: number;
  /** Added to the state, so that a checkpoint is this large; 0 for the ledger alone. */
  readonly ballastBytes: number;
}

/** What the parent asks of a node. */
export type Order =
  | { readonly type: 'one-in-flight'; readonly count: number; readonly durationMaxMs: number }
  | { readonly type: 'open-loop'; readonly perSecond: number; readonly durationMs: number }
  /** `reset`: what is seen since is told the next time. */
  | { readonly type: 'usage'; readonly reset: boolean }
  | { readonly type: 'stop' };

export interface Latencies {
  readonly n: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
  readonly maxUs: number;
}

export interface OpenLoopResult {
  readonly intendedPerSecond: number;
  readonly proposed: number;
  readonly committed: number;
  readonly refused: number;
  /** Committed within the time of the load, per second. */
  readonly committedPerSecond: number;
  /** From the intended send time of each command. */
  readonly latency: Latencies;
  /** Entries that the slowest follower lacked, sampled every 10 ms on the leader. */
  readonly lagEntries: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** What a process has used since it started, and what it saw since the last question. */
export interface Usage {
  readonly cpuUs: number;
  readonly applied: number;
  readonly rssBytes: number;
  /** Through the links to the others. */
  readonly sentBytes: number;
  readonly writtenBytes: number;
  readonly syncs: number;
  readonly elections: number;
  readonly checkpointIndex: number;
  readonly firstIndex: number;
  readonly loopDelay: LatencySummary;
  /** Follower: between signs of life of the leader, and between its heartbeats alone. */
  readonly leaderGap: LatencySummary;
  readonly heartbeatGap: LatencySummary;
}

/** What a node process tells. */
export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'leads'; readonly leads: boolean }
  | { readonly type: 'one-in-flight'; readonly latency: Latencies | null }
  | { readonly type: 'open-loop'; readonly result: OpenLoopResult }
  | { readonly type: 'usage'; readonly usage: Usage };

function rounded(us: number): number {
  return Math.round(us * 10) / 10;
}

/** Percentiles of samples in microseconds; sorts them. */
export function latenciesOf(samplesUs: Float64Array): Latencies {
  samplesUs.sort();
  const at = (share: number): number =>
    rounded(samplesUs[Math.min(samplesUs.length - 1, Math.floor(samplesUs.length * share))] ?? 0);
  return {
    n: samplesUs.length,
    p50Us: at(0.5),
    p90Us: at(0.9),
    p99Us: at(0.99),
    p999Us: at(0.999),
    maxUs: rounded(samplesUs.at(-1) ?? 0),
  };
}
