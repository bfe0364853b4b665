/** Nodes that are told the same decide the same, whoever leads and whatever it is that they are told. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import type { StrategyContext } from '../context.ts';
import { defineStrategy, type StrategyDefinition } from '../definition.ts';
import { barOf, DeskOfNodes, STRATEGY, SYMBOL } from '../testing/desk-of-nodes.ts';

const NODES = [1, 2, 3];
/** Commits come this often at least: a decision waits for 500 ms. */
const COMMIT_MS = 400;

const state = z.object({ told: z.int().default(0), inventory: z.int().default(0), last: z.string().default('') });
type Context = StrategyContext<unknown, z.infer<typeof state>>;

/** Whatever it is told, it does something that follows from it, from its state, its orders and its timers. */
function mixed(told: string[]): StrategyDefinition {
  const act = async (what: string, context: Context): Promise<void> => {
    told.push(`${what} at ${context.index} ${context.timeUs}`);
    context.state.told += 1;
    context.state.last = what;
    const { inventory, told: n } = context.state;
    const side = (n + inventory) % 2 === 0 ? 'buy' : 'sell';
    const quantity = String(1 + (what.length % 3));
    const oldest = context.openOrders(SYMBOL)[0];
    const handle = oldest === undefined ? undefined : context.handle(oldest.clientKey);
    switch (n % 7) {
      case 0:
        void handle?.cancel();
        return;
      case 1:
        void handle?.replace({ quantity: '2', price: String(59_000 + n) });
        return;
      case 2:
        context.setTimer(`t${n % 3}`, 100 + (n % 5) * 50);
        return;
      case 3:
        context.submit({ symbol: SYMBOL, side, quantity, price: '60000', key: `own-${what}-${n}` });
        return;
      case 4:
        if (n % 3 === 0) context.cancelAll();
        context.submit({ symbol: 'NO-SUCH', side, quantity, price: '1' });
        return;
      default: {
        const order = context.submit({ symbol: SYMBOL, side, quantity, price: String(59_990 + (n % 20)) });
        const accepted = await order.accepted;
        told.push(`${order.key} ${accepted.ok ? accepted.clOrdId : accepted.code}`);
        if (accepted.ok && n % 2 === 0) void order.cancel();
      }
    }
  };
  return defineStrategy({
    name: 'mixed',
    version: 1,
    parameters: z.object({}),
    state,
    start: (context) => {
      context.every('beat', 70);
      return act('start', context);
    },
    book: (book, context) => act(`book ${book.bids[0]?.price}`, context),
    trade: (trade, context) => act(`trade ${trade.tradeId}`, context),
    bar: (bar, context) => act(`bar ${bar.startUs}`, context),
    beat: (beat, context) => act(`beat ${beat.slot}`, context),
    order: (order, context) => {
      told.push(`order ${order.clOrdId} ${order.state}`);
      context.state.inventory += order.state === 'Denied' ? 0 : 1;
    },
    fill: (fill, context) => {
      context.state.inventory += Number(fill.quantity);
      return act(`fill ${fill.execId}`, context);
    },
    timer: (timer, context) => act(`timer ${timer.timerId}`, context),
    pause: (reason) => {
      told.push(`pause ${reason}`);
    },
    resume: (context) => act('resume', context),
  }) as StrategyDefinition;
}

const step = fc.oneof(
  fc.record({ type: fc.constant('book' as const), price: fc.integer({ min: 59_000, max: 61_000 }) }),
  fc.record({ type: fc.constant('trade' as const) }),
  fc.record({ type: fc.constant('bar' as const) }),
  fc.record({ type: fc.constant('fill' as const), quantity: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ type: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 200 }) }),
  fc.record({ type: fc.constant('tick' as const) }),
  fc.record({ type: fc.constant('commit' as const) }),
  fc.record({ type: fc.constant('elect' as const), node: fc.constantFrom(...NODES) }),
  fc.record({ type: fc.constant('pause' as const), paused: fc.boolean() }),
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

/** What was awaited goes on before the next thing is told, as on a desk. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function take(desk: DeskOfNodes, each: Step, n: number): void {
  const timeUs = desk.nowUs;
  switch (each.type) {
    case 'book':
      desk.tellAll({
        type: 'book',
        book: {
          symbol: SYMBOL,
          bids: [{ price: String(each.price), quantity: '1' }],
          asks: [{ price: String(each.price + 1), quantity: '1' }],
          sequence: n,
          timeUs,
        },
      });
      return;
    case 'trade':
      desk.tellAll({
        type: 'trade',
        trade: { symbol: SYMBOL, tradeId: String(n), price: '60000', quantity: '1', aggressor: undefined, timeUs },
      });
      return;
    case 'bar':
      desk.tellAll({ type: 'bar', bar: barOf(n) });
      return;
    case 'fill':
      desk.fill(n, String(each.quantity));
      return;
    case 'time':
      desk.advance(each.ms);
      return;
    case 'tick':
      desk.apply({ type: 'Tick' });
      return;
    case 'commit':
      desk.commit();
      return;
    case 'elect':
      if (each.node !== desk.leader) desk.elect(each.node);
      return;
    case 'pause': {
      const { paused } = each;
      desk.apply({ type: 'PauseStrategies', strategyId: STRATEGY, paused, by: 'test', reason: '' });
    }
  }
}

it("a shadow's decisions, and what it is told, equal the leader's when their inputs are equal", async () => {
  const kinds = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80 }), async (steps) => {
      const told = new Map(NODES.map((node) => [node, [] as string[]]));
      const desk = new DeskOfNodes((node) => mixed(told.get(node) as string[]));
      for (const node of NODES) desk.start(node);
      desk.elect(1);
      let uncommittedMs = 0;
      for (const [n, each] of steps.entries()) {
        const takesMs = each.type === 'time' ? each.ms : 0;
        if (each.type === 'commit' || uncommittedMs + takesMs > COMMIT_MS) {
          desk.commit();
          await settle();
          uncommittedMs = 0;
        }
        uncommittedMs += takesMs;
        take(desk, each, n);
        await settle();
      }
      for (let rest = 0; desk.waiting.length > 0 && rest < 20; rest += 1) {
        desk.commit();
        await settle();
      }
      const of = (node: number) => desk.decided.filter((one) => one.node === node).map(({ intent }) => intent);
      assert.deepEqual(desk.halts, []);
      assert.deepEqual(desk.strays, [], 'a shadow is mute');
      for (const node of NODES.slice(1)) {
        assert.deepEqual(of(node), of(1), `what node ${node} wants`);
        assert.deepEqual(told.get(node), told.get(1), `what node ${node} is told`);
      }
      // Each order is one that all of them wanted, and none became two.
      const wanted = new Set(of(1).map(({ clientKey }) => clientKey));
      const roots = new Map(desk.orders().map(({ clientKey, rootClOrdId }) => [rootClOrdId, clientKey]));
      for (const key of roots.values()) assert.ok(wanted.has(key), key);
      assert.equal(new Set(roots.values()).size, roots.size);
      for (const { type } of of(1)) kinds.set(type, (kinds.get(type) ?? 0) + 1);
    }),
    { numRuns: 150 },
  );
  // The property would be empty without these.
  for (const type of ['SubmitOrder', 'CancelOrder', 'ReplaceOrder']) assert.ok((kinds.get(type) ?? 0) > 20, type);
});
