// The load, generated in the leader's process: one command at a time, or open loop at a fixed rate.

import { performance } from 'node:perf_hooks';
import type { Replica } from '@baton/replica';
import { commandAt } from './machine.ts';
import { type Latencies, latenciesOf, type OpenLoopResult } from './settings.ts';

const LAG_SAMPLE_MS = 10;

/**
 * The next command is proposed when the one before it is committed, until `count` are or the time is over; null when
 * leadership went elsewhere meanwhile.
 */
export function oneInFlight(
  replica: Replica,
  count: number,
  durationMaxMs: number,
  done: (latency: Latencies | null) => void,
): void {
  const samples = new Float64Array(count);
  const endMs = performance.now() + durationMaxMs;
  let i = 0;
  const next = (): void => {
    const startMs = performance.now();
    replica.proposeNow(commandAt(i), (outcome) => {
      if (!outcome.ok) {
        done(null);
        return;
      }
      const nowMs = performance.now();
      samples[i++] = (nowMs - startMs) * 1000;
      if (i < count && nowMs < endMs) next();
      else done(latenciesOf(samples.subarray(0, i)));
    });
  };
  next();
}

/** Commands at fixed times, whatever becomes of the earlier ones; those that are due are sent once a millisecond. */
export function openLoop(
  replica: Replica,
  perSecond: number,
  durationMs: number,
  done: (result: OpenLoopResult) => void,
): void {
  const total = Math.floor((perSecond * durationMs) / 1000);
  const samples = new Float64Array(total);
  const startMs = performance.now();
  const endMs = startMs + durationMs;
  let proposed = 0;
  let committed = 0;
  let committedInTime = 0;
  let refused = 0;
  const lags: number[] = [];
  const sampling = setInterval(() => lags.push(lagOf(replica)), LAG_SAMPLE_MS);
  const finish = (): void => {
    if (committed + refused < total) return;
    clearInterval(sampling);
    lags.sort((a, b) => a - b);
    done({
      intendedPerSecond: perSecond,
      proposed: total,
      committed,
      refused,
      committedPerSecond: Math.round((committedInTime * 1000) / durationMs),
      latency: latenciesOf(samples.slice(0, committed)),
      lagEntries: {
        p50: lags[Math.floor(lags.length / 2)] ?? 0,
        p99: lags[Math.floor(lags.length * 0.99)] ?? 0,
        max: lags.at(-1) ?? 0,
      },
    });
  };
  const propose = (i: number): void => {
    const intendedMs = startMs + (i * 1000) / perSecond;
    replica.proposeNow(commandAt(i), (outcome) => {
      const nowMs = performance.now();
      if (outcome.ok) {
        samples[committed++] = (nowMs - intendedMs) * 1000;
        if (nowMs <= endMs) committedInTime++;
      } else {
        refused++;
      }
      finish();
    });
  };
  const turn = (): void => {
    const due = Math.min(total, Math.floor(((performance.now() - startMs) * perSecond) / 1000) + 1);
    while (proposed < due) propose(proposed++);
    if (proposed < total) setTimeout(turn, 1);
  };
  turn();
}

function lagOf(replica: Replica): number {
  return Math.max(0, ...replica.status().peers.map(({ lagEntries }) => lagEntries));
}
