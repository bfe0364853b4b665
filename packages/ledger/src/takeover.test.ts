import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptedId, Rig } from './testing/rig.ts';
import { configuration, SIM } from './testing/some-configuration.ts';

test('no connection counts before the barrier of its term, and none that is not the current one', () => {
  const rig = new Rig();
  rig.term = 1;
  rig.apply({ type: 'Configure', configuration: configuration() });
  rig.connect();
  assert.equal(rig.ledger.gate('SIM').phase, 'Idle');
  rig.takeover();
  const old = rig.connect();
  assert.equal(old.effects.length, 1);
  const stale = rig.connectionId;
  rig.connect();
  const { staleCommands } = rig.ledger.status();
  rig.apply({ type: 'TransportDown', venue: 'SIM', connectionId: stale, reason: 'late' });
  rig.apply({ type: 'InboundFix', venue: 'SIM', connectionId: stale, bytes: rig.frame('A', [[98, 0]]) });
  rig.apply({ type: 'TransportUp', venue: 'SIM', connectionId: stale });
  rig.apply({ type: 'TransportUp', venue: 'NONE', connectionId: 9_999_999 });
  assert.equal(rig.ledger.status().staleCommands, staleCommands + 4);
  assert.equal(rig.ledger.sessions()[0]?.connectionId, rig.connectionId);
});

test('a newer connection ends the older one: CloseTransport, and a takeover from the barrier on', () => {
  const rig = new Rig().open();
  const old = rig.connectionId;
  const { effects } = rig.connect();
  assert.equal(effects[0]?.type === 'CloseTransport' && effects[0].connectionId, old);
  assert.equal(rig.ledger.gate('SIM').phase, 'Connecting');
});

test('a takeover closes every gate, and what was on its way is in doubt with its worst case reserved', () => {
  const rig = new Rig().open({ limits: { ...configuration().limits, positionMax: '10' } });
  const sent = rig.order();
  rig.takeover(2);
  assert.equal(rig.view(sent).state, 'InDoubt');
  assert.deepEqual(rig.ledger.gate('SIM'), { term: 2, phase: 'Barrier', open: false });
  const { result } = rig.submit({ quantity: '0.001' });
  assert.equal(!result.ok && result.code, 'POSITION_LIMIT');
});

test('row 13: a second kill during the takeover begins the phases anew; the unanswered Logon is counted', () => {
  const rig = new Rig().open();
  const clOrdId = rig.order();
  rig.takeover(2);
  rig.connect();
  rig.takeover(3);
  rig.connect();
  // Slot 2 is the order, 3 and 4 are Logons; the venue has seen the order only.
  rig.logon(3);
  assert.equal(rig.written().at(-1), `35=H 34=5 11=${clOrdId} 790=Q5 1=ACC1 55=BTC-USD 54=1`);
  assert.equal(rig.ledger.gate('SIM').phase, 'InboundSynced');
  rig.report({ 17: '0', 11: clOrdId, 150: 'I', 39: '0', 790: 'Q5', 14: '0', 151: '10' });
  assert.equal(rig.view(clOrdId).state, 'Working');
  assert.deepEqual(rig.ledger.gate('SIM'), { term: 3, phase: 'GateOpen', open: true });
});

test('a never received cancel goes out again under its number, a never received replace is dropped', () => {
  const rig = new Rig().open();
  const one = rig.workingOrder();
  const two = rig.workingOrder();
  rig.cancel(one);
  const replace = acceptedId(rig.replace(two, '12', '100'));
  const before = rig.history.length;
  rig.takeover(2);
  rig.connect();
  rig.logon(4);
  assert.deepEqual(
    rig.written(before).map((message) => message.split(' ').slice(0, 3).join(' ')),
    ['35=A 34=6 98=0', '35=F 34=4 43=Y', '35=4 34=5 43=Y'],
  );
  assert.equal(rig.view(one).state, 'PendingCancel');
  assert.equal(rig.view(two).state, 'Working');
  assert.deepEqual(
    rig.events('CancelRejected').map(({ clOrdId, reason }) => [clOrdId, reason]),
    [[replace, 'NOT_RECEIVED']],
  );
});

