/**
 * A real cluster trades, loses its leader, trades on, and comes to rest: then every node's database tells the same orders,
 * fills and positions as every node's ledger, and the venue. The killed node's database has no hole and nothing twice.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Cluster } from '@baton/cli';
import { openDatabase } from '@baton/database';
import { assertAgrees, atRest, toldUpTo, tradedOn } from './history-run.ts';

const ORDERS_WANTED = 20;

test('after a killed leader every database equals every node’s books', { timeout: 300_000 }, async (t) => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'baton-history-'));
  const cluster = await Cluster.start({ dataFolder, timing: 'lan', rehearse: false });
  t.after(async () => {
    await cluster.stop();
    if (t.passed) rmSync(dataFolder, { recursive: true, force: true });
    else console.log(`data of the failed run: ${dataFolder}`);
  });
  await tradedOn(cluster, ORDERS_WANTED);
  await cluster.waitUntilTrading({ timeoutMs: 60_000 });
  const kill = await cluster.killLeader();
  await cluster.failover(kill, { timeoutMs: 60_000 });
  await tradedOn(cluster, ORDERS_WANTED);
  const { books, index } = await atRest(cluster);
  for (const one of books.nodes) {
    const folder = join(dataFolder, one.node);
    const found = await toldUpTo(() => openDatabase({ address: 'sqlite' }, folder, true), index);
    assertAgrees(found, one);
    assert.ok(
      found.takeovers.some((takeover) => takeover['kind'] === 'failover' && Number(takeover['term']) > kill.term),
    );
  }
});
