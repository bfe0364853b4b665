/** Each example trades on through killed leaders. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StrategyRun } from './strategy-run.ts';

test('the TWAP finishes its parent order exactly, across three killed leaders', { timeout: 240_000 }, async (t) => {
  const run = await StrategyRun.begin(t, 'twap', {
    symbol: 'BTC-USD',
    side: 'buy',
    quantity: '6',
    slice: '0.25',
    everyMs: 400,
    limitPrice: '63000',
  });
  for (let kills = 0; kills < 3; kills += 1) {
    await run.until('a part of it is done', (filled) => filled > kills + 0.5);
    await run.killLeader();
  }
  await run.until('all of it is done', (filled) => filled >= 6);
  const { nodes, venue } = await run.judge();
  assert.deepEqual(
    venue.positions.map(({ netQuantity }) => netQuantity),
    ['6'],
  );
  for (const node of nodes) assert.equal(node.positions[0]?.boughtQuantity, '6', node.node);
});

test('the market maker quotes on through two killed leaders, within its inventory', { timeout: 180_000 }, async (t) => {
  const run = await StrategyRun.begin(t, 'market-maker', { symbol: 'BTC-USD', inventoryMax: '3', halfSpreadBps: 2 });
  for (let kills = 0; kills < 2; kills += 1) {
    let before = 0;
    await run.until('it quotes', (_filled, orders) => {
      before = orders;
      return orders > 4;
    });
    await run.killLeader();
    await run.until('it quotes again', (_filled, orders) => orders > before + 2);
  }
  await run.until('some of its quotes were dealt at', (filled) => filled > 0);
  const { venue } = await run.judge();
  for (const { netQuantity } of venue.positions) assert.ok(Math.abs(Number(netQuantity)) <= 3, netQuantity);
});

test('the SMA crossover follows its signal through two killed leaders', { timeout: 180_000 }, async (t) => {
  const run = await StrategyRun.begin(t, 'sma-crossover', {
    symbol: 'BTC-USD',
    quantity: '1',
    fast: 2,
    slow: 4,
    intervalS: 1,
    throughBps: 100,
  });
  let before = 0;
  for (let kills = 0; kills < 2; kills += 1) {
    await run.until('it trades', (filled) => {
      const isMore = filled > before;
      if (isMore) before = filled;
      return isMore;
    });
    await run.killLeader();
  }
  await run.until('it trades after the last kill', (filled) => filled > before);
  const { venue } = await run.judge();
  for (const { netQuantity } of venue.positions) assert.ok(Math.abs(Number(netQuantity)) <= 1, netQuantity);
});

/** A bar of a minute, whenever in a minute the test begins, and one more should the kill fall into its end. */
const TWO_BARS_MS = 150_000;

test('the SMA crossover of 50 and 200 minutes, warmed with 200 bars, trades at its first live bar under the leader after the killed one', {
  timeout: 300_000,
}, async (t) => {
  const run = await StrategyRun.begin(t, 'sma-crossover', { symbol: 'BTC-USD', throughBps: 100 });
  await run.when('it runs on every node', async () => {
    const reports = await run.cluster.status();
    return reports.every(({ status }) => status?.strategiesConnected.includes('sma-crossover') === true);
  });
  await run.killLeader();
  // Without its history it would have to wait for two hundred minutes.
  await run.until('it trades', (filled) => filled > 0, TWO_BARS_MS);
  const { nodes, venue } = await run.judge();
  const [first] = await run.orders();
  assert.match(first?.clientKey ?? '', /^b:BTC-USD:60:\d+#0$/);
  for (const { netQuantity } of venue.positions) assert.ok(Math.abs(Number(netQuantity)) <= 1, netQuantity);
  assert.deepEqual(new Set(nodes.map(({ positions }) => positions[0]?.netQuantity)).size, 1);
});
