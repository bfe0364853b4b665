/** Orders that others made, questions by hand, adjustments, and what happens when a proof was wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Applied, DenialCode } from './index.ts';
import { Ledger } from './index.ts';
import { acceptedId, Rig } from './testing/rig.ts';
import { configuration, SIM } from './testing/some-configuration.ts';

function code(applied: Applied): DenialCode | 'ok' {
  return applied.result.ok ? 'ok' : applied.result.code;
}

/** An order that somebody else works on our account. */
function external(rig: Rig): string {
  rig.report({ 11: 'HAND-1', 37: 'V9', 150: '0', 39: '0', 38: '10', 40: '2', 44: '100', 14: '0', 151: '10' });
  return 'HAND-1';
}

const claim = (rig: Rig, clOrdId: string, strategyId = 's1') =>
  rig.apply({ type: 'ClaimExternal', clientKey: `claim-${rig.index}`, strategyId, clOrdId });
const query = (rig: Rig, clOrdId: string) =>
  rig.apply({ type: 'QueryOrder', clientKey: `q-${rig.index}`, strategyId: 's1', clOrdId });

test('a claimed order is its strategy’s: reservation, later fills, cancels and limits; earlier fills stay where they are', () => {
  const rig = new Rig().open({ scopedLimits: [{ scope: 'strategy', target: 's1', limits: { positionMax: '12' } }] });
  const clOrdId = external(rig);
  rig.fill(clOrdId, 1);
  assert.equal(code(claim(rig, clOrdId)), 'ok');
  assert.deepEqual(rig.ledger.violations(), []);
  assert.equal(code(rig.submit({ quantity: '4' })), 'POSITION_LIMIT');
  rig.fill(clOrdId, 2);
  assert.equal(rig.ledger.strategyPositions('s1')[0]?.netQuantity, '2');
  assert.equal(rig.ledger.strategyPositions('')[0]?.netQuantity, '1');
  assert.equal(code(rig.cancel(clOrdId)), 'ok');
  assert.equal(rig.view(clOrdId).state, 'PendingCancel');
  assert.deepEqual(rig.ledger.violations(), []);
  assert.equal(Ledger.restore(rig.ledger.snapshot()).hash(), rig.ledger.hash());
});

test('only an open order of nobody can be claimed', () => {
  const rig = new Rig().open();
  assert.equal(code(claim(rig, 'NONE')), 'UNKNOWN_ORDER');
  assert.equal(code(claim(rig, rig.workingOrder())), 'NOT_EXTERNAL');
  const clOrdId = external(rig);
  assert.equal(code(claim(rig, clOrdId, '')), 'BAD_COMMAND');
  assert.equal(code(claim(rig, clOrdId)), 'ok');
  assert.equal(code(claim(rig, clOrdId, 's2')), 'NOT_EXTERNAL');
});

test('a mass cancel leaves others’ orders alone, and takes a venue, a symbol or a strategy at its word', () => {
  const rig = new Rig().open();
  const foreign = external(rig);
  const btc = rig.workingOrder();
  const eth = rig.order({ symbol: 'ETH-USD', strategyId: 's2' });
  rig.report({ 11: eth, 37: 'V', 150: '0', 39: '0', 14: '0', 151: '10', 55: 'ETH-USD' });
  const cancel = (scope: { venue?: string; symbol?: string; strategyId?: string }) =>
    rig.apply({ type: 'MassCancel', clientKey: `m-${rig.index}`, strategyId: '', ...scope });
  cancel({ venue: 'OTHER' });
  cancel({ symbol: 'BTC-USD', strategyId: 's2' });
  assert.equal(rig.view(btc).state, 'Working');
  cancel({ symbol: 'BTC-USD' });
  assert.deepEqual([rig.view(btc).state, rig.view(eth).state], ['PendingCancel', 'Working']);
  cancel({ venue: 'SIM' });
  assert.equal(rig.view(eth).state, 'PendingCancel');
  assert.equal(rig.view(foreign).state, 'Working');
});

test('a question by hand goes out as H, once for each clientKey, and confirms an order that is not in doubt', () => {
  const rig = new Rig().open();
  const clOrdId = rig.workingOrder();
  const command = { type: 'QueryOrder', clientKey: 'q', strategyId: 's1', clOrdId } as const;
  assert.equal(code(rig.apply(command)), 'ok');
  assert.equal(rig.apply(command).result.duplicate, true);
  const questions = rig.written().filter((message) => message.startsWith('35=H'));
  assert.equal(questions.length, 1);
  assert.match(questions[0] ?? '', new RegExp(`11=${clOrdId} 790=Q`));
  rig.report({ 11: clOrdId, 37: `V-${clOrdId}`, 150: 'I', 39: '4', 14: '0', 151: '0' });
  // Not asked because of a doubt: it may be older than what we have sent since.
  assert.equal(rig.view(clOrdId).state, 'Working');
});

