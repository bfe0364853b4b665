import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asked, lastQuestion, profiledRig } from './testing/profiled.ts';
import type { Rig } from './testing/rig.ts';

/** The leader dies and its successor is logged on. */
function failover(rig: Rig, node = 2): number {
  const from = rig.history.length;
  rig.takeover(node);
  rig.connect();
  rig.logon();
  return from;
}

function unknown(rig: Rig, clOrdId: string): void {
  const id = lastQuestion(rig);
  rig.report({ 17: '0', 11: clOrdId, 150: 'I', 39: '8', 103: '5', 584: id, 790: id, 14: '0', 151: '0' });
}

function status(rig: Rig, clOrdId: string, ordStatus: string, figures: Readonly<Record<number, string>> = {}): void {
  const id = lastQuestion(rig);
  const { quantity } = rig.view(clOrdId);
  rig.report({ 17: '0', 11: clOrdId, 150: 'I', 39: ordStatus, 584: id, 790: id, 38: quantity, 14: '0', ...figures });
}

/** Time passes until the ledger has something to do. */
function untilDue(rig: Rig): void {
  rig.timeUs = Math.max(rig.timeUs, (rig.ledger.nextDeadlineUs() ?? 0) - 100);
  rig.tick();
}

test('numbers start at 1 with every logon, said by 141=Y where the venue wants it', () => {
  for (const [name, logon] of [
    ['deribit-like', '35=A 34=1 98=0 108=5 141=Y 9001=N'],
    ['binance-like', '35=A 34=1 98=0 108=5 141=Y'],
    ['coinbase-exchange-like', '35=A 34=1 98=0 108=5 1137=9 8013=N'],
  ] as const) {
    const rig = profiledRig(name);
    rig.workingOrder();
    const from = failover(rig);
    assert.equal(rig.written(from)[0], logon);
    assert.deepEqual(rig.alarms(), []);
  }
});

test('the CompID is the cluster’s, the node’s or the connection’s own, as the venue needs it', () => {
  const compIds = (name: string): (string | undefined)[] => {
    const rig = profiledRig(name);
    const now = (): string | undefined => rig.ledger.sessions()[0]?.senderCompId;
    const all = [now()];
    failover(rig, 2);
    all.push(now());
    rig.disconnect();
    rig.connect();
    all.push(now());
    return all;
  };
  assert.deepEqual(compIds('coinbase-exchange-like'), ['BATON', 'BATON', 'BATON']);
  assert.deepEqual(compIds('deribit-like'), ['BATONN1', 'BATONN2', 'BATONN2']);
  assert.deepEqual(compIds('binance-like'), ['BA1T1', 'BA2T2', 'BA2T2-2']);
});

test('a message carries the CompID of its connection', () => {
  const rig = profiledRig('binance-like');
  const { effects } = rig.submit();
  assert.deepEqual(
    effects.map((effect) => effect.type === 'SendFix' && [effect.senderCompId, effect.sentAtEntryTime]),
    [['BA1T1', true]],
  );
});

test('every order message carries the receive window where the venue looks at it, in the unit that it wants', () => {
  const rig = profiledRig('binance-like', {}, { receiveWindowMs: 300 });
  const clOrdId = rig.workingOrder();
  rig.cancel(clOrdId);
  const sent = rig.written().filter((text) => /^35=[DFG] /.test(text));
  assert.equal(sent.length, 2);
  for (const text of sent) assert.match(text, / 25000=300000$/);
  assert.doesNotMatch(profiledRig('deribit-like').written().join(), /25000/);
});

test('found: adopted at once, whatever the window; what the venue knows is never sent again', () => {
  const rig = profiledRig('deribit-like');
  const clOrdId = rig.order();
  const from = failover(rig);
  assert.deepEqual(asked(rig, from), [clOrdId]);
  assert.equal(rig.ledger.gate('SIM').phase, 'InboundSynced');
  status(rig, clOrdId, '0', { 151: '10' });
  assert.equal(rig.view(clOrdId).state, 'Working');
  assert.equal(rig.ledger.gate('SIM').open, true);
  assert.deepEqual(
    rig.written(from).filter((text) => text.startsWith('35=D')),
    [],
  );
});

test('unknown within the window proves nothing: asked again at its end, and only then voided', () => {
  const rig = profiledRig('deribit-like');
  const clOrdId = rig.order();
  const from = failover(rig);
  unknown(rig, clOrdId);
  assert.equal(rig.view(clOrdId).state, 'InDoubt');
  assert.equal(rig.ledger.gate('SIM').open, false);
  untilDue(rig);
  assert.deepEqual(asked(rig, from), [clOrdId, clOrdId]);
  unknown(rig, clOrdId);
  assert.equal(rig.view(clOrdId).state, 'Voided');
  assert.equal(rig.ledger.gate('SIM').open, true);
  assert.deepEqual(rig.ledger.violations(), []);
});

test('an answer to the question put within the window stays without proof, however late it comes', () => {
  const rig = profiledRig('deribit-like');
  const clOrdId = rig.order();
  failover(rig);
  rig.timeUs += 1_000_000;
  unknown(rig, clOrdId);
  assert.equal(rig.view(clOrdId).state, 'InDoubt');
  untilDue(rig);
  unknown(rig, clOrdId);
  assert.equal(rig.view(clOrdId).state, 'Voided');
});

