/**
 * A cold start with two venues at once, on real processes, killed in the middle and begun again: each venue's positions and
 * open orders come back, and none of one venue is taken for the other's. One tells its account as binance-like venues do,
 * the other as coinbase-exchange-like ones.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '@baton/host/testing';
import { orderColdStart } from '@baton/node';
import { findProfile } from '@baton/profiles';
import { runVenue, type Venue } from '@baton/venue';
import { RestartRun } from './restart-run.ts';

const SECOND = 'CBX';
const SECOND_SYMBOL = 'ETH-USD';
const WAIT_MS = 90_000;

interface ColdReport {
  readonly coldStart: {
    readonly startedIndex: number;
    readonly endedIndex: number;
    readonly venues: readonly { readonly venue: string; readonly step: string }[];
  } | null;
}

/** A venue in this process, where somebody has traded on the account before. */
async function secondVenue(): Promise<Venue> {
  const profile = findProfile('coinbase-exchange-like');
  assert.ok(profile);
  const venue = await runVenue({
    profile,
    sessions: [{ senderCompId: SECOND, targetCompId: 'BATON' }],
    instruments: [{ symbol: SECOND_SYMBOL, priceScale: 2, quantityScale: 4, referencePrice: '3000' }],
    counterFlow: { enabled: false },
  });
  const { market } = venue.exchange;
  const at = { wallUs: Date.now() * 1000 - 3_600_000_000, monotonicUs: 1 };
  const give = (owner: string, clOrdId: string, side: 'buy' | 'sell', price: bigint, quantity: bigint): void => {
    const terms = {
      symbol: SECOND_SYMBOL,
      side,
      price,
      quantity,
      orderType: 'limit',
      timeInForce: 'gtc',
      origin: null,
    };
    const refused = market
      .submit({ owner, clOrdId, account: owner, ...terms } as Parameters<typeof market.submit>[0], at)
      .find(({ type }) => type === 'rejected');
    assert.equal(refused, undefined);
  };
  give('OTHER', 'a', 'sell', 300_000n, 20_000n);
  give('BATON', 'b', 'buy', 300_000n, 15_000n);
  give('BATON', 'c', 'buy', 200_000n, 10_000n);
  return venue;
}

async function coldReport(api: string): Promise<ColdReport | null> {
  try {
    return (await (await fetch(`http://${api}/recovery`)).json()) as ColdReport;
  } catch {
    return null;
  }
}

test('two venues are opened at once, and a cold start that was killed in the middle is gone on with', {
  timeout: 240_000,
}, async (t) => {
  const profile = findProfile('binance-like');
  assert.ok(profile);
  const second = await secondVenue();
  t.after(() => second.stop());
  const [venueFixPort = 0, venueHttpPort = 0] = await freePorts(2);
  const text = ({ host, port }: { host: string; port: number }): string => `${host}:${port}`;
  const own = { environment: 'test', senderCompId: 'BATON', account: 'BATON', orderMaxAgeMs: 2000 };
  const first = `127.0.0.1:${venueFixPort}`;
  const rest = (address: string): string => `http://${address}`;
  const venues = [
    {
      name: 'SIM',
      profile: profile.name,
      address: first,
      rest: rest(`127.0.0.1:${venueHttpPort}`),
      targetCompId: 'SIM',
    },
    {
      name: SECOND,
      profile: 'coinbase-exchange-like',
      address: text(second.address),
      rest: rest(text(second.httpAddress ?? { host: '', port: 0 })),
      targetCompId: SECOND,
    },
  ].map((venue) => ({ ...own, ...venue }));
  const instruments = [
    { symbol: 'BTC-USD', venue: 'SIM', priceScale: 2, quantityScale: 4 },
    { symbol: SECOND_SYMBOL, venue: SECOND, priceScale: 2, quantityScale: 4 },
  ];
  const reconciliation = { acknowledgeAbove: '' };
  const run = await RestartRun.begin(t, {
    profile,
    timing: 'lan',
    venueFixPort,
    venueHttpPort,
    configuration: { venues, instruments, reconciliation },
  });
  await run.trade(9);
  await run.end('SIGKILL');
  for (const name of run.cluster.nodeNames) {
    orderColdStart(join(run.cluster.dataFolder, name), { by: 'test', reason: 'test' }, 'before');
  }

  run.startAll();
  const apis = run.cluster.view.nodes.map(({ api }) => api);
  const told = async (isSo: (report: ColdReport) => boolean): Promise<ColdReport['coldStart']> => {
    const endMs = performance.now() + WAIT_MS;
    for (let last: ColdReport | null = null; ; ) {
      for (const api of apis) {
        last = (await coldReport(api)) ?? last;
        if (last !== null && isSo(last)) return last.coldStart;
      }
      assert.ok(performance.now() < endMs, JSON.stringify(last));
      await delay(2);
    }
  };
  const killedAt = await told(({ coldStart: one }) => one !== null);
  await run.end('SIGKILL');
  run.startAll();
  const coldStart = await told(({ coldStart: one }) => (one?.endedIndex ?? 0) > 0);
  assert.equal(coldStart?.startedIndex, killedAt?.startedIndex, 'gone on with, not begun anew');
  assert.deepEqual(
    coldStart?.venues.map(({ step, venue }) => `${venue} ${step}`),
    ['SIM reconciled', `${SECOND} reconciled`],
  );
  const positions = JSON.parse(await run.agreed('/positions')) as { symbol: string; netQuantity: string }[];
  const held = new Map(positions.map(({ netQuantity, symbol }) => [symbol, netQuantity]));
  assert.equal(Number(held.get(SECOND_SYMBOL)), 1.5);
  const theirs = await run.cluster.view.venue?.books();
  assert.equal(
    Number(held.get('BTC-USD')),
    Number(theirs?.positions.find(({ symbol }) => symbol === 'BTC-USD')?.netQuantity),
  );
  const orders = JSON.parse(await run.agreed('/orders')) as { clOrdId: string; symbol: string; state: string }[];
  const there = orders.filter(({ state, symbol }) => state === 'Working' && symbol === SECOND_SYMBOL);
  assert.deepEqual(
    there.map(({ clOrdId }) => clOrdId),
    ['c'],
  );
});
