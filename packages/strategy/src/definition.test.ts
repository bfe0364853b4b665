/**
 * What the compiler refuses. Each `@ts-expect-error` below is a mistake that authors make; if one of them were accepted, the
 * type check of the project would fail at its line. The tests themselves say what the parts look like when they are right.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import type { StrategyContext } from './context.ts';
import { defineStrategy } from './definition.ts';

const shapes = {
  name: 'typed',
  version: 1,
  parameters: z.object({ symbol: z.string(), levels: z.int() }),
  state: z.object({ closes: z.array(z.string()).default([]) }),
} as const;

test('a definition of every hook is accepted, and its parameters and state have the types of their schemas', () => {
  const definition = defineStrategy({
    ...shapes,
    subscribe: ({ symbol }) => ({ books: [symbol], trades: [symbol], bars: [{ symbol, intervalS: 60, warmUp: 200 }] }),
    start: (context) => context.setTimer('later', 1000),
    warmUp: (bars, context) => void context.state.closes.push(...bars.map(({ close }) => close)),
    book: ({ bids }, context) => void context.state.closes.push(bids[0]?.price ?? ''),
    trade: ({ price }, context) => void context.state.closes.push(price),
    bar: async (bar, context) => {
      const { symbol } = context.parameters;
      const order = context.submit({ symbol, side: 'buy', quantity: 1n, price: bar.close, timeInForce: 'ioc' });
      const settled = await order.settled;
      if (settled.type === 'ended') context.log(settled.order.state);
    },
    order: ({ state }, context) => context.log(state),
    fill: ({ price }, context) => context.log(price),
    timer: ({ timerId }, context) => context.log(timerId),
    beat: ({ slot }, context) => context.log(String(slot)),
    takeover: ({ fills, gapMs, inDoubt, voided }, context) =>
      context.log(`${voided.length} ${inDoubt.length} ${fills.length} ${gapMs}`),
    pause: (reason, context) => context.log(reason),
    resume: (context) => context.log(`${context.headroom('BTC-USD')?.buyQuantity} at ${context.index}`),
    stop: (reason, context) => context.log(reason),
  });
  assert.equal(definition.name, 'typed');
});

test('a parameter or a field of the state that the schemas do not have is refused', () => {
  defineStrategy({
    ...shapes,
    start(context) {
      // @ts-expect-error no such parameter
      void context.parameters.sybmol;
      // @ts-expect-error levels is a number
      const text: string = context.parameters.levels;
      // @ts-expect-error no such state
      context.state.close = [text];
      // @ts-expect-error parameters are not the strategy's to change
      context.parameters = { symbol: '', levels: 1 };
    },
  });
});

test('a hook that does not exist, or takes something else, is refused', () => {
  // @ts-expect-error onBar is no hook
  defineStrategy({ ...shapes, onBar: () => {} });
  // @ts-expect-error a bar is no text
  defineStrategy({ ...shapes, bar: (_bar: string) => {} });
  // @ts-expect-error a strategy has a version
  defineStrategy({ name: 'x', parameters: shapes.parameters, state: shapes.state });
  // @ts-expect-error the interval is a number of seconds
  defineStrategy({ ...shapes, subscribe: ({ symbol }) => ({ bars: [{ symbol, intervalS: '60' }] }) });
});

test('a floating point price or quantity, a misspelled side and an order without a quantity are refused', () => {
  const mistakes = (context: StrategyContext<{ symbol: string }, object>): void => {
    const order = { symbol: 'BTC-USD', side: 'buy', quantity: '1', price: '60000' } as const;
    // @ts-expect-error a number has been rounded already
    context.submit({ ...order, price: 60_000.1 });
    // @ts-expect-error a number has been rounded already
    context.submit({ ...order, quantity: 0.1 });
    // @ts-expect-error buy or sell
    context.submit({ ...order, side: 'long' });
    // @ts-expect-error how much?
    context.submit({ symbol: 'BTC-USD', side: 'buy' });
    // @ts-expect-error what is read is not written
    context.index = 1;
    // @ts-expect-error a handle's outcome is awaited
    void context.submit(order).settled.order;
  };
  assert.equal(typeof mistakes, 'function');
});
