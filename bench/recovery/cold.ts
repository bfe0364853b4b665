/**
 * Cold: three nodes with nothing but the order to start cold, and three venues with an account that has a history: by default
 * 10,000 open orders, 500 positions and 100,000 fills between them. From the start of the processes to the last venue's gate open, and to the cold start's end.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { NodeClient } from '@baton/cli';
import { freePorts } from '@baton/host/testing';
import { orderColdStart } from '@baton/node';
import { stringify } from 'yaml';
import { type Percentiles, percentilesOf } from '../failover/percentiles.ts';
import { OWNER, PRICE_SCALE, QUANTITY_SCALE, type VenueAddress, type VenueWish } from './cold-venues.ts';

/** One that tells everything over FIX, two that tell it over HTTP (50 pages of 500 a second). */
const PROFILES = ['classic-789', 'binance-like', 'binance-like'] as const;
const TIMEOUT_MS = 120_000;
const POLL_MS = 25;

/** Of all venues together. */
export interface ColdSettings {
  readonly rounds: number;
  readonly openOrders: number;
  readonly positions: number;
  readonly fills: number;
  /** Program and first arguments of `baton`. */
  readonly program: readonly [string, ...string[]];
  /** Timing of the cluster, as the configuration names it; a machine that is not quiet needs a patient one. */
  readonly timing: string;
  /** Folder for the nodes' logs, which then tell more; '' for none. */
  readonly keep: string;
}

interface ColdRound {
  readonly gatesOpenMs: number;
  readonly completeMs: number;
  readonly entries: number;
  /** After the log's first entry of the cold start, ms: each venue's last step. */
  readonly venues: readonly { readonly venue: string; readonly reconciledMs: number }[];
}

export interface ColdResult {
  readonly settings: ColdSettings;
  readonly profiles: readonly string[];
  readonly gatesOpenMs: Percentiles;
  readonly completeMs: Percentiles;
  readonly rounds: readonly ColdRound[];
}

export async function measureCold(settings: ColdSettings): Promise<ColdResult> {
  const rounds: ColdRound[] = [];
  for (let n = 0; n < settings.rounds; n += 1) {
    const venues = fork(fileURLToPath(new URL('./cold-venues.ts', import.meta.url)));
    try {
      venues.send(wishes(settings));
      const [addresses] = (await once(venues, 'message')) as [readonly VenueAddress[]];
      rounds.push(await round(addresses, settings));
      console.log(`  round ${n + 1}: ${JSON.stringify(rounds.at(-1))}`);
    } finally {
      venues.kill('SIGKILL');
    }
  }
  return {
    settings,
    profiles: PROFILES,
    gatesOpenMs: percentilesOf(rounds.map(({ gatesOpenMs }) => gatesOpenMs)),
    completeMs: percentilesOf(rounds.map(({ completeMs }) => completeMs)),
    rounds,
  };
}

export function coldText({ completeMs, gatesOpenMs, rounds, settings }: ColdResult, requiredMs: number): string {
  const venues = rounds.map((round) =>
    round.venues.map(({ reconciledMs, venue }) => `${venue} ${reconciledMs}`).join(', '),
  );
  const { fills, openOrders, positions } = settings;
  return `cold restart, ${openOrders} open orders, ${positions} positions, ${fills} fills at ${PROFILES.join(', ')}
  start of the processes → gates of all venues open: p50 ${gatesOpenMs.p50}, max ${gatesOpenMs.max} ms (n=${gatesOpenMs.n}); required ${requiredMs} ms
  → cold start complete: p50 ${completeMs.p50}, max ${completeMs.max} ms
  each venue reconciled, after the first entry: ${venues.join(' | ')} ms; entries: ${rounds.map(({ entries }) => entries).join(', ')}`;
}

function wishes({ fills, openOrders, positions }: ColdSettings): VenueWish[] {
  return PROFILES.map((profile, v) => {
    const share = (total: number): number => Math.floor((total * (v + 1)) / 3) - Math.floor((total * v) / 3);
    const symbols = Array.from({ length: share(positions) }, (_, n) => `S${v}-${n}`);
    return { name: `V${v}`, profile, symbols, openOrders: share(openOrders), fills: share(fills) };
  });
}

