import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKilled, killWords } from './overview.js';
import type { Risk } from './shapes.d.ts';

const risk = (scopes: Risk['scopes'], latches: Risk['latches'] = []): Risk => ({ scopes, latches, rampPercent: 100 });

test('the kill switch is told whether the log has it or one node alone', () => {
  const calm = risk([{ scope: 'global', target: '', mode: 'active', reason: '' }]);
  assert.deepEqual([killWords(calm), isKilled(calm)], ['', false]);
  const byLog = risk([{ scope: 'global', target: '', mode: 'cancel-only', reason: 'by hand' }]);
  assert.deepEqual([killWords(byLog), isKilled(byLog)], ['KILL SWITCH ON: by hand', true]);
  const byLatch = risk([], [{ scope: 'global', target: '', reason: 'no quorum' }]);
  assert.deepEqual([killWords(byLatch), isKilled(byLatch)], ['latch global: no quorum', true]);
});

test('a restriction of one symbol is told, and is no kill switch', () => {
  const one = risk([{ scope: 'symbol', target: 'BTC-USD', mode: 'reduce-only', reason: 'news' }]);
  assert.deepEqual([killWords(one), isKilled(one)], ['reduce-only for symbol BTC-USD: news', false]);
});
