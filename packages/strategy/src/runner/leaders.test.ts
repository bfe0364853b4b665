/** What changes of leaders must not do to a strategy, one law a test; the properties are in runner.test. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { defineStrategy, type StrategyDefinition } from '../definition.ts';
import type { OrderHandle } from '../order-handle.ts';
import { DeskOfNodes, STRATEGY, SYMBOL } from '../testing/desk-of-nodes.ts';

const INTENT = { symbol: SYMBOL, side: 'buy', quantity: '1', price: '60000' } as const;
const state = z.object({ bars: z.int().default(0) });

function counter(change: Partial<StrategyDefinition<z.ZodObject, typeof state>>): StrategyDefinition {
  return defineStrategy({
    name: 'counter',
    version: 1,
    parameters: z.object({}),
    state,
    ...change,
  }) as StrategyDefinition;
}

describe('a strategy that runs on the leader only', () => {
  it('goes on, where it leads again, from what the leader in between has kept, not from what it remembers', () => {
    const begins: string[] = [];
    const desk = new DeskOfNodes(
      (node) =>
        counter({
          start: (context) => {
            begins.push(`${node} ${context.state.bars}`);
          },
          bar: (_bar, context) => {
            context.state.bars += 1;
          },
        }),
      { mode: 'leader' },
    );
    for (const node of [1, 2]) desk.start(node);
    let bars = 0;
    for (const leader of [1, 2, 1, 2]) {
      desk.elect(leader);
      for (let n = 0; n < 3; n += 1) {
        desk.bar(bars++);
        desk.commit();
      }
    }
    assert.deepEqual(begins, ['1 0', '2 3', '1 6', '2 9']);
  });
});

describe('a change of leaders', () => {
  it('does not order what a follower decided long ago, although nobody had told it so in between', () => {
    const desk = new DeskOfNodes(() =>
      counter({
        bar: (_bar, context) => {
          context.submit(INTENT);
        },
      }),
    );
    for (const node of [1, 2]) desk.start(node);
    desk.elect(1);
    desk.bar(1);
    desk.kill(1, 0);
    // No alarm rings: the machine stood still.
    desk.nowUs += 60_000_000;
    desk.elect(2);
    desk.commit();
    assert.equal(desk.orders().length, 0);
  });

  it('does not lose a cancel that the dead leader had been asked for', async () => {
    const handles = new Map<number, OrderHandle>();
    const desk = new DeskOfNodes((node) =>
      counter({
        bar: (_bar, context) => {
          const handle = handles.get(node);
          if (handle === undefined) handles.set(node, context.submit(INTENT));
          else void handle.cancel();
        },
      }),
    );
    for (const node of [1, 2, 3]) desk.start(node);
    desk.elect(1);
    desk.bar(1, 50);
    desk.commit();
    desk.bar(2, 50);
    assert.deepEqual(
      desk.waiting.filter(({ command }) => command.type === 'CancelOrder').map(({ node }) => node),
      [1],
    );
    desk.kill(1, 0);
    desk.elect(2);
    desk.commit();
    const settled = await handles.get(3)?.settled;
    assert.ok(settled?.type === 'ended' && settled.order.state === 'Voided', JSON.stringify(settled));
  });
});

describe('a strategy', () => {
  it('is told nothing of the market while it is paused, and is again when it goes on', () => {
    const told: number[] = [];
    const desk = new DeskOfNodes(() =>
      counter({
        bar: (bar) => {
          told.push(bar.startUs);
        },
      }),
    );
    const pause = (paused: boolean) =>
      desk.apply({ type: 'PauseStrategies', strategyId: STRATEGY, paused, by: 'test', reason: '' });
    desk.start(1);
    desk.elect(1);
    desk.bar(1);
    pause(true);
    desk.bar(2);
    pause(false);
    desk.bar(3);
    assert.equal(told.length, 2);
  });

  it('finds among its open orders those that have not ended, and no others', () => {
    let open: string[] = [];
    const desk = new DeskOfNodes(() =>
      counter({
        bar: (_bar, context) => {
          open = context.openOrders().map(({ clientKey }) => clientKey);
          context.state.bars += 1;
          if (context.state.bars < 3) context.submit({ ...INTENT, key: `k${context.state.bars}` });
          else void context.handle('k1')?.cancel();
        },
      }),
    );
    desk.start(1);
    desk.elect(1);
    for (let n = 0; n < 4; n += 1) {
      desk.bar(n);
      desk.commit();
    }
    assert.deepEqual(open, ['k2']);
  });

  it('is not told of another strategy’s fills', () => {
    const told: string[] = [];
    const desk = new DeskOfNodes(() =>
      counter({
        fill: (fill) => {
          told.push(fill.strategyId);
        },
      }),
    );
    desk.start(1);
    desk.elect(1);
    desk.fill(1, '1');
    desk.fill(2, '1', 'another');
    assert.deepEqual(told, [STRATEGY]);
  });

  it('whose hook rejects is halted as one that throws', async () => {
    const desk = new DeskOfNodes(() => counter({ bar: () => Promise.reject(new Error('later')) }));
    desk.start(1);
    desk.elect(1);
    desk.bar(1);
    await new Promise((resolve) => setImmediate(resolve));
    assert.match(desk.halts[0]?.reason ?? '', /later/);
  });

  it('that wants two things for one reason gets two orders, and one for a key that it repeats', () => {
    const handles: OrderHandle[] = [];
    const desk = new DeskOfNodes(() =>
      counter({
        bar: (_bar, context) => {
          for (const key of [undefined, undefined, 'own', 'own']) {
            handles.push(context.submit({ ...INTENT, ...(key === undefined ? {} : { key }) }));
          }
        },
      }),
    );
    desk.start(1);
    desk.elect(1);
    desk.bar(1);
    assert.equal(desk.decided.length, 3);
    desk.commit();
    assert.equal(new Set(desk.orders().map(({ rootClOrdId }) => rootClOrdId)).size, 3);
    assert.equal(new Set(handles.slice(0, 2).map(({ key }) => key)).size, 2);
    assert.equal(handles[2], handles[3]);
  });

  it('is told once of an event that comes twice, or that was in the log when it began', () => {
    const told: string[] = [];
    const desk = new DeskOfNodes(() =>
      counter({
        bar: (_bar, context) => {
          context.submit(INTENT);
        },
        order: (order, context) => {
          told.push(`${context.index} ${order.state}`);
        },
      }),
    );
    desk.start(1);
    desk.elect(1);
    desk.bar(1);
    desk.commit();
    const once = [...told];
    assert.ok(once.length > 0);
    desk.tellAll({ type: 'events', events: desk.events });
    assert.deepEqual(told, once);
    // It is told what its restored state has not seen; the rest of the log is not news.
    desk.start(2);
    const begun = [...told];
    desk.runners.get(2)?.hear({ type: 'events', events: desk.events });
    assert.deepEqual(told, begun);
  });
});
