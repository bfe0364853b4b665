import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OrderView } from '@baton/ledger';
import fc from 'fast-check';
import { z } from 'zod';
import { defineStrategy } from '../definition.ts';
import type { OrderHandle, Settled } from '../order-handle.ts';
import { DeskOfNodes, STRATEGY, SYMBOL } from '../testing/desk-of-nodes.ts';

const INTENT = { symbol: SYMBOL, side: 'buy', quantity: '1', price: '60000' } as const;

interface Seen {
  readonly handles: Map<string, OrderHandle>;
  readonly told: string[];
  readonly settled: Map<string, Settled>;
}

/** Buys at every bar, and counts what it is told. */
function buyer(seen: Seen) {
  return defineStrategy({
    name: 'buyer',
    version: 1,
    parameters: z.object({}),
    state: z.object({ bars: z.int().default(0), orders: z.int().default(0) }),
    bar: (_bar, context) => {
      context.state.bars += 1;
      const handle = context.submit(INTENT);
      seen.handles.set(handle.key, handle);
      void handle.settled.then((settled) => seen.settled.set(handle.key, settled));
    },
    order: (order, context) => {
      context.state.orders += 1;
      seen.told.push(`${context.index} ${order.clientKey} ${order.state}`);
    },
  });
}

const seen = (): Seen => ({ handles: new Map(), told: [], settled: new Map() });

function three(): { readonly desk: DeskOfNodes; readonly of: ReadonlyMap<number, Seen> } {
  const of = new Map([1, 2, 3].map((node) => [node, seen()]));
  const desk = new DeskOfNodes((node) => buyer(of.get(node) as Seen));
  for (const node of of.keys()) desk.start(node);
  return { desk, of };
}

const seenBy = (of: ReadonlyMap<number, Seen>, node: number): Seen => of.get(node) as Seen;

function keysOrdered(desk: DeskOfNodes): Map<string, Set<string>> {
  const roots = new Map<string, Set<string>>();
  for (const { clientKey, rootClOrdId } of desk.orders()) {
    roots.set(clientKey, (roots.get(clientKey) ?? new Set()).add(rootClOrdId));
  }
  return roots;
}

