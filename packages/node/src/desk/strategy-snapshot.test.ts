import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Command, encodeCommand, Ledger } from '@baton/ledger';
import { configuration, SIM } from '@baton/ledger/testing';
import fc from 'fast-check';
import { headroomAfter, strategySnapshot } from './strategy-snapshot.ts';

const SYMBOLS = ['BTC-USD', 'ETH-USD'];
const STRATEGIES = ['a', 'b'];

const CONFIGURE: Command = {
  type: 'Configure',
  configuration: configuration({
    venues: [{ ...SIM, orderMaxAgeMs: 600_000 }],
    instruments: SYMBOLS.map((symbol) => ({ symbol, venue: 'SIM', priceScale: 2, quantityScale: 0 })),
    limits: { orderQuantityMax: '10', orderNotionalMax: '', positionMax: '50', openOrdersMax: 1000 },
  }),
};

const anyCommand = fc.oneof(
  fc.record({
    type: fc.constant('SubmitOrder' as const),
    clientKey: fc.uuid(),
    strategyId: fc.constantFrom(...STRATEGIES),
    symbol: fc.constantFrom(...SYMBOLS),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    orderType: fc.constant('limit' as const),
    timeInForce: fc.constant('day' as const),
    quantity: fc.integer({ min: 1, max: 12 }).map(String),
    price: fc.constant('100'),
  }),
  fc.record({
    type: fc.constant('MassCancel' as const),
    clientKey: fc.uuid(),
    strategyId: fc.constantFrom(...STRATEGIES),
  }),
  fc.record({
    type: fc.constant('SetLimits' as const),
    scope: fc.constant('global' as const),
    target: fc.constant(''),
    limits: fc.record({ positionMax: fc.integer({ min: 1, max: 60 }).map(String) }),
    reason: fc.constant('test'),
  }),
  fc.constant({ type: 'RampStart', steps: [{ percent: 50, durationMs: 1e6 }], reason: 'test' } as const),
);

test('a strategy that was told the headroom with each entry knows what one that connects now is told', () => {
  fc.assert(
    fc.property(fc.array(anyCommand, { maxLength: 40 }), (commands) => {
      const ledger = new Ledger();
      const told = new Map<string, unknown>();
      [CONFIGURE, ...commands].forEach((command, at) => {
        const entry = { index: at + 1, term: 1, timeUs: 1_000_000 + at, command: encodeCommand(command as Command) };
        const { events } = ledger.apply(entry);
        for (const view of headroomAfter(ledger, events, STRATEGIES))
          told.set(`${view.strategyId} ${view.symbol}`, view);
      });
      for (const strategyId of STRATEGIES) {
        for (const view of strategySnapshot(ledger, { of: () => [] }, strategyId).headroom) {
          assert.deepEqual(told.get(`${strategyId} ${view.symbol}`), view);
        }
      }
    }),
  );
});

test('a snapshot tells the headroom of every symbol before anything was ordered, and reading it changes nothing', () => {
  const ledger = new Ledger();
  ledger.apply({ index: 1, term: 1, timeUs: 1, command: encodeCommand(CONFIGURE) });
  const hash = ledger.hash();
  const { headroom, index } = strategySnapshot(ledger, { of: () => [] }, 'nobody');
  assert.equal(index, 1);
  assert.deepEqual(
    headroom.map(({ buyQuantity, orderQuantity, sellQuantity, symbol }) => [
      symbol,
      buyQuantity,
      sellQuantity,
      orderQuantity,
    ]),
    SYMBOLS.map((symbol) => [symbol, '50', '50', '10']),
  );
  assert.equal(ledger.hash(), hash);
});
