// From the intent in a strategy to the bytes at the venue, and the part of each hop, one order at a time.
//
// Usage: node bench/desk/run.ts [--orders 2000] [--every-ms 5] [--durability disk|memory] [--out FILE]

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Cluster } from '@baton/cli';
import { percentilesOf } from '../failover/percentiles.ts';
import { machineFacts } from '../machine.ts';
import type { ProbedOrder } from './probe.ts';

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '2000' },
    'every-ms': { type: 'string', default: '5' },
    durability: { type: 'string', default: 'disk' },
    out: { type: 'string' },
  },
});
const SYMBOL = 'BTC-USD';
const MAIN = fileURLToPath(new URL('../../build/node_modules/@baton/cli/dist/main.js', import.meta.url));
const PROBE = fileURLToPath(new URL('./probe.ts', import.meta.url));
/** Orders of the start, while code is cold, that are not counted. */
const WARM_UP = 200;

interface VenueMessage {
  readonly clOrdId: string | null;
  readonly msgType: string;
  readonly receivedAt: { readonly wallUs: number };
}

/** One order, µs since 1970: asked in the strategy, proposed by the core, received by the venue, known to the strategy. */
interface Sample {
  readonly askedUs: number;
  readonly proposedUs: number;
  readonly receivedUs: number;
  readonly acceptedUs: number;
}

async function run(): Promise<Sample[]> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-desk-'));
  const out = join(folder, 'probed.json');
  const everyMs = Number(values['every-ms']);
  const cluster = await Cluster.start({
    dataFolder: folder,
    durability: values.durability === 'memory' ? 'memory' : 'disk',
    strategies: [{ id: 'probe', file: PROBE, parameters: { symbol: SYMBOL, price: '65000', everyMs, out } }],
    venueArguments: ['--orders-per-second', '0'],
    batonCommand: [process.execPath, MAIN],
  });
  try {
    const leader = await cluster.waitUntilTrading();
    await delay((Number(values.orders) + WARM_UP) * everyMs);
    const orders = (await cluster.view.clientOf(leader.node)?.orders()) ?? [];
    await cluster.pauseStrategies();
    await delay(500);
    const probed = JSON.parse(readFileSync(out, 'utf8')) as ProbedOrder[];
    const messages = await venueMessages(cluster.runFile.venue.http);
    return samplesOf(probed, orders, messages);
  } finally {
    await cluster.stop('end of the benchmark').catch(() => {});
    await cluster.abandon();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function venueMessages(address: string): Promise<VenueMessage[]> {
  const found: VenueMessage[] = [];
  for (;;) {
    const page = (await (
      await fetch(`http://${address}/messages?since=${found.length}&limit=10000`)
    ).json()) as VenueMessage[];
    if (page.length === 0) return found;
    found.push(...page);
  }
}

function samplesOf(
  probed: readonly ProbedOrder[],
  orders: readonly { readonly clientKey: string; readonly rootClOrdId: string }[],
  messages: readonly VenueMessage[],
): Sample[] {
  const clOrdIds = new Map(orders.map(({ clientKey, rootClOrdId }) => [clientKey, rootClOrdId]));
  const proposedUs = new Map(
    orders.map((order) => [order.clientKey, (order as { createdTimeUs?: number }).createdTimeUs]),
  );
  const receivedUs = new Map(messages.map(({ clOrdId, receivedAt }) => [clOrdId, receivedAt.wallUs]));
  const samples: Sample[] = [];
  for (const { acceptedUs, askedUs } of probed.slice(WARM_UP)) {
    const key = `p-${askedUs}`;
    const [proposed, received] = [proposedUs.get(key), receivedUs.get(clOrdIds.get(key) ?? '')];
    if (proposed === undefined || received === undefined) continue;
    samples.push({ askedUs, proposedUs: proposed, receivedUs: received, acceptedUs });
  }
  return samples;
}

const samples = await run();
const part = (from: keyof Sample, to: keyof Sample) => percentilesOf(samples.map((one) => one[to] - one[from]));
const result = {
  schemaVersion: 1,
  machine: machineFacts(),
  settings: { orders: samples.length, everyMs: Number(values['every-ms']), durability: values.durability, inFlight: 1 },
  us: {
    'strategy → core (proposed)': part('askedUs', 'proposedUs'),
    'core → venue (committed, written, received)': part('proposedUs', 'receivedUs'),
    'strategy → venue': part('askedUs', 'receivedUs'),
    'strategy → acceptance known in the strategy': part('askedUs', 'acceptedUs'),
  },
};
for (const [name, { n, p50, p90, p99, max }] of Object.entries(result.us)) {
  process.stdout.write(`${name.padEnd(46)} µs  p50 ${p50}  p90 ${p90}  p99 ${p99}  max ${max}  (n ${n})\n`);
}
process.stdout.write(`${JSON.stringify(result.settings)}\n${JSON.stringify(result.machine)}\n`);
if (values.out !== undefined) writeFileSync(values.out, JSON.stringify(result, null, 2));
