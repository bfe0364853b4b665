import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rig } from './testing/rig.ts';

/** `clOrdId outcome evidence detail` of every order of the last record. */
function doubts(rig: Rig): string[] {
  const [venue] = rig.ledger.takeovers().at(-1)?.venues ?? [];
  return (venue?.orders ?? []).map((one) => [one.outcome, one.evidence, one.detail].join(' ').trim());
}

test('each order in doubt is recorded with what settled it and how, and told as an event', () => {
  const rig = new Rig().open();
  const known = rig.order();
  const filled = rig.order();
  const lost = rig.order();
  rig.takeover(2);
  assert.deepEqual(doubts(rig), ['InDoubt None', 'InDoubt None', 'InDoubt None']);
  rig.connect();
  rig.logon(4);
  assert.equal(rig.view(lost).state, 'Voided');
  rig.fill(filled, 10, '100', { 17: 'e7' });
  rig.report({ 17: '0', 11: known, 150: 'I', 39: '0', 790: 'Q6', 14: '0', 151: '10' });
  assert.deepEqual(doubts(rig), [
    'Working StatusReport 39=0 790=Q6',
    'Filled ExecutionReport 17=e7',
    'Voided NextExpectedMsgSeqNum 789=4',
  ]);
  assert.deepEqual(
    rig.events('DoubtResolved').map(({ clOrdId, evidence, outcome }) => [clOrdId, evidence, outcome]),
    [
      [lost, 'NextExpectedMsgSeqNum', 'Voided'],
      [filled, 'ExecutionReport', 'Filled'],
      [known, 'StatusReport', 'Working'],
    ],
  );
  const [recovered] = rig.events('SessionRecovered').slice(-1);
  assert.deepEqual(
    [recovered?.takeover, recovered?.nextExpected, recovered?.resolved, recovered?.inDoubt],
    [2, 4, 3, 0],
  );
});

test('without 789 the evidence is the ResendRequest', () => {
  const rig = new Rig().open();
  rig.order();
  rig.takeover(2);
  rig.connect();
  rig.logon(null);
  rig.inbound('2', [
    [7, 2],
    [16, 0],
  ]);
  assert.deepEqual(doubts(rig), ['Voided ResendRequest 7=2']);
});

test('a failover and a lost line have a record each, with cause, phases and proof; what fails on the way back has none', () => {
  const rig = new Rig().open();
  rig.disconnect('reset by peer');
  rig.connect();
  rig.disconnect('again');
  rig.connect();
  rig.logon();
  rig.term += 1;
  rig.apply({ type: 'TakeoverStarted', node: 3, cause: 'link to the leader closed' });
  const records = rig.ledger.takeovers();
  assert.deepEqual(
    records.map(({ n, kind, cause, node, term }) => [n, kind, cause, node, term]),
    [
      [1, 'failover', '', 1, 1],
      [2, 'reconnect', 'reset by peer', 1, 1],
      [3, 'failover', 'link to the leader closed', 3, 2],
    ],
  );
  const [venue] = records[1]?.venues ?? [];
  assert.equal(venue?.proof, 'NextExpectedMsgSeqNum');
  assert.deepEqual(
    venue?.phases.map(({ phase }) => phase),
    [
      'Barrier',
      'Connecting',
      'Barrier',
      'Connecting',
      'LoggedOn',
      'OutboundResolved',
      'InboundSynced',
      'Reconciled',
      'GateOpen',
    ],
  );
});

test('a leader that dies half-way leaves its record; the orders go on into the next one', () => {
  const rig = new Rig().open();
  rig.order();
  rig.takeover(2);
  rig.takeover(3);
  const [, second, third] = rig.ledger.takeovers();
  assert.equal(second?.venues[0]?.orders[0]?.detail, 'still in doubt when the next recovery began');
  assert.equal(third?.venues[0]?.orders[0]?.outcome, 'InDoubt');
  rig.connect();
  rig.logon(2);
  assert.deepEqual(doubts(rig), ['Voided NextExpectedMsgSeqNum 789=2']);
});

test('the last hundred records are kept, and survive a snapshot with what still waits for evidence', () => {
  const rig = new Rig().open();
  rig.order();
  for (let n = 0; n < 120; n += 1) rig.takeover(2);
  assert.deepEqual([rig.ledger.takeovers().length, rig.ledger.takeovers().at(-1)?.n], [100, 121]);
  const before = rig.ledger.takeovers();
  rig.reload();
  assert.deepEqual(rig.ledger.takeovers(), before);
  rig.connect();
  rig.logon(2);
  assert.deepEqual(doubts(rig), ['Voided NextExpectedMsgSeqNum 789=2']);
});