describe('a strategy on three nodes', () => {
  it('decides the same on all of them from equal inputs, under the same keys, and only the leader orders', () => {
    const { desk, of } = three();
    desk.elect(1);
    for (let n = 0; n < 5; n++) desk.bar(n);
    assert.ok(desk.waiting.every(({ node }) => node === 1));
    const keys = [1, 2, 3].map((node) => [...seenBy(of, node).handles.keys()]);
    assert.equal(keys[0]?.length, 5);
    assert.deepEqual(keys[1], keys[0]);
    assert.deepEqual(keys[2], keys[0]);
  });

  it('goes on where the leader died: what it had decided and nobody ordered is ordered once', () => {
    const { desk, of } = three();
    desk.elect(1);
    desk.bar(1);
    desk.kill(1, 0);
    desk.advance(100);
    desk.elect(2);
    desk.commit();
    const [key] = seenBy(of, 2).handles.keys();
    assert.deepEqual([...keysOrdered(desk).keys()], [key]);
    assert.equal(seenBy(of, 3).handles.get(key ?? '')?.order?.clientKey, key);
  });

  it('never orders twice what the dead leader had ordered, although nobody had heard of it', () => {
    const { desk } = three();
    desk.elect(1);
    desk.bar(1);
    desk.kill(1, 1);
    desk.elect(2);
    desk.commit();
    assert.deepEqual(
      [...keysOrdered(desk).values()].map(({ size }) => size),
      [1],
    );
  });

  it('has one order for one intent, whatever is killed when', () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('bar' as const) }),
      fc.record({ type: fc.constant('commit' as const) }),
      fc.record({ type: fc.constant('kill' as const), committed: fc.nat({ max: 3 }), after: fc.nat({ max: 400 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { desk, of } = three();
        desk.elect(1);
        let bars = 0;
        let undecidedMs = 0;
        let kills = 0;
        for (const each of steps) {
          const takesMs = each.type === 'kill' ? each.after : each.type === 'bar' ? 50 : 0;
          // A cluster that commits nothing for longer than decisions wait is another case, and so is one whose every
          // node was killed in between: nobody remembers what was decided then.
          const isForgotten = each.type === 'kill' && kills === 2;
          if (each.type === 'commit' || isForgotten || undecidedMs + takesMs > 450) {
            desk.commit();
            undecidedMs = 0;
            kills = 0;
          }
          if (each.type === 'kill') kills += 1;
          undecidedMs += takesMs;
          if (each.type === 'bar') desk.bar(bars++, 50);
          else if (each.type === 'kill') {
            const dead = desk.leader;
            desk.kill(dead, each.committed);
            desk.advance(each.after);
            desk.elect((dead % 3) + 1);
            desk.start(dead);
          }
        }
        desk.commit();
        for (const [key, roots] of keysOrdered(desk)) assert.equal(roots.size, 1, key);
        // Every bar was decided on, and every decision was ordered: no gap between two leaders was longer than the wait.
        const decided = new Set([...of.values()].flatMap(({ handles }) => [...handles.keys()]));
        assert.deepEqual(new Set(keysOrdered(desk).keys()), decided);
      }),
      { numRuns: 200 },
    );
  });

  it('is told of every event once and in order, by whichever leader it was caused', () => {
    const { desk, of } = three();
    desk.elect(1);
    for (let n = 0; n < 4; n++) {
      desk.bar(n);
      desk.commit();
      if (n === 1) {
        desk.kill(1, 0);
        desk.elect(2);
      }
    }
    const expected = desk.events.flatMap((event) =>
      event.type === 'OrderChanged' ? [`${event.index} ${event.order.clientKey} ${event.order.state}`] : [],
    );
    assert.deepEqual(seenBy(of, 2).told, expected);
    assert.deepEqual(seenBy(of, 3).told, expected);
  });

  it('finds the same end of an order on every node that lives, however many leaders it saw', async () => {
    const { desk, of } = three();
    desk.elect(1);
    desk.bar(1);
    desk.commit();
    const [order] = desk.orders() as [OrderView];
    desk.kill(1, 0);
    desk.elect(2);
    desk.kill(2, 0);
    desk.elect(3);
    void seenBy(of, 3).handles.get(order.clientKey)?.cancel();
    desk.commit();
    const settled = await seenBy(of, 3).handles.get(order.clientKey)?.settled;
    assert.ok(settled?.type === 'ended' && settled.order.state === 'Voided', JSON.stringify(settled));
  });

  it('gives up a decision that the leader did not make, and tells who waits', async () => {
    const { desk, of } = three();
    desk.elect(1);
    // Only a follower is told of this bar.
    const bar = { symbol: SYMBOL, intervalS: 60, startUs: 0, open: '1', high: '1', low: '1', close: '1', volume: '1' };
    desk.runners.get(2)?.hear({ type: 'bar', bar });
    const [handle] = seenBy(of, 2).handles.values();
    desk.advance(501);
    const settled = await handle?.settled;
    assert.ok(settled?.type === 'never' && settled.code === 'NOT_ISSUED');
    desk.kill(1, 0);
    desk.elect(2);
    desk.commit();
    assert.equal(desk.orders().length, 0);
  });

  it('that is denied by the ledger is told so, with the reason', async () => {
    const desk = new DeskOfNodes(() =>
      defineStrategy({
        name: 'wrong',
        version: 1,
        parameters: z.object({}),
        state: z.object({}),
        bar: (_bar, context) => {
          handle = context.submit({ ...INTENT, symbol: 'NO-SUCH' });
        },
      }),
    );
    let handle: OrderHandle | undefined;
    desk.start(1);
    desk.elect(1);
    desk.bar(1);
    desk.commit();
    const accepted = await handle?.accepted;
    assert.ok(accepted?.ok === false && accepted.code === 'UNKNOWN_INSTRUMENT');
  });
});

describe('a key', () => {
  it('is free again when nothing came of it, and taken for good by an order', async () => {
    const desk = new DeskOfNodes(() =>
      defineStrategy({
        name: 'stubborn',
        version: 1,
        parameters: z.object({}),
        state: z.object({}),
        bar: (_bar, context) => {
          if (context.handle('only') !== undefined) return;
          const symbol = desk.orders().length === 0 && tries === 0 ? 'NO-SUCH' : SYMBOL;
          tries += 1;
          context.submit({ ...INTENT, symbol, key: 'only' });
        },
      }),
    );
    let tries = 0;
    desk.start(1);
    desk.elect(1);
    for (let n = 0; n < 4; n++) {
      desk.bar(n);
      desk.commit();
    }
    assert.equal(new Set(desk.orders().map((order) => order.rootClOrdId)).size, desk.orders().length > 0 ? 1 : 0);
    assert.ok(tries >= 2);
  });
});

