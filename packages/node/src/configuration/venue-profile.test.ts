import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeCommand, encodeCommand } from '@baton/ledger';
import { PROFILES } from '@baton/profiles';
import { parseConfiguration } from './load.ts';
import { resolvePlan } from './plan.ts';
import { ConfigurationError } from './problem.ts';

function file(venue: string): string {
  return `
cluster: demo
dataFolder: ./data
nodes:
  - { id: 1, name: n1, raft: 127.0.0.1:7101, api: 127.0.0.1:9091 }
venues:
  - { name: SIM, address: 127.0.0.1:9880, senderCompId: BATON, targetCompId: SIM, account: A1, ${venue} }
instruments:
  - { symbol: BTC-USD, venue: SIM, priceScale: 2, quantityScale: 4 }
`;
}

function keysRefused(venue: string): string[] {
  try {
    parseConfiguration(file(venue), 'baton.yaml');
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    return error.problems.map((problem) => problem.key);
  }
  return assert.fail('the file was accepted');
}

test('every profile can be named, and its facts reach the log and come back from it as they were', () => {
  for (const profile of PROFILES) {
    const more = `profile: ${profile.name}, rest: "http://127.0.0.1:9881", secondAddress: 127.0.0.1:9882`;
    const plan = resolvePlan('baton.yaml', parseConfiguration(file(more), 'baton.yaml'), 'n1');
    const { configuration } = plan;
    const facts = configuration.venues[0]?.facts;
    assert.equal(facts?.profile, profile.name);
    assert.equal(facts.sequence, profile.session.sequence);
    assert.deepEqual(facts.statusBy, profile.recovery.statusBy);
    assert.equal(facts.receiveWindow?.tag, profile.orders.receiveWindow?.tag);
    assert.deepEqual(decodeCommand(encodeCommand({ type: 'Configure', configuration })), {
      type: 'Configure',
      configuration,
    });
    assert.equal(configuration.venues[0]?.beginString, profile.session.beginString);
    assert.equal(configuration.venues[0]?.heartBtIntS, profile.session.heartBtIntS.default);
    assert.deepEqual(plan.venues[0]?.logonRate, profile.logon.rate);
    assert.equal(plan.venues[0]?.rest, 'http://127.0.0.1:9881');
  }
});

test('a Logon asks against cancel on disconnect unless the file asks for it', () => {
  const asked = (more: string): unknown => {
    const text = file(`profile: kraken-like${more}`);
    return resolvePlan('baton.yaml', parseConfiguration(text, 'baton.yaml'), 'n1').configuration.venues[0]?.facts
      ?.cancelOnDisconnect;
  };
  assert.deepEqual(asked(''), { tag: 8674, value: 'N' });
  assert.deepEqual(asked(', cancelOnDisconnect: true'), { tag: 8674, value: 'Y' });
});

test('what the profile does not allow is refused by the key that says it', () => {
  assert.deepEqual(keysRefused('profile: nowhere-like'), ['venues[0].profile']);
  assert.deepEqual(keysRefused('profile: classic, beginString: FIX.4.2'), ['venues[0].beginString']);
  assert.deepEqual(keysRefused('profile: deribit-like, heartBtIntS: 1'), ['venues[0].heartBtIntS']);
  assert.deepEqual(keysRefused('profile: classic, nextExpectedMsgSeqNum: true'), ['venues[0].nextExpectedMsgSeqNum']);
  assert.deepEqual(keysRefused('profile: classic, cancelOnDisconnect: true'), ['venues[0].cancelOnDisconnect']);
  assert.deepEqual(keysRefused('profile: deribit-like, receiveWindowMs: 100'), ['venues[0].receiveWindowMs']);
  assert.deepEqual(keysRefused('profile: binance-like'), ['venues[0].rest']);
  assert.deepEqual(keysRefused('profile: coinbase-derivatives-like'), ['venues[0].secondAddress']);
  assert.deepEqual(keysRefused('receiveWindowMs: 100'), ['venues[0].receiveWindowMs']);
  const sender = file('profile: binance-like, rest: "http://127.0.0.1:1"').replace('BATON', 'B.TON');
  assert.throws(() => parseConfiguration(sender, 'baton.yaml'), /senderCompId/);
});
