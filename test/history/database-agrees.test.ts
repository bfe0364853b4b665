/**
 * A real cluster trades, loses its leader, trades on, and comes to rest: then every node's database tells the same orders,
 * fills and positions as every node's ledger, and the venue. The killed node's database has no hole and nothing twice.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Cluster, type CollectedBooks, collectBooks, verifyBooks } from '@baton/cli';
import { HistoryReader, openDatabase, type Row } from '@baton/database';

const CLUSTER_NAME = 'demo';
const ALL = { cluster: CLUSTER_NAME, limit: 1_000_000 };
const ORDERS_WANTED = 20;
const CAUGHT_UP_MS = 60_000;

interface Told {
  readonly index: number;
  readonly orders: readonly Row[];
  readonly fills: readonly Row[];
  readonly positions: readonly Row[];
  readonly takeovers: readonly Row[];
  readonly alerts: readonly Row[];
}

async function told(folder: string): Promise<Told> {
  const database = openDatabase({ address: 'sqlite' }, folder, true);
  try {
    const reader = await HistoryReader.open(database);
    return {
      index: (await reader.extent(CLUSTER_NAME)).at(-1)?.index ?? 0,
      orders: await reader.orders(ALL),
      fills: await reader.fills(ALL),
      positions: await reader.positions(ALL),
      takeovers: await reader.takeovers(ALL),
      alerts: await reader.alerts(ALL),
    };
  } finally {
    await database.close();
  }
}

/** A scribe tells nobody outside when it has caught up: it is asked again until it has. */
async function toldUpTo(folder: string, index: number): Promise<Told> {
  const endMs = performance.now() + CAUGHT_UP_MS;
  for (;;) {
    const found = await told(folder).catch(() => null);
    if (found !== null && found.index >= index) return found;
    assert.ok(performance.now() < endMs, `${folder} is at ${found?.index ?? 'nothing'}, not at ${index}`);
    await delay(200);
  }
}

const byName = (rows: readonly Row[], name: string, values: readonly string[]): Map<unknown, unknown[]> =>
  new Map(rows.map((row) => [row[name], values.map((value) => row[value])]));

function assertAgrees(found: Told, books: CollectedBooks['nodes'][number]): void {
  assert.deepEqual(
    byName(found.orders, 'root_cl_ord_id', ['state', 'cum_quantity', 'quantity']),
    new Map(books.orders.map((order) => [order.rootClOrdId, [order.state, order.cumQuantity, order.quantity]])),
  );
  assert.equal(found.fills.length, books.fills.length);
  assert.deepEqual(
    byName(found.fills, 'exec_id', ['cl_ord_id', 'quantity', 'price']),
    new Map(books.fills.map((fill) => [fill.execId, [fill.clOrdId, fill.quantity, fill.price]])),
  );
  assert.deepEqual(
    byName(found.positions, 'symbol', ['net_quantity', 'cost_notional']),
    new Map(books.positions.map((position) => [position.symbol, [position.netQuantity, position.costNotional]])),
  );
}

test('after a killed leader every database equals every node’s books', { timeout: 300_000 }, async (t) => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'baton-history-'));
  const cluster = await Cluster.start({ dataFolder });
  t.after(async () => {
    await cluster.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  });
  await cluster.waitUntilTrading();
  const traded = (count: number): Promise<unknown> =>
    cluster.view.waitFor(`${count} orders`, (all) => all.some(({ status }) => (status?.orders.total ?? 0) >= count), {
      timeoutMs: 60_000,
    });
  await traded(ORDERS_WANTED);
  const kill = await cluster.killLeader();
  await cluster.failover(kill, { timeoutMs: 60_000 });
  await traded(2 * ORDERS_WANTED);
  await cluster.view.waitForCaughtUp({ timeoutMs: 60_000 });
  await cluster.pauseStrategies();
  const { nodes, venue } = await collectBooks(cluster.view);
  const verdict = verifyBooks(venue, nodes);
  assert.ok(verdict.agree, JSON.stringify(verdict));
  const leader = await cluster.view.leader();
  for (const books of nodes) {
    const found = await toldUpTo(join(dataFolder, books.node), leader?.commitIndex ?? 0);
    assertAgrees(found, books);
    assert.ok(
      found.takeovers.some((takeover) => takeover['kind'] === 'failover' && Number(takeover['term']) > kill.term),
    );
    assert.deepEqual(
      found.alerts.filter((alert) => alert['code'] === 'HISTORY_GAP'),
      [],
    );
  }
});