test('an order whose cancel was asked for is voided even under the policy to resend', () => {
  const rig = new Rig().open({ venues: [{ ...SIM, neverReceivedPolicy: 'resend', orderMaxAgeMs: 60_000 }] });
  const clOrdId = rig.order();
  rig.cancel(clOrdId);
  const before = rig.history.length;
  rig.takeover(2);
  rig.connect();
  rig.logon(2);
  assert.equal(rig.view(clOrdId).state, 'Voided');
  assert.equal(rig.written(before).at(-1), '35=4 34=2 43=Y 123=Y 36=5');
});

test('a claim not to have received what was answered already proves nothing: the order stays in doubt', () => {
  const rig = new Rig().open();
  const one = rig.order();
  rig.workingOrder();
  rig.takeover(2);
  rig.connect();
  rig.logon(2);
  assert.ok(rig.alarms().includes('CONTRADICTORY_PROOF'));
  assert.equal(rig.view(one).state, 'InDoubt');
});

test('a request for what was sent on this very connection voids nothing: it goes out again as it was', () => {
  const rig = new Rig().open();
  const lost = rig.order();
  rig.takeover(2);
  rig.connect();
  rig.logon(2);
  assert.equal(rig.view(lost).state, 'Voided');
  // Slot 4 is on its way when the venue, late, asks again for the gap that our gap fill has closed.
  const live = rig.order();
  const before = rig.history.length;
  rig.inbound('2', [
    [7, 2],
    [16, 0],
  ]);
  assert.equal(rig.view(live).state, 'Sent');
  assert.deepEqual(
    rig.written(before).map((message) => message.split(' ').slice(0, 4).join(' ')),
    ['35=4 34=2 43=Y 123=Y', `35=D 34=4 43=Y 11=${live}`],
  );
  rig.acknowledge(live);
  assert.equal(rig.view(live).state, 'Working');
  assert.deepEqual(rig.alarms(), []);
});

test('a resent order is not voided by a second request, however old it has become', () => {
  const rig = new Rig().open({ venues: [{ ...SIM, neverReceivedPolicy: 'resend' }] });
  const clOrdId = rig.order();
  rig.takeover(2);
  rig.connect();
  rig.logon(2);
  rig.timeUs += 2_000_000;
  const before = rig.history.length;
  rig.inbound('2', [
    [7, 2],
    [16, 0],
  ]);
  assert.equal(rig.view(clOrdId).state, 'Sent');
  assert.match(rig.written(before)[0] ?? '', /^35=D 34=2 43=Y /);
});

test('unknown to the venue: Voided where that is conclusive, in doubt and alarmed where it is not', () => {
  for (const unknownIsConclusive of [true, false]) {
    const rig = new Rig().open({ venues: [{ ...SIM, unknownIsConclusive }] });
    const clOrdId = rig.order();
    rig.takeover(2);
    rig.connect();
    rig.logon();
    rig.report({ 17: '0', 11: clOrdId, 150: 'I', 39: '8', 103: '5', 14: '0', 151: '0' });
    assert.equal(rig.view(clOrdId).state, unknownIsConclusive ? 'Voided' : 'InDoubt');
    assert.equal(rig.alarms().includes('ORDER_UNKNOWN_TO_VENUE'), !unknownIsConclusive);
    assert.equal(rig.ledger.gate('SIM').open, true);
  }
});

test('a venue without status queries: the gate opens, what is in doubt stays so and is alarmed', () => {
  const rig = new Rig().open({ venues: [{ ...SIM, statusQuery: false }] });
  const clOrdId = rig.order();
  rig.takeover(2);
  rig.connect();
  rig.logon();
  assert.equal(rig.ledger.gate('SIM').open, true);
  assert.deepEqual(rig.alarms(), ['IN_DOUBT_UNRESOLVED']);
  rig.acknowledge(clOrdId);
  assert.equal(rig.view(clOrdId).state, 'Working');
});

