import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Executions, type Fill } from './executions.ts';

const fill = (index: number): Fill => ({
  execId: `e${index}`,
  clOrdId: 'c',
  rootClOrdId: 'c',
  strategyId: 's',
  symbol: 'X',
  side: 'buy',
  quantity: 1n,
  price: 1n,
  busted: false,
  index,
  timeUs: index,
});

test('the newest fills are the last ones of all, oldest first, whatever other executions lie between them', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 300 }), fc.integer({ min: 1, max: 60 }), (isFill, count) => {
      const executions = new Executions(10_000);
      for (const [at, isOne] of isFill.entries()) executions.add(`e${at + 1}`, isOne ? fill(at + 1) : undefined);
      assert.deepEqual(executions.newestFills(count), [...executions.fills()].slice(-count));
    }),
  );
});

test('the newest fills are looked for among the last few thousand executions only', () => {
  const executions = new Executions(100_000);
  executions.add('old', fill(1));
  for (let at = 0; at < 5000; at += 1) executions.add(`n${at}`, undefined);
  assert.deepEqual(executions.newestFills(1), []);
});
