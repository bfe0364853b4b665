/** Reference prices that are sampled, many in one entry. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Applied, DenialCode } from './index.ts';
import { Rig } from './testing/rig.ts';
import { configuration } from './testing/some-configuration.ts';

function code(applied: Applied): DenialCode | 'ok' {
  return applied.result.ok ? 'ok' : applied.result.code;
}

test('one sample sets the reference prices of all its symbols, collars judge by them, and a nonsense one spoils no other', () => {
  const limits = { ...configuration().limits, priceCollarPercent: '5', referenceMaxAgeMs: 1000 };
  const rig = new Rig().open({ limits });
  assert.equal(code(rig.submit({ price: '100' })), 'REFERENCE_MISSING');
  const prices = [
    { symbol: 'NO-SUCH', price: '1' },
    { symbol: 'ETH-USD', price: '0' },
    { symbol: 'BTC-USD', price: '100' },
  ];
  assert.equal(code(rig.apply({ type: 'SampleReferences', prices })), 'ok');
  assert.equal(code(rig.submit({ price: '105' })), 'ok');
  assert.equal(code(rig.submit({ price: '106' })), 'PRICE_COLLAR');
  assert.deepEqual(
    rig.ledger.risk().references.map(({ price, symbol }) => `${symbol} ${price}`),
    ['BTC-USD 100'],
  );
});