test('a status query is repeated twice, then the gate opens with the order in doubt; a late answer still settles it', () => {
  const rig = new Rig().open({ venues: [{ ...SIM, heartBtIntS: 30 }] });
  const clOrdId = rig.order();
  rig.takeover(2);
  rig.connect();
  rig.inbound('A', [
    [98, 0],
    [108, 30],
    [789, rig.nextOut()],
  ]);
  for (let n = 0; n < 3; n += 1) {
    assert.equal(rig.ledger.gate('SIM').open, false);
    rig.timeUs = (rig.ledger.nextDeadlineUs() ?? 0) - 100;
    rig.tick();
  }
  assert.equal(rig.written().filter((message) => message.startsWith('35=H')).length, 3);
  assert.deepEqual(rig.alarms(), ['IN_DOUBT_UNRESOLVED']);
  assert.equal(rig.ledger.gate('SIM').open, true);
  rig.report({ 17: '0', 11: clOrdId, 150: 'I', 39: '0', 14: '0', 151: '10' });
  assert.equal(rig.view(clOrdId).state, 'Working');
});

test('a refused status query leaves its order in doubt and does not stop the takeover', () => {
  const rig = new Rig().open();
  const clOrdId = rig.order();
  rig.takeover(2);
  rig.connect();
  rig.logon();
  rig.inbound('j', [
    [45, rig.nextOut() - 1],
    [372, 'H'],
    [380, 3],
  ]);
  assert.equal(rig.view(clOrdId).state, 'InDoubt');
  assert.deepEqual(rig.alarms(), ['STATUS_QUERY_REFUSED']);
  assert.equal(rig.ledger.gate('SIM').open, true);
});

test('row 20: numbers that restart under open orders close the gate until an operator has decided', () => {
  const rig = new Rig().open();
  rig.workingOrder();
  rig.disconnect();
  rig.connect();
  rig.venueNext = 1;
  rig.inbound('A', [
    [98, 0],
    [108, 5],
    [141, 'Y'],
    [789, 2],
  ]);
  assert.ok(rig.alarms().includes('SEQUENCE_RESET'));
  assert.equal(rig.ledger.gate('SIM').open, false);
});

test('row 19: a connection lost under the same leader is taken over by the same phases, without an election', () => {
  const rig = new Rig().open();
  const clOrdId = rig.order();
  rig.disconnect('reset by peer');
  assert.deepEqual(
    rig.events('GateClosed').map(({ reason }) => reason),
    ['reset by peer'],
  );
  rig.connect();
  rig.logon(2);
  assert.equal(rig.view(clOrdId).state, 'Voided');
  assert.deepEqual(rig.ledger.gate('SIM'), { term: 1, phase: 'GateOpen', open: true });
});

test('a logout closes the gate at once, and its answer the connection', () => {
  const rig = new Rig().open();
  rig.apply({ type: 'LogoutSessions', reason: 'maintenance' });
  assert.equal(rig.ledger.gate('SIM').open, false);
  assert.equal(rig.written().at(-1), '35=5 34=2 58=maintenance');
  const held = rig.order();
  assert.equal(rig.view(held).state, 'Held');
  const { effects } = rig.inbound('5', []);
  assert.equal(effects[0]?.type, 'CloseTransport');
  assert.equal(rig.ledger.sessions()[0]?.status, 'disconnected');
});

test('heartbeats come from ticks at the deadline that the ledger names', () => {
  const rig = new Rig().open();
  rig.timeUs = (rig.ledger.nextDeadlineUs() ?? 0) - 100;
  rig.tick();
  assert.equal(rig.written().at(-1), '35=0 34=2');
});
