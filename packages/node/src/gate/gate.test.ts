import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Gate } from './gate.ts';

function gateWith(facts: { term?: number; leaseUs?: number; openTerm?: number }): Gate {
  return new Gate({
    leadingTerm: () => facts.term ?? 7,
    leaseRemainingUs: () => facts.leaseUs ?? 1000,
    openTerm: () => facts.openTerm ?? 7,
    ownerOf: (clOrdId) => ({ strategyId: clOrdId.split(' ')[0] ?? '', symbol: clOrdId.split(' ')[1] ?? '' }),
  });
}

describe('gate', () => {
  it('opens for an order when this node leads, the takeover is complete and the lease is live', () => {
    assert.equal(gateWith({}).ask('SIM', 'D', 7, false), 'open');
  });

  it('never lets a follower write', () => {
    assert.equal(gateWith({ term: 0 }).ask('SIM', '0', 7, false), 'not-leader');
  });

  it('never lets a message of an older term out, although the same node leads again', () => {
    assert.equal(gateWith({ term: 9, openTerm: 9 }).ask('SIM', 'D', 7, false), 'not-leader');
  });

  it('writes nothing at all, heartbeats included, without a live lease', () => {
    const gate = gateWith({ leaseUs: 0 });
    for (const msgType of ['0', 'A', 'D', 'F']) assert.equal(gate.ask('SIM', msgType, 7, false), 'lease-unconfirmed');
    assert.equal(gate.refusals['lease-unconfirmed'], 4);
  });

  it('holds new orders back until the takeover is complete, but not the logon and resends that complete it', () => {
    const gate = gateWith({ openTerm: 6 });
    assert.equal(gate.ask('SIM', 'D', 7, false), 'takeover-incomplete');
    assert.equal(gate.ask('SIM', 'A', 7, false), 'open');
    assert.equal(gate.ask('SIM', 'D', 7, true), 'open');
  });

  it('stops new orders by the kill latch without asking anybody, and lets cancels pass', () => {
    const gate = gateWith({});
    gate.latches.close({ scope: 'global', target: '', reason: 'operator' });
    assert.equal(gate.ask('SIM', 'D', 7, false), 'kill-latch');
    assert.equal(gate.ask('SIM', 'G', 7, true), 'kill-latch');
    assert.equal(gate.ask('SIM', 'F', 7, false), 'open');
    gate.latches.open('global', '');
    assert.equal(gate.ask('SIM', 'D', 7, false), 'open');
  });

  it('stops one venue, strategy or symbol by a latch of its own, and lets the others pass', () => {
    for (const [scope, target] of [
      ['venue', 'SIM'],
      ['strategy', 'maker'],
      ['symbol', 'BTC-USD'],
    ] as const) {
      const gate = gateWith({});
      gate.latches.close({ scope, target, reason: 'test' });
      assert.equal(gate.ask('SIM', 'D', 7, false, 'maker BTC-USD'), 'kill-latch');
      const other = gate.ask('SIM', 'D', 7, false, 'taker ETH-USD');
      assert.equal(other, scope === 'venue' ? 'kill-latch' : 'open');
      gate.latches.open(scope, target);
      assert.equal(gate.ask('SIM', 'D', 7, false, 'maker BTC-USD'), 'open');
      assert.deepEqual(gate.latches.list(), []);
    }
  });
});
