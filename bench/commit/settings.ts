// What the benchmark measures with: sizes, rates and times, the same for parent and node processes.

import type { Durability } from '@baton/journal';
import type { TimingPreset } from '@baton/replica';

export const COMMAND_BYTES = 200;
export const NODES = 3;

/** First argument of a node process, as JSON. */
export interface NodeSettings {
  readonly nodeId: number;
  readonly ports: readonly number[];
  readonly folder: string;
  readonly durability: Durability;
  readonly timing: TimingPreset;
}

/** What the parent asks of the node that leads. */
export type Order =
  | { readonly type: 'one-in-flight'; readonly count: number }
  | { readonly type: 'open-loop'; readonly perSecond: number; readonly durationMs: number }
  | { readonly type: 'usage' }
  | { readonly type: 'stop' };

export interface Latencies {
  readonly n: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
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
}

/** What a process has used since it started. */
export interface Usage {
  readonly cpuUs: number;
  readonly applied: number;
  readonly rssBytes: number;
  /** Longest lateness of the tick timer since the last question, microseconds. */
  readonly loopDelayP99Us: number;
  readonly loopDelayMaxUs: number;
}

/** What a node process tells. */
export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'leads'; readonly leads: boolean }
  | { readonly type: 'one-in-flight'; readonly latency: Latencies }
  | { readonly type: 'open-loop'; readonly result: OpenLoopResult }
  | { readonly type: 'usage'; readonly usage: Usage };

/** Percentiles of samples in microseconds; sorts them. */
export function latenciesOf(samplesUs: Float64Array): Latencies {
  samplesUs.sort();
  const at = (share: number): number =>
    samplesUs[Math.min(samplesUs.length - 1, Math.floor(samplesUs.length * share))] ?? 0;
  const round = (us: number): number => Math.round(us * 10) / 10;
  return {
    n: samplesUs.length,
    p50Us: round(at(0.5)),
    p90Us: round(at(0.9)),
    p99Us: round(at(0.99)),
    maxUs: round(samplesUs.at(-1) ?? 0),
  };
}
