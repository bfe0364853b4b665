/** A new version beside the old one, in its place, through a killed leader, and back again, on real processes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type OrderView, StrategiesClient } from '@baton/cli';
import { StrategyRun } from './strategy-run.ts';

const WAIT_MS = 60_000;
const NEXT = fileURLToPath(new URL('./versions/steady-2.ts', import.meta.url));
const SIGNED = { by: 'test', reason: 'a law' };

const slotOf = ({ clientKey }: OrderView): number => Number(/^w:beat:(\d+)#/.exec(clientKey)?.[1] ?? 0);

test('a version is deployed, compared, promoted, led through a kill and rolled back: one order an intent, and the books agree', {
  timeout: 240_000,
}, async (t) => {
  const run = await StrategyRun.begin(t, 'steady', { symbol: 'BTC-USD' }, './versions/steady-1.ts');
  const versions = new StrategiesClient(run.cluster.view);
  const act = async (action: Parameters<typeof versions.act>[1], body: object): Promise<void> => {
    const answer = await versions.act('steady', action, { ...SIGNED, ...body }, WAIT_MS);
    assert.ok(answer.ok, JSON.stringify(answer));
  };
  await run.until('it deals', (filled) => filled > 0.5);

  await assert.rejects(versions.act('steady', 'deploy', { file: `${NEXT}.no` }, WAIT_MS), /cannot be read here/);
  const badly = { file: NEXT, parameters: { everyMs: 'often', quantty: '1' } };
  await assert.rejects(versions.act('steady', 'deploy', badly, WAIT_MS), /parameters\.quantty is not known/);
  await act('deploy', { file: NEXT });
  await run.when('it runs beside the old one on every node', async () => {
    const lists = await versions.lists();
    const states = lists.flatMap(({ strategies }) => strategies[0]?.deployments.map(({ here }) => here?.state) ?? []);
    return states.length === 6 && states.every((state) => state === 'running');
  });
  await run.when('every kind of difference is seen', async () => {
    const { different, extra, missing, same } = await versions.diff('steady');
    return [different, extra, missing, same].every((count) => count > 1);
  });

  await act('promote', { deployment: 1 });
  await run.when('the new version deals', async () => (await run.orders()).some(({ quantity }) => quantity === '0.2'));
  await run.killLeader();
  await act('parameters', { parameters: { quantity: '0.3' } });
  await run.when('it deals as told under the next leader', async () =>
    (await run.orders()).some(({ quantity }) => quantity === '0.6'),
  );
  const promoted = (await versions.one('steady')).deployments.find(({ place }) => place === 'active')?.activeIndex ?? 0;
  await act('rollback', { from: 1 });
  const back = (await versions.one('steady')).deployments.find(({ place }) => place === 'active');
  const rolledBack = back?.activeIndex ?? 0;
  assert.equal(back?.deployment, 0);
  const dealt = (await run.orders()).length;
  await run.when('the old version deals again', async () => (await run.orders()).length > dealt + 20);

  await run.judge();
  const orders = await run.orders();
  for (const order of orders) {
    const isNew = order.createdIndex > promoted && order.createdIndex < rolledBack;
    const slot = slotOf(order);
    if (isNew) assert.notEqual(slot % 7, 0, `an order of the old version counts: ${JSON.stringify(order)}`);
    else assert.equal(order.quantity, '0.1', `an order of the new version counts: ${JSON.stringify(order)}`);
  }
  const keys = orders.map(({ clientKey }) => clientKey);
  assert.equal(new Set(keys).size, keys.length, 'an intent became two orders');
});

test('a pause holds under the next leader, for every node, and ends once it is said', {
  timeout: 120_000,
}, async (t) => {
  const run = await StrategyRun.begin(t, 'steady', { symbol: 'BTC-USD' }, './versions/steady-1.ts');
  const versions = new StrategiesClient(run.cluster.view);
  await run.until('it deals', (filled) => filled > 0.3);
  assert.ok((await versions.act('steady', 'pause', SIGNED, WAIT_MS)).ok);
  const { paused } = await versions.one('steady');
  await run.killLeader();
  assert.deepEqual((await versions.one('steady')).paused, paused);
  assert.equal((await versions.act('steady', 'pause', SIGNED, WAIT_MS)).duplicate, true);
  const before = await run.orders();
  assert.ok((await versions.act('steady', 'resume', SIGNED, WAIT_MS)).ok);
  for (const { createdIndex } of before) assert.ok(createdIndex < (paused?.index ?? 0), 'an order while it rested');
  await run.when('it deals again', async () => (await run.orders()).length > before.length + 3);
  await run.judge();
});
