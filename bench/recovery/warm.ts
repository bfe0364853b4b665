/**
 * Warm: three real nodes are founded by trading at a simulated venue, killed, their journals replaced by a prepared one, and
 * started again, round after round; each round ends with SIGKILL of all.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster } from '@baton/cli';
import { findProfile } from '@baton/profiles';
import { type Percentiles, percentilesOf } from '../failover/percentiles.ts';
import { copyJournal, type Prepared, prepare } from './prepare.ts';

export interface WarmSettings {
  readonly orders: number;
  readonly rounds: number;
  readonly tailEntries: number;
  /** Where prepared journals are kept from one run to the next. */
  readonly preparedFolder: string;
  /** Nodes rehearse takeovers before they take part, as they do by default. */
  readonly rehearse: boolean;
  /** Program and first arguments of `baton`. */
  readonly program: readonly [string, ...string[]];
}

export interface WarmRound {
  /** From the start of the processes to the leader's gate open, as a status of it shows. */
  readonly gateOpenMs: number;
  /** From there until the leader says that it takes part: state restored, log replayed. */
  readonly coreStartMs: number;
  /** As the log has it: from the recovery's first entry to its last. */
  readonly recoveryMs: number;
  readonly coreRssMb: number;
}

export interface WarmResult {
  readonly orders: number;
  readonly prepared: Prepared;
  readonly gateOpenMs: Percentiles;
  readonly recoveryMs: Percentiles;
  readonly rounds: readonly WarmRound[];
}

export async function measureWarm(settings: WarmSettings): Promise<WarmResult> {
  const { orders, rounds } = settings;
  const prepared = await preparedJournal(settings);
  const measured: WarmRound[] = [];
  await withCluster(settings, async (cluster, journals) => {
    for (const journal of journals) copyJournal(journalOf(settings), journal);
    for (let n = 0; n < rounds; n += 1) {
      measured.push(await round(cluster));
      console.log(`  round ${n + 1}: ${JSON.stringify(measured.at(-1))}`);
      await endAll(cluster);
    }
  });
  return {
    orders,
    prepared,
    gateOpenMs: percentilesOf(measured.map(({ gateOpenMs }) => gateOpenMs)),
    recoveryMs: percentilesOf(measured.map(({ recoveryMs }) => recoveryMs)),
    rounds: measured,
  };
}

/** Makes the journal unless an earlier run has left it. */
export async function preparedJournal(settings: WarmSettings): Promise<Prepared> {
  const { orders, tailEntries } = settings;
  const folder = journalOf(settings);
  const facts = `${folder}.json`;
  if (existsSync(facts)) return JSON.parse(readFileSync(facts, 'utf8')) as Prepared;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await withCluster(settings, (_cluster, [first = '']) => copyJournal(first, folder));
  const prepared = await prepare(folder, orders, tailEntries);
  writeFileSync(facts, JSON.stringify(prepared));
  return prepared;
}

function journalOf({ orders, preparedFolder }: WarmSettings): string {
  return join(preparedFolder, `orders-${orders}`);
}

/** Nodes that have traded and are down. */
async function withCluster(
  { program, rehearse }: WarmSettings,
  work: (cluster: Cluster, journals: readonly string[]) => void | Promise<void>,
): Promise<void> {
  // Numbers begin anew with each logon: the venue knows nothing of messages that the prepared log tells of. It bars no name
  // after an unclean end, so that no round waits for the one before.
  const profile = findProfile('deribit-like');
  if (profile === undefined) throw new Error('no profile deribit-like');
  const dataFolder = mkdtempSync(join(tmpdir(), 'baton-warm-'));
  const quiet = { strategies: [], restartDelayMs: null };
  const batonCommand: [string, ...string[]] = [...program];
  const cluster = await Cluster.start({ dataFolder, profile, rehearse, batonCommand, ...quiet });
  try {
    await cluster.waitUntilTrading({ timeoutMs: 60_000 });
    await endAll(cluster);
    const journals = cluster.nodeNames.map((name) => join(dataFolder, name, 'journal'));
    await work(cluster, journals);
  } finally {
    await cluster.abandon();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

async function round(cluster: Cluster): Promise<WarmRound> {
  const startMs = performance.now();
  for (const name of cluster.nodeNames) cluster.restart(name);
  const leader = await cluster.waitUntilTrading({ timeoutMs: 120_000 });
  const gateOpenMs = performance.now() - startMs;
  const client = cluster.view.clientOf(leader.node);
  const run = (await client?.recovery())?.recovery;
  if (run?.status !== 'COMPLETE' || run.door !== 'warm') throw new Error(`not a warm restart: ${JSON.stringify(run)}`);
  return {
    gateOpenMs: Math.round(gateOpenMs),
    coreStartMs: Math.round(gateOpenMs - leader.uptimeMs),
    recoveryMs: Math.round((run.endedUs - run.startedUs) / 1000),
    coreRssMb: rssMb(leader.pid),
  };
}

async function endAll(cluster: Cluster): Promise<void> {
  const gone = cluster.nodeNames.map(
    (name) =>
      new Promise<void>((resolve) => {
        const listen = (which: string): void => {
          if (which !== name) return;
          cluster.off('exited', listen);
          resolve();
        };
        cluster.on('exited', listen);
      }),
  );
  await cluster.killAll();
  await Promise.all(gone);
}

function rssMb(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}
