import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunnerInput } from '@baton/strategy/runner';
import { InputQueue } from './input-queue.ts';

const book = (symbol: string, sequence: number): RunnerInput => ({
  type: 'book',
  book: { symbol, bids: [], asks: [], sequence, timeUs: sequence },
});
const trade = (tradeId: number): RunnerInput => ({
  type: 'trade',
  trade: { symbol: 'X', price: '1', quantity: '1', aggressor: undefined, tradeId: String(tradeId), timeUs: 1 },
});

test('everything is told in order, one a turn; of books that wait behind many only the last of each symbol is', async () => {
  const told: string[] = [];
  const done = Promise.withResolvers<void>();
  const queue = new InputQueue((input) => {
    if (input.type === 'book') told.push(`${input.book.symbol}${input.book.sequence}`);
    if (input.type === 'trade') told.push(input.trade.tradeId);
    if (input.type === 'stop') done.resolve();
  });
  for (let n = 0; n < 150; n += 1) queue.take(trade(n));
  for (let n = 0; n < 30; n += 1) for (const symbol of ['X', 'Y']) queue.take(book(symbol, n));
  queue.take({ type: 'stop', reason: '' });
  await done.promise;
  assert.deepEqual(told, [...Array.from({ length: 150 }, (_, n) => String(n)), 'X29', 'Y29']);
  assert.equal(queue.waiting, 0);
});