describe('the state of a strategy', () => {
  it('found after a restart is the last acknowledged, and with it the strategy is told the rest, nothing twice', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }), fc.nat(), (commits, restartAt) => {
        const one = seen();
        let state = { bars: 0, orders: 0 };
        const desk = new DeskOfNodes(() => ({
          ...buyer(one),
          stop: (_reason: string, context: { state: unknown }) => {
            state = context.state as typeof state;
          },
        }));
        desk.start(1);
        desk.elect(1);
        for (const [n, isCommitted] of commits.entries()) {
          desk.bar(n);
          if (isCommitted) desk.commit();
          if (n === restartAt % commits.length) {
            desk.kill(1, 0);
            desk.start(1);
            desk.elect(1);
          }
        }
        desk.commit();
        desk.runners.get(1)?.hear({ type: 'stop', reason: 'end' });
        // Each order's first event was told in exactly one of the lives that count in the state.
        const changes = desk.events.filter((event) => event.type === 'OrderChanged').length;
        assert.equal(state.orders, changes);
      }),
    );
  });

  it('of a strategy that runs on the leader only is found by the next leader', () => {
    const states: unknown[] = [];
    const desk = new DeskOfNodes(
      () => ({
        ...buyer(seen()),
        start: (context: { state: unknown }) => {
          states.push(structuredClone(context.state));
        },
      }),
      { mode: 'leader' },
    );
    for (const node of [1, 2]) desk.start(node);
    assert.deepEqual(states, []);
    desk.elect(1);
    for (let n = 0; n < 3; n++) {
      desk.bar(n);
      desk.commit();
    }
    desk.kill(1, 0);
    desk.elect(2);
    assert.deepEqual(states.at(-1), { bars: 3, orders: 3 });
  });

  it('of another version, or that does not fit, is not used, and the log says why', () => {
    const at = (version: number) => () => ({ ...buyer(seen()), version });
    const desk = new DeskOfNodes((node) => at(node)());
    desk.start(1);
    desk.elect(1);
    desk.bar(1);
    desk.commit();
    desk.start(2);
    assert.ok(
      desk.logs.some((line) => /2 warn .*version 1, this strategy reads 2/.test(line)),
      desk.logs.join(),
    );
  });
});

describe('a strategy that throws', () => {
  it('hears nothing more, is named with its reason, and who waits for its orders is told', async () => {
    let handle: OrderHandle | undefined;
    const definition = defineStrategy({
      name: 'thrower',
      version: 1,
      parameters: z.object({}),
      state: z.object({}),
      bar: (_bar, context) => {
        if (handle !== undefined) throw new Error('enough');
        handle = context.submit(INTENT);
      },
    });
    const desk = new DeskOfNodes(() => definition);
    desk.start(1);
    desk.elect(1);
    desk.bar(1);
    desk.bar(2);
    assert.match(desk.halts[0]?.reason ?? '', /enough/);
    assert.equal(desk.runners.get(1)?.state, 'halted');
    const settled = await handle?.settled;
    assert.ok(settled?.type === 'never' && settled.code === 'HALTED');
  });
});

describe('timers and takeovers', () => {
  it('a timer fires once, at the same entry on every node, also when the leader that set it is dead', () => {
    const fired: string[] = [];
    const desk = new DeskOfNodes((node) =>
      defineStrategy({
        name: 'timed',
        version: 1,
        parameters: z.object({}),
        state: z.object({}),
        bar: (_bar, context) => context.setTimer('t', 1000),
        timer: ({ timerId }, context) => {
          fired.push(`${node} ${timerId} ${context.index}`);
        },
      }),
    );
    for (const node of [1, 2, 3]) desk.start(node);
    desk.elect(1);
    desk.bar(1);
    desk.commit();
    desk.kill(1, 0);
    desk.elect(2);
    desk.advance(120_000);
    desk.apply({ type: 'Tick' });
    desk.apply({ type: 'Tick' });
    assert.equal(fired.length, 2);
    assert.deepEqual(new Set(fired.map((line) => line.split(' ').slice(1).join(' '))).size, 1);
  });

  it('the key of an intent fits the ledger however long the names in it are', () => {
    const keys: string[] = [];
    const desk = new DeskOfNodes(() =>
      defineStrategy({
        name: 'long',
        version: 1,
        parameters: z.object({}),
        state: z.object({}),
        trade: (_trade, context) => {
          keys.push(context.submit(INTENT).key);
        },
      }),
    );
    desk.start(1);
    desk.elect(1);
    const trade = { symbol: 'S'.repeat(60), price: '1', quantity: '1', aggressor: undefined, timeUs: 1 };
    for (const tradeId of ['1', '2']) desk.tellAll({ type: 'trade', trade: { ...trade, tradeId } });
    desk.commit();
    assert.equal(new Set(keys).size, 2);
    assert.ok(keys.every((key) => Buffer.byteLength(key) <= 64));
    assert.deepEqual(
      desk.ledger.orders({ strategyId: STRATEGY }).map(({ clientKey }) => clientKey),
      keys,
    );
  });
});
