// The same load on etcd, when it is installed: three members on this machine, puts of 200 bytes at the leader through our
// own small gRPC client; its best settings and its best number in flight.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { etcd } from '../peers/etcd.ts';
import type { Writer } from '../peers/peer.ts';
import { type Latencies, latenciesOf } from './settings.ts';

const IN_FLIGHT = [16, 64, 256, 1000];
const WARM_UP = 500;

export interface EtcdResult {
  readonly settings: string;
  readonly oneInFlight: Latencies;
  readonly rates: readonly { readonly inFlight: number; readonly perSecond: number; readonly failed: number }[];
  readonly bestPerSecond: number;
}

/** What was measured, or why nothing was. */
export async function measureEtcd(folder: string, count: number, loadMs: number): Promise<EtcdResult | string> {
  const kind = etcd('etcd', 10, 50, true);
  const missing = kind.available();
  if (missing !== null) return missing;
  const own = join(folder, 'etcd');
  mkdirSync(own);
  const cluster = await kind.make(own);
  try {
    await cluster.start();
    const writer = await cluster.connect(await cluster.leader());
    await closedLoop(writer, 1, WARM_UP, Number.POSITIVE_INFINITY);
    const { latency } = await closedLoop(writer, 1, count, Number.POSITIVE_INFINITY);
    const rates = [];
    for (const inFlight of IN_FLIGHT) {
      const { perSecond, failed } = await closedLoop(writer, inFlight, Number.POSITIVE_INFINITY, loadMs);
      rates.push({ inFlight, perSecond, failed });
    }
    writer.close();
    const bestPerSecond = Math.max(...rates.map(({ perSecond }) => perSecond));
    return { settings: cluster.settings, oneInFlight: latency, rates, bestPerSecond };
  } finally {
    await cluster.stop();
  }
}

interface LoopResult {
  readonly latency: Latencies;
  readonly perSecond: number;
  readonly failed: number;
}

/** So many at a time, until `count` are done or `durationMs` is over. */
async function closedLoop(writer: Writer, inFlight: number, count: number, durationMs: number): Promise<LoopResult> {
  const samples: number[] = [];
  const startMs = performance.now();
  const endMs = startMs + durationMs;
  let begun = 0;
  let failed = 0;
  const worker = async (): Promise<void> => {
    while (begun < count && performance.now() < endMs) {
      begun++;
      const sentMs = performance.now();
      if (await writer.write()) samples.push((performance.now() - sentMs) * 1000);
      else failed++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const seconds = (performance.now() - startMs) / 1000;
  return {
    latency: latenciesOf(Float64Array.from(samples)),
    perSecond: Math.round(samples.length / seconds),
    failed,
  };
}
