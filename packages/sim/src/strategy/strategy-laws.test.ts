/**
 * The laws of strategies on whole clusters, whatever is killed when: any kill point, the node or its desk or both, any mode,
 * any market. Further down: that the judge sees what breaks them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerEvent, OrderView } from '@baton/ledger';
import { defineStrategy, type StrategyDefinition } from '@baton/strategy';
import fc from 'fast-check';
import { z } from 'zod';
import { KILL_POINTS, type KillPointName } from './kill-point.ts';
import { type StrategyStory, strategyFaults } from './strategy-laws.ts';
import { StrategyLife } from './strategy-life.ts';
import { testStrategy } from './strategy-test.ts';
import { strategyText } from './strategy-text.ts';

const parameters = z.object({ symbol: z.string() });

/** Trades all the time: rests an order and takes it back, deals through the market, counts what it is told. */
const busy = defineStrategy({
  name: 'busy',
  version: 1,
  parameters,
  state: z.object({ beats: z.int().default(0), orders: z.int().default(0), fills: z.int().default(0) }),
  subscribe: ({ symbol }) => ({ books: [symbol], trades: [symbol] }),
  start: (context) => context.every('decide', 400),
  async beat({ slot }, context) {
    context.state.beats += 1;
    const { symbol } = context.parameters;
    const side = slot % 2 === 0 ? 'buy' : 'sell';
    const isIoc = slot % 3 === 0;
    const far = side === 'buy' ? '59900' : '60100';
    const through = side === 'buy' ? '60400' : '59600';
    const timeInForce = isIoc ? 'ioc' : 'day';
    const order = context.submit({ symbol, side, quantity: '0.5', price: isIoc ? through : far, timeInForce });
    const accepted = await order.accepted;
    if (accepted.ok && slot % 4 === 1) void order.cancel();
  },
  order: (_order, context) => {
    context.state.orders += 1;
  },
  fill: (_fill, context) => {
    context.state.fills += 1;
  },
});

/** Lives on the log alone: each timer sets the next. */
const reducer = defineStrategy({
  name: 'reducer',
  version: 1,
  parameters,
  state: z.object({ timers: z.int().default(0) }),
  start(context) {
    if (context.state.timers === 0) context.setTimer('next', 300);
  },
  timer(_timer, context) {
    context.state.timers += 1;
    context.setTimer('next', 300);
    const { symbol } = context.parameters;
    context.submit({ symbol, side: 'buy', quantity: '0.1', price: '60400', timeInForce: 'ioc' });
  },
});

const points = fc.constantFrom(...(Object.keys(KILL_POINTS) as KillPointName[]));

test('one intent, one order, no callback lost or repeated and no acknowledged state forgotten, whatever is killed when', async () => {
  await fc.assert(
    fc.asyncProperty(
      points,
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom('node' as const, 'desk' as const, 'both' as const),
      fc.constantFrom('shadow' as const, 'leader' as const),
      fc.integer({ min: 1, max: 1_000_000 }),
      async (point, count, victim, mode, seed) => {
        const failoverAt = `${point}:${count}`;
        const result = await testStrategy({
          strategy: busy as StrategyDefinition,
          failoverAt,
          victim,
          mode,
          seed,
          seconds: 9,
        });
        assert.ok(result.ok, strategyText(result));
        assert.ok(result.failover.orders.length > 5, 'it trades');
      },
    ),
    { numRuns: 12 },
  );
});

test('a replicated strategy decides the same on all nodes, in the same order, through kills', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('intent-answer:2', 'commit-send:3', 'send-ack:4', 'at:2'),
      fc.constantFrom('node' as const, 'desk' as const),
      fc.integer({ min: 1, max: 1_000_000 }),
      async (failoverAt, victim, seed) => {
        const options = { strategy: reducer as StrategyDefinition, failoverAt, victim, seed, seconds: 6 } as const;
        const result = await testStrategy({ ...options, mode: 'replicated' });
        assert.ok(result.ok, strategyText(result));
        assert.ok(result.failover.orders.length > 10, strategyText(result));
        assert.deepEqual(result.failover.notices, []);
      },
    ),
    { numRuns: 6 },
  );
});