async function round(addresses: readonly VenueAddress[], settings: ColdSettings): Promise<ColdRound> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-cold-'));
  const nodes: ChildProcess[] = [];
  try {
    const ports = await freePorts(6);
    const names = ['n1', 'n2', 'n3'];
    const apis = names.map((_, n) => `127.0.0.1:${ports[n]}`);
    const file = join(folder, 'cluster.yaml');
    writeFileSync(file, configurationText(folder, addresses, ports, settings));
    for (const name of names) orderColdStart(join(folder, name), { by: 'bench', reason: 'measured' }, 'bench');
    const startMs = performance.now();
    const [command, ...first] = settings.program;
    mkdirSync(join(folder, 'logs'));
    for (const name of names) {
      const log = openSync(join(folder, 'logs', `${name}.log`), 'a');
      nodes.push(spawn(command, [...first, 'node', '--config', file, '--node', name], { stdio: ['ignore', log, log] }));
      closeSync(log);
    }
    return await watched(apis, startMs, folder, settings);
  } finally {
    for (const node of nodes) node.kill('SIGTERM');
    await Promise.all(nodes.map((node) => (node.exitCode === null ? once(node, 'exit') : undefined)));
    if (settings.keep !== '') cpSync(join(folder, 'logs'), settings.keep, { recursive: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

async function watched(
  apis: readonly string[],
  startMs: number,
  folder: string,
  { openOrders, positions }: ColdSettings,
): Promise<ColdRound> {
  const clients = apis.map((api) => new NodeClient(api));
  let gatesOpenMs = 0;
  let last: unknown = null;
  while (performance.now() - startMs < TIMEOUT_MS) {
    for (const client of clients) {
      const report = await client.recovery().catch(() => null);
      const atMs = Math.round(performance.now() - startMs);
      if (report === null || report.coldStart === null) continue;
      last = report.coldStart;
      if (gatesOpenMs === 0 && report.gates.every(({ open }) => open)) gatesOpenMs = atMs;
      const { coldStart } = report;
      if (report.status === 'FAILED') throw new Error(`refused: ${JSON.stringify(coldStart)}`);
      if (gatesOpenMs === 0 || coldStart.endedIndex === 0) continue;
      const [{ orders }, held] = [await client.status(), await client.positions()];
      if (orders.open !== openOrders || held.length !== positions) {
        const text = `${orders.open} open orders and ${held.length} positions`;
        throw new Error(`not everything came back: ${text}; ${JSON.stringify(coldStart)}`);
      }
      return {
        gatesOpenMs,
        completeMs: atMs,
        entries: coldStart.endedIndex,
        venues: coldStart.venues.map(({ timeUs, venue }) => ({
          venue,
          reconciledMs: Math.round((timeUs - coldStart.startedUs) / 1000),
        })),
      };
    }
    await pause(POLL_MS);
  }
  const log = readFileSync(join(folder, 'logs', 'n1.log'), 'utf8').slice(-3000);
  throw new Error(`not complete after ${TIMEOUT_MS} ms: ${JSON.stringify(last)}\n${log}`);
}

function configurationText(
  folder: string,
  addresses: readonly VenueAddress[],
  ports: readonly number[],
  settings: ColdSettings,
): string {
  return stringify({
    cluster: 'cold',
    incarnation: 2,
    dataFolder: folder,
    timing: settings.timing,
    nodes: ['n1', 'n2', 'n3'].map((name, n) => ({
      id: n + 1,
      name,
      raft: `127.0.0.1:${ports[n + 3]}`,
      api: `127.0.0.1:${ports[n]}`,
    })),
    venues: addresses.map(({ fix, http, name }, v) => ({
      name,
      profile: PROFILES[v],
      address: fix,
      ...(v === 0 ? {} : { rest: `http://${http}` }),
      environment: 'test',
      senderCompId: OWNER,
      targetCompId: name,
      account: OWNER,
    })),
    instruments: wishes(settings).flatMap(({ name, symbols }) =>
      symbols.map((symbol) => ({ symbol, venue: name, priceScale: PRICE_SCALE, quantityScale: QUANTITY_SCALE })),
    ),
    limits: { openOrdersMax: 2 * settings.openOrders },
    reconciliation: { acknowledgeAbove: '' },
    log: { level: settings.keep === '' ? 'warn' : 'info' },
  });
}
