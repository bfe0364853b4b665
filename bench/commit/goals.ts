// What was promised, beside what was measured. Ratios are between numbers of one run.

import type { EtcdResult } from './etcd.ts';
import type { DurabilityResult, Pace } from './measure.ts';
import type { TransferResult } from './transfer.ts';

export interface Goal {
  readonly name: string;
  readonly goal: string;
  readonly measured: string;
  /** Null: not measured here. */
  readonly isMet: boolean | null;
}

export interface Measured {
  readonly memory: DurabilityResult;
  readonly disk: DurabilityResult;
  readonly transfer: TransferResult;
  readonly etcd: EtcdResult | string;
}

const DISK_TO_FLOOR_MAX = 1.5;
const MEMORY_P50_MAX_US = 100;
const DISK_RATE_MIN = 50_000;
const MEMORY_RATE_MIN = 75_000;
const ETCD_RATE_MIN = 4;
const ETCD_LATENCY_MAX = 0.5;
const GAP_MAX_US = 10_000;

/** One sync and one round trip, as they were around the measurement. */
export function floorUs({ datasync, roundTrip }: Pace): number {
  const middle = (pair: readonly [{ p50Us: number }, { p50Us: number }]): number => (pair[0].p50Us + pair[1].p50Us) / 2;
  return middle(datasync) + middle(roundTrip);
}

export function goalsOf({ memory, disk, transfer, etcd }: Measured): Goal[] {
  const floor = floorUs(disk.pace);
  const followers = [...disk.nodes.slice(1), ...memory.nodes.slice(1)];
  const worstGap = Math.max(0, ...followers.map(({ leaderGap }) => leaderGap.p999Us));
  return [
    goal('disk, one in flight, p50 / (fdatasync + round trip)', disk.oneInFlight.p50Us / floor, DISK_TO_FLOOR_MAX),
    goal('memory, one in flight, p50 µs', memory.oneInFlight.p50Us, MEMORY_P50_MAX_US),
    atLeast('disk, sustained commands/s', disk.sustainedPerSecond, DISK_RATE_MIN),
    atLeast('memory, sustained commands/s', memory.sustainedPerSecond, MEMORY_RATE_MIN),
    typeof etcd === 'string'
      ? unmeasured('disk, sustained rate / etcd’s best', `>= ${ETCD_RATE_MIN}`, etcd)
      : atLeast('disk, sustained rate / etcd’s best', disk.sustainedPerSecond / etcd.bestPerSecond, ETCD_RATE_MIN),
    typeof etcd === 'string'
      ? unmeasured('disk, one in flight, p50 / etcd’s', `<= ${ETCD_LATENCY_MAX}`, etcd)
      : goal('disk, one in flight, p50 / etcd’s', disk.oneInFlight.p50Us / etcd.oneInFlight.p50Us, ETCD_LATENCY_MAX),
    goal('gap between signs of the leader at full rate, p99.9 µs', worstGap, GAP_MAX_US),
    goal('the same during a checkpoint transfer, p99.9 µs', transfer.leaderGap.p999Us, GAP_MAX_US),
  ];
}

function goal(name: string, value: number, max: number): Goal {
  return { name, goal: `<= ${max}`, measured: shown(value), isMet: value <= max };
}

function atLeast(name: string, value: number, min: number): Goal {
  return { name, goal: `>= ${min}`, measured: shown(value), isMet: value >= min };
}

function unmeasured(name: string, text: string, reason: string): Goal {
  return { name, goal: text, measured: reason, isMet: null };
}

function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