test('a test is a function of its seed', async () => {
  const options = { strategy: busy as StrategyDefinition, failoverAt: 'send-ack:2', seconds: 5 };
  const [one, again, other] = [
    await testStrategy({ ...options, seed: 3 }),
    await testStrategy({ ...options, seed: 3 }),
    await testStrategy({ ...options, seed: 4 }),
  ];
  assert.equal(one.failover.hash, again.failover.hash);
  assert.notEqual(one.failover.hash, other.failover.hash);
});

test('a strategy that throws, and a point that is never reached, fail the test with the reason', async () => {
  const thrower = defineStrategy({
    name: 'thrower',
    version: 1,
    parameters,
    state: z.object({}),
    subscribe: ({ symbol }) => ({ trades: [symbol] }),
    trade: () => {
      throw new Error('enough');
    },
  });
  const result = await testStrategy({ strategy: thrower as StrategyDefinition, seconds: 3, failoverAt: 'send-ack' });
  assert.equal(result.ok, false);
  assert.match(strategyText(result), /halted on n\d: Error: enough/);
  assert.match(strategyText(result), /never came to send-ack/);
});

const anOrder = (clientKey: string, rootClOrdId: string): OrderView =>
  ({ clientKey, rootClOrdId, clOrdId: rootClOrdId, strategyId: 's', state: 'Working', cumQuantity: '0' }) as OrderView;
const changed = (index: number, order: OrderView): LedgerEvent =>
  ({ type: 'OrderChanged', index, n: 0, timeUs: 1, order }) as LedgerEvent;

function storyOf(told: readonly string[], more: Partial<StrategyStory> = {}): StrategyStory {
  const events = ['k1', 'k2', 'k3'].map((key, at) => changed(at + 1, anOrder(key, `O${at + 1}`)));
  const life = new StrategyLife(1);
  life.fromIndex = 0;
  life.told.push([...told]);
  for (const key of ['k1', 'k2', 'k3', 'k4']) {
    life.decisions.push({ key, intent: { symbol: 'X', side: 'buy', quantity: '1' } });
  }
  return { strategyId: 's', mode: 'shadow', events, lives: [life], keptStates: [], ...more };
}

const TOLD = ['order O1 Working 0', 'order O2 Working 0', 'order O3 Working 0'];

test('the judge finds a lost, a repeated, a late and an invented callback, and none where all is well', () => {
  assert.deepEqual(strategyFaults(storyOf(TOLD)), []);
  const wrong = [
    [TOLD[0], TOLD[2]],
    [TOLD[0], TOLD[0], TOLD[1], TOLD[2]],
    TOLD.slice(1),
    TOLD.slice(0, 2),
    [...TOLD, 'order O4 Working 0'],
  ];
  for (const told of wrong) assert.equal(strategyFaults(storyOf(told as string[])).length, 1, told.join());
});

test('the judge finds two orders of one intent, an order that nobody decided, and a state older than the last acknowledged', () => {
  const twice = storyOf([...TOLD, 'order O4 Working 0']);
  const events = [...twice.events, changed(4, anOrder('k3', 'O4'))];
  assert.match(strategyFaults({ ...twice, events })[0] ?? '', /intent k3 became O3 and O4/);
  const nobody = [...twice.events, changed(4, anOrder('k9', 'O4'))];
  assert.match(strategyFaults({ ...twice, events: nobody })[0] ?? '', /nobody decided k9/);
  const old = storyOf(TOLD, { mode: 'leader', keptStates: ['1', '2'] });
  old.lives[0]?.startStates.push({ state: '1', keptBefore: 2 });
  assert.match(strategyFaults(old)[0] ?? '', /began to lead with 1; acknowledged last was 2/);
});