test('the answer to a question by hand settles an order that is in doubt', () => {
  const rig = new Rig().open();
  const clOrdId = rig.workingOrder();
  rig.cancel(clOrdId);
  rig.inbound('9', [
    [11, rig.pendingOf(clOrdId) ?? ''],
    [41, clOrdId],
    [39, '8'],
    [102, 1],
    [434, 1],
  ]);
  assert.equal(rig.view(clOrdId).state, 'InDoubt');
  query(rig, clOrdId);
  rig.report({ 11: clOrdId, 37: `V-${clOrdId}`, 150: 'I', 39: '4', 14: '0', 151: '0' });
  assert.equal(rig.view(clOrdId).state, 'Canceled');
});

test('a question needs an open gate, an order that was sent, and a venue that answers', () => {
  const rig = new Rig().open();
  const clOrdId = rig.workingOrder();
  assert.equal(code(query(rig, 'NONE')), 'UNKNOWN_ORDER');
  rig.disconnect();
  assert.equal(code(query(rig, clOrdId)), 'VENUE_NOT_READY');
  assert.equal(code(query(rig, rig.order())), 'VENUE_NOT_READY');
  const silent = new Rig().open({ venues: [{ ...SIM, statusQuery: false }] });
  assert.equal(code(query(silent, silent.workingOrder())), 'NO_STATUS_QUERY');
});

test('§7.5: an execution after a void is adopted, alarmed, and halts its strategy until an operator resumes it', () => {
  const rig = new Rig().open();
  const clOrdId = rig.order();
  rig.disconnect();
  rig.connect();
  rig.logon(2);
  assert.equal(rig.view(clOrdId).state, 'Voided');
  rig.fill(clOrdId, 4);
  assert.equal(rig.view(clOrdId).state, 'Working');
  assert.ok(rig.alarms().includes('SAFETY_VIOLATION'));
  const [halt] = rig.events('TradingStateChanged');
  assert.deepEqual([halt?.scope, halt?.target, halt?.mode], ['strategy', 's1', 'cancel-only']);
  assert.equal(code(rig.submit()), 'KILL_SWITCH');
  assert.equal(code(rig.submit({ strategyId: 's2' })), 'ok');
  assert.equal(code(rig.cancel(clOrdId)), 'ok');
  rig.apply({ type: 'SetTradingState', scope: 'strategy', target: 's1', mode: 'active', reason: 'looked at it' });
  assert.equal(code(rig.submit()), 'ok');
  assert.deepEqual(rig.ledger.violations(), []);
});

test('I15: an adjustment moves the position once, however often reconciliation runs; another one under its id is refused', () => {
  const rig = new Rig().open();
  const command = {
    type: 'BookAdjustment',
    adjustmentId: 'SIM:ACC1:BTC-USD:opening',
    symbol: 'BTC-USD',
    strategyId: 's1',
    quantity: '-3',
    price: '100',
    reason: 'position report',
  } as const;
  assert.equal(code(rig.apply(command)), 'ok');
  const again = rig.apply(command);
  assert.deepEqual([again.result.ok, again.result.duplicate, again.events.length], [true, true, 0]);
  assert.equal(code(rig.apply({ ...command, quantity: '-4' })), 'CLIENT_KEY_REUSED');
  assert.equal(code(rig.apply({ ...command, adjustmentId: 'x', quantity: '0' })), 'BAD_QUANTITY');
  assert.equal(code(rig.apply({ ...command, adjustmentId: 'x', symbol: 'NONE' })), 'UNKNOWN_INSTRUMENT');
  const [position] = rig.ledger.positions();
  assert.deepEqual([position?.netQuantity, position?.costNotional, position?.averagePrice], ['-3', '-300', '100']);
  assert.deepEqual(rig.ledger.violations(), []);
  assert.equal(Ledger.restore(rig.ledger.snapshot()).hash(), rig.ledger.hash());
});

test('realised and unrealised profit are told in the currency of the instrument, per account and per strategy', () => {
  const [btc] = configuration().instruments;
  assert.ok(btc);
  const rig = new Rig().open({ instruments: [{ ...btc, multiplier: '2', currency: 'USD' }] });
  rig.fill(rig.workingOrder(), 10, '100');
  rig.fill(rig.workingOrder({ side: 'sell', strategyId: 's2', quantity: '4' }), 4, '110');
  assert.equal(rig.ledger.positions()[0]?.unrealizedPnl, '');
  rig.apply({ type: 'ReferencePrice', symbol: 'BTC-USD', price: '105' });
  const [account] = rig.ledger.positions();
  assert.deepEqual([account?.realizedPnl, account?.unrealizedPnl, account?.averagePrice], ['80', '60', '100']);
  const [own] = rig.ledger.strategyPositions('s1');
  assert.deepEqual([own?.realizedPnl, own?.unrealizedPnl, own?.currency], ['0', '100', 'USD']);
  assert.equal(acceptedId(rig.submit()).length > 0, true);
});
