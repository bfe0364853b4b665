/** Nothing local is left: positions and open orders come back from the venue, and what was there is archived. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ColdStart } from '@baton/node';
import { findProfile } from '@baton/profiles';
import { type CommandRun, RestartRun } from './restart-run.ts';

const NOT_YET = 75;

interface Position {
  readonly symbol: string;
  readonly netQuantity: string;
}

interface Order {
  readonly symbol: string;
  readonly state: string;
  readonly side: string;
  readonly price: string;
  readonly leavesQuantity: string;
}

const netOf = (text: string): string[] =>
  (JSON.parse(text) as Position[]).map(({ netQuantity, symbol }) => `${symbol} ${netQuantity}`);
const openOf = (text: string): string[] =>
  (JSON.parse(text) as Order[])
    .filter(({ state }) => state === 'Working')
    .map(({ leavesQuantity, price, side }) => `${side} ${leavesQuantity} at ${price}`)
    .toSorted();

/** Watches a restart until it has an end; a watch that is given again goes on. */
async function seenThrough(run: RestartRun): Promise<CommandRun> {
  for (let tries = 1; ; tries += 1) {
    const watched = await run.baton('recover', '--config', run.configuration, '--json', '--timeout', '30');
    if (watched.exitCode !== NOT_YET || tries === 6) return watched;
  }
}

test('a cluster that is started cold has the positions and open orders of before, from the venue alone, and warm strategies', {
  timeout: 300_000,
}, async (t) => {
  // A venue that tells an account's positions, open orders and fills over HTTP.
  const profile = findProfile('binance-like');
  assert.ok(profile);
  const file = fileURLToPath(new URL('./listener.ts', import.meta.url));
  const strategies = [{ id: 'listener', file, parameters: { symbol: 'BTC-USD' } }];
  // A thread may take long to load beside others' tests; how long is waited is the ledger's law, and tested there.
  const configuration = { reconciliation: { warmUpMaxSeconds: 150 } };
  const run = await RestartRun.begin(t, { profile, strategies, configuration });
  await run.trade(12);
  await run.judge();
  const positions = netOf(await run.agreed('/positions'));
  const orders = openOf(await run.agreed('/orders'));
  await run.end('SIGKILL');
  const cold = await run.baton(
    'recover',
    '--config',
    run.configuration,
    '--cold',
    '--timeout',
    '1',
    '--reason',
    'test',
  );
  assert.equal(cold.exitCode, 75, cold.err);
  const archive = join(run.cluster.dataFolder, 'archive');
  assert.equal(readdirSync(archive).length, 3);
  for (const name of readdirSync(archive)) assert.ok(existsSync(join(archive, name, 'journal')));
  run.startAll();
  const watched = await seenThrough(run);
  assert.equal(watched.exitCode, 0, watched.err + watched.out);
  const { coldStart, status } = JSON.parse(watched.out) as {
    status: string;
    coldStart: Pick<ColdStart, 'endedIndex' | 'warmUp'>;
  };
  assert.equal(status, 'COMPLETE');
  assert.ok(coldStart.endedIndex > 0);
  assert.equal(coldStart.warmUp.state, 'warmed', coldStart.warmUp.detail);
  assert.match(coldStart.warmUp.detail, /^1 of 1 strategies warmed with \d+ bars$/);
  assert.deepEqual(netOf(await run.agreed('/positions')), positions);
  assert.deepEqual(openOf(await run.agreed('/orders')), orders);
});
