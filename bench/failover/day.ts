/**
 * A day behind it: a cluster that has begun to trade is killed, its log gone on with as if so many orders had been traded
 * (bench/recovery/prepare.ts: real commands, real ledger, real journal and checkpoint), and started again by its own warm
 * restart. Faults come afterwards. For profiles whose numbers begin anew with each logon: a venue that goes on counting
 * knows nothing of the messages that the log tells of.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyJournal, prepare } from '../recovery/prepare.ts';
import type { BenchCluster } from './bench-cluster.ts';

/** Entries behind the checkpoint of such a day. */
const TAIL_ENTRIES = 5000;

/** `folder` is that of the cluster's data; `orders` 0 leaves it as it is. The index from which on all is of this run. */
export async function tradeADay(cluster: BenchCluster, folder: string, orders: number): Promise<number> {
  if (orders === 0) return 0;
  await cluster.leader();
  await cluster.killAll();
  const [first = '', ...others] = cluster.nodeNames.map((name) => join(folder, name, 'journal'));
  const day = mkdtempSync(join(folder, 'day-'));
  copyJournal(first, day);
  const { lastIndex } = await prepare(day, orders, TAIL_ENTRIES);
  for (const journal of [first, ...others]) copyJournal(day, journal);
  rmSync(day, { recursive: true, force: true });
  for (const name of cluster.nodeNames) cluster.startProcess(name);
  await cluster.leader();
  return lastIndex + 1;
}
