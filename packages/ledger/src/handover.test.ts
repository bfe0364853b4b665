import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asked, lastQuestion, profiledRig } from './testing/profiled.ts';
import type { Rig } from './testing/rig.ts';

/** Node 2 takes over with a line that it has kept logged on since before the last word of the venue to node 1. */
function handOver(
  rig: Rig,
  changes: { readonly heardSinceUs?: number; readonly nextOut?: number; readonly compId?: string } = {},
): number {
  const from = rig.history.length;
  rig.inbound('0', []);
  const lastHeardUs = rig.timeUs;
  rig.takeover(2);
  rig.connectionId = rig.term * 65_536 + 1;
  rig.venueNext = 7;
  rig.apply({
    type: 'SessionHandedOver',
    venue: 'SIM',
    connectionId: rig.connectionId,
    compId: changes.compId ?? 'BATONN2',
    heardSinceUs: changes.heardSinceUs ?? lastHeardUs - 60_000_000,
    line: {
      nextOut: changes.nextOut ?? 5,
      nextIn: 7,
      heartBtIntS: 5,
      connectedUs: lastHeardUs - 60_000_000,
      lastSentUs: lastHeardUs,
      lastReceivedUs: lastHeardUs,
    },
  });
  return from;
}

test('a line that was kept logged on needs no logon: with nothing in doubt the gate opens in the same entry', () => {
  const rig = profiledRig('deribit-like');
  rig.workingOrder();
  const from = handOver(rig);
  assert.deepEqual(rig.ledger.gate('SIM'), { term: 2, phase: 'GateOpen', open: true });
  assert.deepEqual(rig.written(from), []);
  const { effects } = rig.submit();
  const [sent] = effects;
  assert.ok(sent?.type === 'SendFix');
  assert.deepEqual([sent.senderCompId, sent.msgSeqNum, sent.connectionId], ['BATONN2', 5, rig.connectionId]);
});

test('what the line has heard settles what was in doubt; the rest is asked about as ever', () => {
  const rig = profiledRig('deribit-like');
  const heard = rig.order();
  const unheard = rig.order();
  const from = handOver(rig);
  assert.deepEqual(asked(rig, from), [heard, unheard]);
  rig.answer(0, [{ 17: 'e77', 11: heard, 150: '0', 39: '0', 14: '0', 151: '10' }]);
  assert.equal(rig.view(heard).state, 'Working');
  assert.equal(rig.view(unheard).state, 'InDoubt');
  const doubts = rig.ledger.takeovers().at(-1)?.venues[0]?.orders ?? [];
  assert.deepEqual(
    doubts.map(({ evidence, outcome }) => [evidence, outcome]),
    [
      ['MutedSession', 'Working'],
      ['None', 'InDoubt'],
    ],
  );
  rig.report({ 17: '0', 11: unheard, 150: 'I', 39: '0', 584: lastQuestion(rig), 38: '10', 14: '0', 151: '10' });
  assert.equal(rig.ledger.gate('SIM').open, true);
});

test('an execution that both lines have heard counts once', () => {
  const rig = profiledRig('deribit-like');
  const clOrdId = rig.workingOrder();
  rig.fill(clOrdId, 4, '100', { 17: 'e50' });
  handOver(rig);
  rig.answer(0, [{ 17: 'e50', 11: clOrdId, 150: 'F', 39: '1', 32: '4', 31: '100', 14: '4', 151: '6' }]);
  assert.equal(rig.view(clOrdId).cumQuantity, '4');
  assert.deepEqual(rig.ledger.violations(), []);
});

test('a line that was not up while the last one still heard the venue may have missed something: all orders are asked about', () => {
  const rig = profiledRig('deribit-like');
  const working = rig.workingOrder();
  const from = handOver(rig, { heardSinceUs: rig.timeUs + 50_000 });
  assert.deepEqual(asked(rig, from), [working]);
  assert.equal(rig.ledger.gate('SIM').open, false);
});

test('no line is taken over where numbers live on, nor one whose numbers are none: the leader is told to close it', () => {
  const classic = profiledRig('classic-789');
  handOver(classic);
  assert.equal(classic.ledger.gate('SIM').phase, 'Barrier');
  for (const changes of [{ nextOut: 0 }, { compId: '' }, { compId: 'BATON\u0001' }]) {
    const wrong = profiledRig('deribit-like');
    const from = handOver(wrong, changes);
    assert.deepEqual(
      wrong.history.slice(from).flatMap(({ effects }) => effects.map(({ type }) => type)),
      ['CloseTransport'],
    );
  }
});

test('the session that was handed over lives on in a snapshot', () => {
  const rig = profiledRig('deribit-like');
  handOver(rig);
  rig.reload();
  rig.inbound('1', [[112, 'T']]);
  assert.equal(rig.written().at(-1), '35=0 34=5 112=T');
});