test('the window ends with the last order’s time plus receive window, delay and skew; without one with the line’s end', () => {
  const windowed = profiledRig('binance-like');
  windowed.order();
  const sentUs = windowed.timeUs;
  windowed.timeUs += 50_000;
  failover(windowed);
  const question = windowed.history.flatMap(({ effects }) => effects).findLast((effect) => effect.type === 'AskVenue');
  assert.ok(question?.type === 'AskVenue');
  windowed.answer(question.question, [{ 11: question.clOrdIds[0] ?? '', 39: '8', 103: '5' }]);
  assert.equal(windowed.ledger.nextDeadlineUs(), sentUs + (250 + 100 + 100) * 1000);

  const plain = profiledRig('deribit-like');
  const clOrdId = plain.order();
  plain.timeUs += 50_000;
  plain.takeover(2);
  const endedUs = plain.timeUs;
  plain.connect();
  plain.logon();
  unknown(plain, clOrdId);
  assert.equal(plain.ledger.nextDeadlineUs(), endedUs + (250 + 100) * 1000);
});

test('over HTTP: the leader asks, and the answers come back as an entry; later answers to old questions count for nothing', () => {
  const rig = profiledRig('binance-like');
  const clOrdId = rig.order();
  const from = failover(rig);
  const [question] = rig.history
    .slice(from)
    .flatMap(({ effects }) => effects.filter(({ type }) => type === 'AskVenue'));
  assert.ok(question?.type === 'AskVenue');
  assert.deepEqual(question.clOrdIds, [clOrdId]);
  rig.answer(question.question - 1, [{ 11: clOrdId, 39: '0', 14: '0', 151: '10' }]);
  assert.equal(rig.view(clOrdId).state, 'InDoubt');
  rig.answer(question.question, [
    { 17: 't1', 11: clOrdId, 150: 'F', 39: '1', 32: '4', 31: '100', 14: '4', 151: '6' },
    { 11: clOrdId, 39: '1', 14: '4', 151: '6' },
  ]);
  assert.equal(rig.view(clOrdId).state, 'Working');
  assert.equal(rig.view(clOrdId).cumQuantity, '4');
  assert.equal(rig.ledger.gate('SIM').open, true);
  assert.deepEqual(rig.alarms(), []);
});

test('every open order is asked about, because what happened while no line was up is not told again', () => {
  const rig = profiledRig('coinbase-exchange-like');
  const working = rig.workingOrder();
  const from = failover(rig);
  assert.deepEqual(asked(rig, from), [working]);
  status(rig, working, '4', { 151: '0' });
  assert.equal(rig.view(working).state, 'Canceled');
  assert.equal(rig.ledger.gate('SIM').open, true);
});

test('a fill that nobody reported is inferred at the price that the average leaves, once, and alarmed', () => {
  const rig = profiledRig('coinbase-exchange-like');
  const clOrdId = rig.workingOrder();
  rig.fill(clOrdId, 2, '100');
  failover(rig);
  status(rig, clOrdId, '1', { 14: '6', 151: '4', 6: '102' });
  const { cumQuantity, state } = rig.view(clOrdId);
  assert.deepEqual([cumQuantity, state], ['6', 'Working']);
  assert.deepEqual(rig.alarms(), ['FILL_INFERRED']);
  assert.deepEqual(
    rig.ledger.fills().map(({ quantity, price }) => [quantity, price]),
    [
      ['2', '100'],
      ['4', '103'],
    ],
  );
  // The execution itself turns up: counted already.
  rig.report({ 11: clOrdId, 150: 'F', 39: '1', 32: '4', 31: '103', 14: '6', 151: '4' });
  assert.equal(rig.view(clOrdId).cumQuantity, '6');
  rig.report({ 11: clOrdId, 150: 'F', 39: '2', 32: '4', 31: '100', 14: '10', 151: '0' });
  assert.equal(rig.view(clOrdId).state, 'Filled');
  assert.deepEqual(rig.ledger.violations(), []);
});

test('a cancel in doubt waits for the window, then goes out again; a replace is dropped', () => {
  const rig = profiledRig('deribit-like', { orderMaxAgeMs: 60_000 });
  const one = rig.workingOrder();
  const two = rig.workingOrder();
  rig.cancel(one);
  rig.replace(two, '12', '100');
  const from = failover(rig);
  const answer = (): void => {
    const ids = rig.written(from).filter((text) => text.startsWith('35=AF '));
    for (const [n, clOrdId] of [one, two].entries()) {
      const id = / 584=(\S+)/.exec(ids.at(n - 2) ?? '')?.[1] ?? '';
      rig.report({ 17: '0', 11: clOrdId, 150: 'I', 39: '0', 584: id, 38: '10', 14: '0', 151: '10' });
    }
  };
  answer();
  assert.deepEqual([rig.view(one).state, rig.view(two).state], ['InDoubt', 'InDoubt']);
  untilDue(rig);
  answer();
  assert.deepEqual([rig.view(one).state, rig.view(two).state], ['PendingCancel', 'Working']);
  assert.equal(rig.written(from).filter((text) => text.startsWith('35=F ')).length, 1);
  assert.equal(rig.ledger.gate('SIM').open, true);
});

test('a gap ends the line: the venue sends nothing again, and its next logon begins a new session', () => {
  const rig = profiledRig('deribit-like');
  const from = rig.history.length;
  rig.inbound('0', [], { seq: 9 });
  assert.deepEqual(
    rig.history.slice(from).flatMap(({ effects }) => effects.map(({ type }) => type)),
    ['CloseTransport'],
  );
  assert.equal(rig.ledger.gate('SIM').phase, 'Barrier');
  rig.connect();
  rig.logon();
  assert.equal(rig.ledger.gate('SIM').open, true);
});

test('a snapshot in the middle of a takeover changes nothing', () => {
  const rig = profiledRig('binance-like');
  rig.order();
  failover(rig);
  rig.reload();
  assert.equal(rig.ledger.sessions()[0]?.senderCompId, 'BA2T2');
  untilDue(rig);
  assert.equal(rig.ledger.gate('SIM').open, false);
});
