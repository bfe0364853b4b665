import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Configuration } from './command.ts';
import { resolveConfiguration } from './configured.ts';
import { Ledger } from './ledger.ts';
import { LimitSet } from './limit-set.ts';
import { profiled } from './testing/profiled.ts';
import { Rig } from './testing/rig.ts';
import { configuration, SIM } from './testing/some-configuration.ts';
import type { VenueFacts } from './venue-facts.ts';

function faults(changes: Partial<Configuration>): string {
  const outcome = resolveConfiguration(configuration(changes), undefined);
  return outcome.ok ? '' : outcome.text;
}

test('a configuration is refused as a whole, with every fault named', () => {
  const text = faults({
    clusterId: '---',
    incarnation: 46_656,
    instruments: [
      { symbol: 'A\u0001B', venue: 'SIM', priceScale: 2, quantityScale: 2 },
      { symbol: 'X', venue: 'NONE', priceScale: 2, quantityScale: 2 },
      { symbol: 'Y', venue: 'SIM', priceScale: 19, quantityScale: 2 },
    ],
    venues: [SIM, SIM],
    limits: { orderQuantityMax: '1e3', orderNotionalMax: '', positionMax: '', openOrdersMax: 1 },
  });
  for (const part of ['clusterId', 'incarnation', 'symbol', "venue 'NONE'", 'scales', 'twice', 'orderQuantityMax']) {
    assert.ok(text.includes(part), `${part} in ${text}`);
  }
});

test('a venue of which no session could be made is refused, each fault named with what is expected', () => {
  const bad = profiled('binance-like', {
    senderCompId: '',
    targetCompId: 'X\u0001',
    heartBtIntS: 1e9,
    beginString: 'FIX',
  });
  const facts = { ...(bad.facts as VenueFacts), compIdLengthMax: 3, cancelOnDisconnect: { tag: 0, value: '' } };
  const text = faults({ venues: [{ ...bad, facts }] });
  for (const part of ['senderCompId', 'targetCompId', 'heartBtIntS', 'beginString', 'compIdLengthMax', 'cancelOnDis']) {
    assert.ok(text.includes(`${part}`) && text.includes('expected'), `${part} in ${text}`);
  }
});

test('a limit with more places than the instrument has is cut, which changes nothing about what it allows', () => {
  const text = { orderQuantityMax: '1.23456', orderNotionalMax: '', positionMax: '7', openOrdersMax: 1 };
  const outcome = resolveConfiguration(configuration({ limits: text }), undefined);
  assert.ok(outcome.ok);
  const instrument = outcome.configured.instruments.get('BTC-USD');
  assert.ok(instrument);
  const limits = new LimitSet(text).of(instrument);
  assert.equal(limits.orderQuantityMax, 1234n);
  assert.equal(limits.positionMax, 7000n);
  assert.equal(limits.orderNotionalMax, undefined);
});

test('limits, policies and new instruments can change while orders are open; identities and scales cannot', () => {
  const rig = new Rig().open();
  const clOrdId = rig.workingOrder();
  const apply = (changes: Partial<Configuration>) =>
    rig.apply({ type: 'Configure', configuration: configuration(changes) }).result;
  assert.equal(apply({ limits: { ...configuration().limits, orderQuantityMax: '1' } }).ok, true);
  assert.equal(rig.submit().result.ok, false);
  assert.equal(apply({ venues: [{ ...SIM, neverReceivedPolicy: 'resend' }] }).ok, true);
  for (const changes of [
    { clusterId: 'other' },
    { incarnation: 0 },
    { venues: [{ ...SIM, senderCompId: 'OTHER' }] },
    { venues: [{ ...SIM, account: 'OTHER' }] },
    { instruments: [] },
    { instruments: [{ symbol: 'BTC-USD', venue: 'SIM', priceScale: 3, quantityScale: 3 }] },
    { venues: [{ ...SIM, heartBtIntS: -1 }] },
  ]) {
    const before = rig.ledger.configuration();
    assert.equal(apply(changes).ok, false, JSON.stringify(changes));
    assert.deepEqual(rig.ledger.configuration(), before);
  }
  assert.equal(rig.view(clOrdId).state, 'Working');
  assert.equal(rig.ledger.gate('SIM').open, true);
});

test('limits in force are those of the last configuration, for orders older than it too, and after a restore', () => {
  const rig = new Rig().open();
  const clOrdId = rig.workingOrder();
  const limits = { ...configuration().limits, orderQuantityMax: '11' };
  rig.apply({ type: 'Configure', configuration: configuration({ limits }) });
  const snapshot = rig.ledger.snapshot();
  const { result } = rig.replace(clOrdId, '12', '100');
  assert.equal(!result.ok && result.code, 'ORDER_QUANTITY_LIMIT');
  const restored = Ledger.restore(snapshot);
  for (const entry of rig.log.slice(-1)) restored.apply(entry);
  assert.equal(restored.hash(), rig.ledger.hash());
});

test('a configuration comes back as it was given, optional facts absent where they were absent', () => {
  const rig = new Rig().open();
  assert.deepEqual(rig.ledger.configuration(), configuration());
  assert.equal(JSON.stringify(rig.ledger.configuration()), JSON.stringify(configuration()));
});

test('a venue configured after the barrier of its term takes part in the takeover', () => {
  const rig = new Rig();
  rig.takeover();
  rig.apply({ type: 'Configure', configuration: configuration() });
  assert.deepEqual(rig.ledger.gate('SIM'), { term: 1, phase: 'Barrier', open: false });
});
