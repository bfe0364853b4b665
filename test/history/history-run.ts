/**
 * What the tests of the history share: a real cluster that trades, its end at rest, and a database compared with the books.
 * Rest is made, not hoped for: strategies are paused and every open order is cancelled, so that nothing at the venue can
 * trade between the reading of the books and the reading of the database.
 */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, type CollectedBooks, collectBooks, verifyBooks } from '@baton/cli';
import { type Database, HistoryReader, type Row } from '@baton/database';

const CLUSTER_NAME = 'demo';
const ALL = { cluster: CLUSTER_NAME, limit: 1_000_000 };
const WAIT_MS = 90_000;

export interface Told {
  readonly index: number;
  readonly orders: readonly Row[];
  readonly fills: readonly Row[];
  readonly positions: readonly Row[];
  readonly takeovers: readonly Row[];
  readonly alerts: readonly Row[];
}

/** Waits until so many orders more than now have been given. */
export async function tradedOn(cluster: Cluster, count: number): Promise<void> {
  const leader = await cluster.waitUntilTrading({ timeoutMs: WAIT_MS });
  const wanted = leader.orders.total + count;
  const isThere = (total: number | undefined): boolean => (total ?? 0) >= wanted;
  await cluster.view.waitFor(`${wanted} orders`, (all) => all.some(({ status }) => isThere(status?.orders.total)), {
    timeoutMs: WAIT_MS,
  });
}

/** Nothing trades any more, and nothing can: the books of everybody, and the index up to which a database has to know. */
export async function atRest(cluster: Cluster): Promise<{ readonly books: CollectedBooks; readonly index: number }> {
  await cluster.view.waitForCaughtUp({ timeoutMs: WAIT_MS });
  await cluster.pauseStrategies();
  await cancelAll(cluster);
  const books = await collectBooks(cluster.view, { timeoutMs: WAIT_MS });
  const open = books.nodes.flatMap(({ orders }) => orders.filter(({ state }) => state === 'Working'));
  assert.deepEqual(open, [], 'an open order may trade at any time');
  const verdict = verifyBooks(books.venue, books.nodes);
  assert.ok(verdict.agree, JSON.stringify(verdict));
  const leader = await cluster.view.leader();
  assert.ok(leader, 'no leader at rest');
  return { books, index: leader.appliedIndex };
}

async function cancelAll(cluster: Cluster): Promise<void> {
  const endMs = performance.now() + WAIT_MS;
  for (let n = 0; ; n += 1) {
    const leader = await cluster.waitUntilTrading({ timeoutMs: WAIT_MS });
    if (leader.orders.open === 0) return;
    assert.ok(performance.now() < endMs, `${leader.orders.open} orders stay open`);
    const { api } = cluster.view.nodes.find(({ name }) => name === leader.node) ?? {};
    const body = JSON.stringify({ clientKey: `rest${n}`, strategyId: '' });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`http://${api}/mass-cancel`, { method: 'POST', headers, body }).catch(() => null);
    if (answer !== null) assert.ok(answer.status !== 400, await answer.text());
    await delay(200);
  }
}

async function told(open: () => Database): Promise<Told> {
  const database = open();
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

/** A scribe tells nobody outside when it has caught up: the database is asked again until it has. */
export async function toldUpTo(open: () => Database, index: number): Promise<Told> {
  const endMs = performance.now() + WAIT_MS;
  let last = 'nothing';
  for (;;) {
    try {
      const found = await told(open);
      if (found.index >= index) return found;
      last = `${found.index}`;
    } catch (error) {
      last = String(error);
    }
    assert.ok(performance.now() < endMs, `the database is at ${last}, not at ${index}`);
    await delay(200);
  }
}

const byName = (rows: readonly Row[], name: string, values: readonly string[]): Map<unknown, unknown[]> =>
  new Map(rows.map((row) => [row[name], values.map((value) => row[value])]));

/** Orders, fills and positions are those of the books, none twice, and nothing is missing in between. */
export function assertAgrees(found: Told, books: CollectedBooks['nodes'][number]): void {
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
  assert.deepEqual(
    found.alerts.filter((alert) => alert['code'] === 'HISTORY_GAP'),
    [],
  );
}
