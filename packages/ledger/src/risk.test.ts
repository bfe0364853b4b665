/** Each limit binds at its limit, in each scope, on all that may still happen; and denies with its own stable code. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Applied, Configuration, DenialCode, Limits, Scope } from './index.ts';
import { Rig } from './testing/rig.ts';
import { configuration, SIM } from './testing/some-configuration.ts';

function code(applied: Applied): DenialCode | 'ok' {
  return applied.result.ok ? 'ok' : applied.result.code;
}

function rigWith(limits: Limits, changes: Partial<Configuration> = {}): Rig {
  return new Rig().open({ limits: { ...configuration().limits, ...limits }, ...changes });
}

function setLimits(rig: Rig, scope: Scope, target: string, limits: Limits): Applied {
  return rig.apply({ type: 'SetLimits', scope, target, limits, reason: 'test' });
}

function setMode(rig: Rig, scope: Scope, target: string, mode: 'active' | 'reduce-only' | 'cancel-only' | 'halted') {
  return rig.apply({ type: 'SetTradingState', scope, target, mode, reason: 'test' });
}

function reference(rig: Rig, price: string, symbol = 'BTC-USD'): Applied {
  return rig.apply({ type: 'ReferencePrice', symbol, price });
}

function position(rig: Rig, side: 'buy' | 'sell', quantity: number, price = '100', strategyId = 's1'): void {
  rig.fill(rig.workingOrder({ side, quantity: String(quantity), price, strategyId }), quantity, price);
}

test('a trading state stops its own scope: everything, a venue, a strategy or a symbol, and nothing else', () => {
  for (const [scope, target] of [
    ['global', ''],
    ['venue', 'SIM'],
    ['strategy', 's1'],
    ['symbol', 'BTC-USD'],
  ] as const) {
    const rig = new Rig().open();
    assert.equal(code(setMode(rig, scope, target, 'cancel-only')), 'ok');
    assert.equal(code(rig.submit()), 'KILL_SWITCH', scope);
    const isElsewhere = scope === 'strategy' || scope === 'symbol';
    assert.equal(code(rig.submit({ strategyId: 's2', symbol: 'ETH-USD' })), isElsewhere ? 'ok' : 'KILL_SWITCH');
    setMode(rig, scope, target, 'active');
    assert.equal(code(rig.submit()), 'ok');
  }
  assert.equal(code(setMode(new Rig().open(), 'venue', 'NONE', 'halted')), 'UNKNOWN_SCOPE');
  assert.equal(code(setMode(new Rig().open(), 'global', 'x', 'halted')), 'UNKNOWN_SCOPE');
});

test('cancel-only lets cancels pass; halted lets only a mass cancel pass', () => {
  const rig = new Rig().open();
  const [one, two] = [rig.workingOrder(), rig.workingOrder()];
  setMode(rig, 'symbol', 'BTC-USD', 'cancel-only');
  assert.equal(code(rig.replace(one, '5', '100')), 'KILL_SWITCH');
  assert.equal(code(rig.cancel(one)), 'ok');
  setMode(rig, 'symbol', 'BTC-USD', 'halted');
  assert.equal(code(rig.cancel(two)), 'KILL_SWITCH');
  assert.equal(code(rig.apply({ type: 'MassCancel', clientKey: 'm', strategyId: '' })), 'ok');
  assert.equal(rig.view(two).state, 'PendingCancel');
});

test('reduce-only passes what can only bring the position towards flat, with everything open filled', () => {
  const rig = new Rig().open();
  position(rig, 'buy', 10);
  setMode(rig, 'global', '', 'reduce-only');
  assert.equal(code(rig.submit({ quantity: '1' })), 'REDUCE_ONLY');
  assert.equal(code(rig.submit({ side: 'sell', quantity: '10.001' })), 'REDUCE_ONLY');
  assert.equal(code(rig.submit({ side: 'sell', quantity: '6' })), 'ok');
  assert.equal(code(rig.submit({ side: 'sell', quantity: '4.001' })), 'REDUCE_ONLY');
  assert.equal(code(rig.submit({ side: 'sell', quantity: '4' })), 'ok');
});

test('reduce-only of a strategy looks at its own position, not at that of the account', () => {
  const rig = new Rig().open();
  position(rig, 'buy', 10, '100', 's1');
  position(rig, 'sell', 4, '100', 's2');
  setMode(rig, 'strategy', 's2', 'reduce-only');
  assert.equal(code(rig.submit({ strategyId: 's2', side: 'sell', quantity: '1' })), 'REDUCE_ONLY');
  assert.equal(code(rig.submit({ strategyId: 's2', side: 'buy', quantity: '4' })), 'ok');
});

test('what waited for the gate is judged again when it would leave', () => {
  const rig = new Rig().open();
  rig.disconnect();
  const held = rig.order();
  setMode(rig, 'strategy', 's1', 'cancel-only');
  rig.connect();
  rig.logon();
  assert.deepEqual([rig.view(held).state, rig.view(held).reason], ['Voided', 'KILL_SWITCH']);
});

test('limits of one strategy and one symbol bind beside the global ones', () => {
  const rig = new Rig().open({
    scopedLimits: [
      { scope: 'strategy', target: 's1', limits: { orderQuantityMax: '5' } },
      { scope: 'symbol', target: 'ETH-USD', limits: { positionMax: '2' } },
    ],
  });
  assert.equal(code(rig.submit({ quantity: '6' })), 'ORDER_QUANTITY_LIMIT');
  assert.equal(code(rig.submit({ quantity: '6', strategyId: 's2' })), 'ok');
  assert.equal(code(rig.submit({ quantity: '3', symbol: 'ETH-USD' })), 'POSITION_LIMIT');
  assert.equal(code(rig.submit({ quantity: '2', symbol: 'ETH-USD' })), 'ok');
});

test('limits of a scope that is not configured, or twice, are refused', () => {
  const rig = new Rig().open();
  const limits = { orderQuantityMax: '1' };
  const scopedLimits = [
    { scope: 'venue', target: 'NONE', limits },
    { scope: 'strategy', target: 's', limits },
    { scope: 'strategy', target: 's', limits: { dailyLossMax: '-1' } },
  ] as const;
  const { result } = rig.apply({ type: 'Configure', configuration: configuration({ scopedLimits }) });
  assert.ok(!result.ok);
  for (const part of ["venue 'NONE'", 'twice', 'dailyLossMax']) assert.ok(result.text.includes(part), result.text);
});

test('limits change by command, one by one; survive the configuration that the next leader proposes; and go back', () => {
  const rig = rigWith({ orderQuantityMax: '10', openOrdersMax: 50 });
  setLimits(rig, 'global', '', { orderQuantityMax: '3' });
  assert.equal(code(rig.submit({ quantity: '4' })), 'ORDER_QUANTITY_LIMIT');
  const same = configuration({ limits: { ...configuration().limits, orderQuantityMax: '10', openOrdersMax: 50 } });
  rig.apply({ type: 'Configure', configuration: same });
  assert.equal(code(rig.submit({ quantity: '4' })), 'ORDER_QUANTITY_LIMIT');
  assert.equal(rig.ledger.risk().scopes[0]?.limits.openOrdersMax, 50);
  setLimits(rig, 'global', '', {});
  assert.equal(code(rig.submit({ quantity: '4' })), 'ok');
  const trail = rig.ledger.risk().changes.map(({ command, value }) => `${command} ${value}`);
  assert.deepEqual(trail, [
    'Configure version 1',
    'SetLimits orderQuantityMax=3 openOrdersMax=50',
    'Configure version 2',
    'SetLimits as configured',
  ]);
  assert.equal(code(setLimits(rig, 'symbol', 'NONE', {})), 'UNKNOWN_SCOPE');
  assert.equal(code(setLimits(rig, 'global', '', { priceCollarPercent: 'x' })), 'BAD_COMMAND');
});

test('a buy may be above the reference price by the collar and a sell below, not more; the harmless side is free', () => {
  const rig = rigWith({ priceCollarPercent: '2.5' });
  assert.equal(code(rig.submit()), 'REFERENCE_MISSING');
  reference(rig, '100');
  assert.equal(code(rig.submit({ price: '102.51' })), 'PRICE_COLLAR');
  assert.equal(code(rig.submit({ price: '102.5' })), 'ok');
  assert.equal(code(rig.submit({ price: '1' })), 'ok');
  assert.equal(code(rig.submit({ side: 'sell', price: '97.49' })), 'PRICE_COLLAR');
  assert.equal(code(rig.submit({ side: 'sell', price: '97.5' })), 'ok');
});

test('a market order is worth the reference price: without one, or with an old one, it cannot be judged', () => {
  const rig = rigWith({ orderNotionalMax: '1000', referenceMaxAgeMs: 1000 });
  const market = { orderType: 'market', price: '' } as const;
  assert.equal(code(rig.submit(market)), 'REFERENCE_MISSING');
  reference(rig, '100');
  assert.equal(code(rig.submit({ ...market, quantity: '10.001' })), 'ORDER_NOTIONAL_LIMIT');
  assert.equal(code(rig.submit({ ...market, quantity: '10' })), 'ok');
  rig.timeUs += 1_000_000;
  assert.equal(code(rig.submit(market)), 'REFERENCE_STALE');
  assert.equal(code(reference(rig, '0')), 'BAD_PRICE');
  assert.equal(code(reference(rig, '1', 'NONE')), 'UNKNOWN_INSTRUMENT');
});

test('used capital is what open orders reserve and positions cost; what reduces a position needs none', () => {
  const rig = rigWith({ usedCapitalMax: '2000' });
  position(rig, 'buy', 10);
  assert.equal(code(rig.submit({ quantity: '10.001' })), 'USED_CAPITAL_LIMIT');
  const open = rig.workingOrder({ quantity: '10' });
  assert.equal(code(rig.submit({ quantity: '0.001' })), 'USED_CAPITAL_LIMIT');
  assert.equal(code(rig.submit({ side: 'sell', quantity: '10' })), 'ok');
  rig.cancel(open);
  rig.report({ 11: rig.pendingOf(open) ?? '', 41: open, 150: '4', 39: '4', 14: '0', 151: '0' });
  const { capital } = rig.ledger.risk().scopes[0] ?? {};
  assert.deepEqual(
    capital?.map(({ margin, pending, used }) => [pending, margin, used]),
    [['1000', '1000', '2000']],
  );
});

test('a replace to a higher price reserves it while the venue may still work either', () => {
  const rig = rigWith({ usedCapitalMax: '1500' });
  const clOrdId = rig.workingOrder({ quantity: '10', price: '100' });
  rig.replace(clOrdId, '10', '140');
  assert.equal(rig.ledger.risk().scopes[0]?.capital[0]?.pending, '1400');
  assert.deepEqual(rig.ledger.violations(), []);
});

test('the loss of the day is realised and marked; beyond it only what reduces passes, until the next day', () => {
  const rig = rigWith({ dailyLossMax: '50' });
  position(rig, 'buy', 10, '100');
  reference(rig, '95');
  assert.equal(code(rig.submit({ quantity: '1' })), 'ok');
  reference(rig, '94.99');
  assert.equal(code(rig.submit({ quantity: '1' })), 'DAILY_LOSS_LIMIT');
  reference(rig, '94.98');
  assert.deepEqual(
    rig.events('RiskTripped').map(({ scope, value, limit }) => [scope, value, limit]),
    [['global', '50.1', '50']],
    'told once a day',
  );
  reference(rig, '94.99');
  assert.equal(code(rig.submit({ side: 'sell', quantity: '1' })), 'ok');
  assert.equal(rig.ledger.risk().scopes[0]?.capital[0]?.dailyPnl, '-50.1');
  rig.timeUs += 86_400_000_000;
  assert.equal(code(rig.submit({ quantity: '1' })), 'ok');
  // What was lost before midnight is not this day's; what is lost from there is.
  reference(rig, '89');
  assert.equal(code(rig.submit({ quantity: '1' })), 'DAILY_LOSS_LIMIT');
  assert.equal(rig.events('RiskTripped').length, 2);
});

test('a rate is exact in any window, counts what was accepted, and is told apart for orders and cancels', () => {
  const rig = rigWith({ orderRateMax: 3, cancelRateMax: 1, rateWindowMs: 10 });
  const ids = [rig.order(), rig.order(), rig.order()];
  assert.equal(code(rig.submit()), 'ORDER_RATE_LIMIT');
  assert.equal(code(rig.cancel(ids[0] ?? '')), 'ok');
  assert.equal(code(rig.cancel(ids[1] ?? '')), 'CANCEL_RATE_LIMIT');
  // The first of the three leaves the window, no more.
  rig.timeUs += 10_000 - 500;
  assert.equal(code(rig.submit()), 'ok');
  assert.equal(code(rig.submit()), 'ok');
  assert.equal(code(rig.submit()), 'ok');
  assert.equal(code(rig.submit()), 'ORDER_RATE_LIMIT');
});

test('the same order of the same strategy within the window is a duplicate; another price, strategy or time is not', () => {
  const rig = rigWith({ duplicateWindowMs: 100 });
  assert.equal(code(rig.submit()), 'ok');
  assert.equal(code(rig.submit()), 'DUPLICATE_ORDER');
  assert.equal(code(rig.submit({ price: '101' })), 'ok');
  assert.equal(code(rig.submit({ strategyId: 's2' })), 'ok');
  rig.timeUs += 100_000;
  assert.equal(code(rig.submit()), 'ok');
});

test('an order that could trade with an open one of the same account is denied, whoever owns that', () => {
  const rig = rigWith({ selfMatchGuard: true });
  const clOrdId = rig.workingOrder({ side: 'sell', price: '100', strategyId: 's2' });
  assert.equal(code(rig.submit({ price: '100' })), 'SELF_MATCH');
  assert.equal(code(rig.submit({ orderType: 'market', price: '' })), 'SELF_MATCH');
  assert.equal(code(rig.submit({ price: '99.99' })), 'ok');
  assert.equal(code(rig.submit({ side: 'sell', price: '99.99' })), 'SELF_MATCH');
  // A replace may be working at the venue before we know it, and the old price still may be.
  rig.replace(clOrdId, '10', '105');
  assert.equal(code(rig.submit({ price: '100' })), 'SELF_MATCH');
  rig.report({
    11: rig.pendingOf(clOrdId) ?? '',
    41: clOrdId,
    150: '5',
    39: '0',
    38: '10',
    44: '105',
    14: '0',
    151: '10',
    54: '2',
  });
  assert.equal(code(rig.submit({ price: '104.99' })), 'ok');
  assert.equal(code(rig.submit({ price: '105' })), 'SELF_MATCH');
});

test('the guard may come later than the orders that it guards, and go again', () => {
  const rig = new Rig().open();
  rig.workingOrder({ side: 'sell', price: '100' });
  setLimits(rig, 'symbol', 'BTC-USD', { selfMatchGuard: true });
  assert.equal(code(rig.submit({ price: '100' })), 'SELF_MATCH');
  setLimits(rig, 'symbol', 'BTC-USD', {});
  assert.equal(code(rig.submit({ price: '100' })), 'ok');
});

test('too many orders in doubt deny new ones, even while the gate is closed', () => {
  const rig = rigWith({ inDoubtMax: 1 });
  rig.order();
  rig.order();
  assert.equal(code(rig.submit()), 'ok');
  rig.disconnect();
  assert.equal(code(rig.submit()), 'IN_DOUBT_LIMIT');
});

test('I13: while an order is in doubt behind an open gate, its strategy may only reduce; others trade on', () => {
  const rig = new Rig().open({ venues: [{ ...SIM, statusQuery: false }] });
  const doubtful = rig.workingOrder();
  rig.cancel(doubtful);
  rig.disconnect();
  const held = rig.order({ strategyId: 's1' });
  rig.connect();
  rig.logon();
  assert.equal(rig.view(doubtful).state, 'InDoubt');
  assert.deepEqual([rig.view(held).state, rig.view(held).reason], ['Voided', 'IN_DOUBT']);
  assert.equal(code(rig.submit()), 'IN_DOUBT');
  assert.equal(code(rig.submit({ strategyId: 's2' })), 'ok');
  rig.report({ 11: rig.pendingOf(doubtful) ?? '', 41: doubtful, 150: '4', 39: '4', 14: '0', 151: '0' });
  assert.equal(code(rig.submit()), 'ok');
});

test('a ramp lets sizes grow by entry time; aborted, it holds them where they are', () => {
  const rig = rigWith({ orderQuantityMax: '100', positionMax: '1000' });
  const steps = [
    { percent: 10, durationMs: 100 },
    { percent: 50, durationMs: 100 },
  ];
  rig.apply({ type: 'RampStart', steps, reason: 'cold restart' });
  assert.equal(code(rig.submit({ quantity: '10.001' })), 'ORDER_QUANTITY_LIMIT');
  assert.equal(code(rig.submit({ quantity: '10' })), 'ok');
  rig.timeUs += 100_000;
  assert.equal(code(rig.submit({ quantity: '50' })), 'ok');
  rig.apply({ type: 'RampAbort', reason: 'rejects' });
  rig.timeUs += 1_000_000;
  assert.equal(code(rig.submit({ quantity: '50.001' })), 'ORDER_QUANTITY_LIMIT');
  assert.equal(rig.ledger.risk().rampPercent, 50);
  assert.equal(code(rig.apply({ type: 'RampAbort', reason: '' })), 'NO_RAMP');
  rig.apply({ type: 'RampStart', steps: [{ percent: 100, durationMs: 0 }], reason: 'all clear' });
  assert.equal(code(rig.submit({ quantity: '100' })), 'ok');
  assert.equal(code(rig.apply({ type: 'RampStart', steps: [], reason: '' })), 'BAD_COMMAND');
});

test("the venue's steps and bounds are facts of the instrument", () => {
  const [btc, eth] = configuration().instruments;
  assert.ok(btc && eth);
  const facts = { tickSize: '0.5', lotSize: '0.1', quantityMin: '1', quantityMax: '100' };
  const rig = new Rig().open({
    instruments: [
      { ...btc, ...facts },
      { ...eth, tradable: false },
    ],
  });
  assert.equal(code(rig.submit({ price: '100.25' })), 'BAD_TICK');
  assert.equal(code(rig.submit({ quantity: '1.05' })), 'BAD_LOT');
  assert.equal(code(rig.submit({ quantity: '0.9' })), 'QUANTITY_OUT_OF_RANGE');
  assert.equal(code(rig.submit({ quantity: '100.1' })), 'QUANTITY_OUT_OF_RANGE');
  assert.equal(code(rig.submit({ quantity: '1.1', price: '100.5' })), 'ok');
  assert.equal(code(rig.submit({ symbol: 'ETH-USD' })), 'INSTRUMENT_NOT_TRADABLE');
});

test('amounts are kept a currency: the capital of one does not use up that of another', () => {
  const [btc, eth] = configuration().instruments;
  assert.ok(btc && eth);
  const instruments = [
    { ...btc, currency: 'USD', multiplier: '10' },
    { ...eth, currency: 'EUR' },
  ];
  const currencies = [{ currency: 'USD', scale: 2 }];
  const rig = rigWith({ usedCapitalMax: '1000' }, { instruments, currencies });
  assert.equal(code(rig.submit({ quantity: '1.001' })), 'USED_CAPITAL_LIMIT');
  assert.equal(code(rig.submit({ quantity: '1' })), 'ok');
  assert.equal(code(rig.submit({ symbol: 'ETH-USD', quantity: '10' })), 'ok');
  const capital = rig.ledger.risk().scopes[0]?.capital.map(({ currency, used }) => `${currency} ${used}`);
  assert.deepEqual(capital, ['USD 1000', 'EUR 1000']);
});

test('headroom says how much more a strategy may buy and sell, by whichever scope is nearest', () => {
  const rig = rigWith({ positionMax: '50', usedCapitalMax: '9000', orderQuantityMax: '20' });
  setLimits(rig, 'strategy', 's1', { positionMax: '30' });
  position(rig, 'buy', 10);
  rig.workingOrder({ quantity: '5' });
  position(rig, 'buy', 8, '100', 's2');
  const [first, second] = rig.ledger.risk().headroom;
  assert.deepEqual(first, {
    strategyId: 's1',
    symbol: 'BTC-USD',
    netQuantity: '10',
    worstLong: '15',
    worstShort: '10',
    buyQuantity: '15',
    sellQuantity: '40',
    orderQuantity: '20',
    capital: '6700',
    currency: '',
  });
  assert.equal(second?.buyQuantity, '27');
});

test('risk survives a snapshot: states, limits, prices, ramp, windows and the day', () => {
  const rig = rigWith({
    orderRateMax: 5,
    rateWindowMs: 1000,
    duplicateWindowMs: 500,
    dailyLossMax: '1000',
    selfMatchGuard: true,
  });
  position(rig, 'buy', 10);
  reference(rig, '90');
  setLimits(rig, 'strategy', 's2', { positionMax: '3' });
  setMode(rig, 'symbol', 'ETH-USD', 'reduce-only');
  rig.apply({ type: 'RampStart', steps: [{ percent: 30, durationMs: 60_000 }], reason: '' });
  rig.workingOrder({ side: 'sell', quantity: '3', price: '120' });
  const { ledger } = rig;
  const restored = (ledger.constructor as typeof import('./index.ts').Ledger).restore(ledger.snapshot());
  assert.equal(restored.hash(), ledger.hash());
  assert.deepEqual(restored.risk(), ledger.risk());
  assert.deepEqual(restored.violations(), []);
  const entry = {
    index: rig.index + 1,
    term: rig.term,
    timeUs: rig.timeUs + 86_400_000_000,
    command: new Uint8Array([0x91, 6]),
  };
  restored.apply(entry);
  ledger.apply(entry);
  assert.equal(restored.hash(), ledger.hash());
});
