import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command } from '@baton/ledger';
import { ReferenceEntries } from './reference-entries.ts';

const PRICES = [{ symbol: 'BTC-USD', price: '60000' }];

test('reference prices get into the log one sample at a time; while one is on its way others are dropped, not kept', () => {
  const proposed: Command[] = [];
  const waiting: (() => void)[] = [];
  const entries = new ReferenceEntries({
    isWanted: () => true,
    propose: (command, settled) => {
      proposed.push(command);
      waiting.push(settled);
      return true;
    },
  });
  for (let n = 0; n < 5; n++) entries.take(PRICES);
  assert.equal(proposed.length, 1);
  waiting.shift()?.();
  assert.equal(proposed.length, 1);
  entries.take(PRICES);
  assert.deepEqual(proposed[1], { type: 'SampleReferences', prices: PRICES });
});

test('a node that does not lead, or whose cluster has no configuration, proposes no reference prices', () => {
  let leads = false;
  let count = 0;
  const entries = new ReferenceEntries({
    isWanted: () => leads,
    propose: () => {
      count += 1;
      return false;
    },
  });
  entries.take(PRICES);
  assert.equal(count, 0);
  leads = true;
  // What could not be proposed does not block the next.
  entries.take(PRICES);
  entries.take(PRICES);
  assert.equal(count, 2);
});
