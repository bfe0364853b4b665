import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeCommand, encodeCommand, Ledger } from '@baton/ledger';
import { ledgerConfiguration } from './ledger-configuration.ts';
import { parseConfiguration } from './load.ts';
import { ConfigurationError } from './problem.ts';

const BASE = `cluster: demo
nodes: [{ id: 1, name: n1, raft: '127.0.0.1:7101', api: '127.0.0.1:9091' }]
venues: [{ name: SIM, address: '127.0.0.1:9880', senderCompId: BATON, targetCompId: SIM, account: A1 }]
`;
const PLAIN = `${BASE}instruments: [{ symbol: BTC-USD, venue: SIM, priceScale: 2, quantityScale: 4 }]\n`;
const FULL = `${BASE}instruments:
  - { symbol: BTC-USD, venue: SIM, quantityScale: 4, priceScale: 2, tickSize: "0.5", currency: USD, tradable: true }
currencies: { USD: 2 }
limits:
  selfMatchGuard: true
  positionMax: "50"
  symbols: { BTC-USD: { positionMax: "20" } }
  strategies: { maker: { orderRateMax: 50, dailyLossMax: "1000" } }
clients: [{ name: desk1, senderCompId: DESK1, targetCompId: BATON }]
`.replace("api: '127.0.0.1:9091'", "api: '127.0.0.1:9091', fix: '127.0.0.1:9801'");

describe('what the cluster agrees on', () => {
  it('is, key by key in its order, what the ledger gives back: a leader that compares finds no difference', () => {
    for (const text of [PLAIN, FULL]) {
      const wanted = ledgerConfiguration(parseConfiguration(text, 'baton.yaml'));
      const ledger = new Ledger();
      const command = encodeCommand({ type: 'Configure', configuration: wanted });
      const { result } = ledger.apply({ index: 1, term: 1, timeUs: 1, command });
      assert.deepEqual(result, { ok: true, clOrdId: '', duplicate: false });
      assert.equal(JSON.stringify(ledger.configuration()), JSON.stringify(wanted));
      assert.deepEqual(decodeCommand(command), { type: 'Configure', configuration: wanted });
    }
  });

  it('has the limits of a symbol and a strategy beside the global ones, and the facts of instruments', () => {
    const { currencies, instruments, limits, scopedLimits } = ledgerConfiguration(
      parseConfiguration(FULL, 'baton.yaml'),
    );
    assert.deepEqual(scopedLimits, [
      { scope: 'strategy', target: 'maker', limits: { dailyLossMax: '1000', orderRateMax: 50 } },
      { scope: 'symbol', target: 'BTC-USD', limits: { positionMax: '20' } },
    ]);
    assert.deepEqual([limits.positionMax, limits.selfMatchGuard, limits.openOrdersMax], ['50', true, 1000]);
    assert.deepEqual([instruments[0]?.tickSize, instruments[0]?.currency], ['0.5', 'USD']);
    assert.deepEqual(currencies, [{ currency: 'USD', scale: 2 }]);
  });

  it('has no limits of a symbol or venue that the file does not have', () => {
    const text = `${PLAIN}limits: { symbols: { ETH-USD: { positionMax: "1" } }, venues: { NYSE: {} } }\n`;
    assert.throws(
      () => parseConfiguration(text, 'baton.yaml'),
      (error: unknown) =>
        error instanceof ConfigurationError &&
        error.problems.map(({ key }) => key).join() === 'limits.venues.NYSE,limits.symbols.ETH-USD',
    );
  });
});
