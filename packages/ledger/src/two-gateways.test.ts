import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profiledRig } from './testing/profiled.ts';
import type { Rig } from './testing/rig.ts';

/** The leader dies; its successor logs on at the other gateway, whose numbers are `venueNext`. */
function other(rig: Rig, venueNext = 1): number {
  const from = rig.history.length;
  rig.takeover(2);
  rig.connect(1);
  rig.venueNext = venueNext;
  rig.logon();
  return from;
}

function types(rig: Rig, from: number): string[] {
  return rig.written(from).map((text) => / ?35=(\S+)/.exec(text)?.[1] ?? '');
}

function lastExecId(rig: Rig, execId: string): void {
  rig.inbound('F2', [[17, execId]]);
}

/** The venue answers the TestRequest that proves that nothing is asked for again. */
function provenBarrier(rig: Rig): void {
  const id = / 112=(\S+)/.exec(rig.written().findLast((text) => text.startsWith('35=1 ')) ?? '')?.[1] ?? '';
  rig.inbound('0', [[112, id]]);
}

test('the other gateway has numbers of its own: the new leader begins at 1 there, and the first goes on where it was', () => {
  const rig = profiledRig('coinbase-derivatives-like');
  provenBarrier(rig);
  lastExecId(rig, '0');
  rig.workingOrder();
  const nextOut = rig.nextOut();
  const from = other(rig);
  assert.match(rig.written(from)[0] ?? '', /^35=A 34=1 /);
  assert.equal(rig.ledger.sessions()[0]?.gateway, 1);
  rig.takeover(3);
  rig.connect(0);
  assert.match(rig.written(from).at(-1) ?? '', new RegExp(`^35=A 34=${nextOut} `));
  assert.deepEqual(rig.ledger.violations(), []);
});

test('what was under way is found by the replay of events; what has none was never processed', () => {
  const rig = profiledRig('coinbase-derivatives-like');
  provenBarrier(rig);
  lastExecId(rig, '0');
  assert.equal(rig.ledger.gate('SIM').open, true);
  const known = rig.workingOrder();
  const accepted = rig.order();
  const lost = rig.order();
  const from = other(rig);
  provenBarrier(rig);
  assert.equal(types(rig, from).at(-1), 'F1');
  lastExecId(rig, 'e9');
  assert.match(rig.written(from).at(-1) ?? '', /^35=F3 34=4 22004=e1 22005=e9$/);
  rig.report({ 17: 'e1', 11: known, 150: '0', 39: '0', 14: '0', 151: '10' });
  rig.report({ 17: 'e9', 11: accepted, 150: '0', 39: '0', 14: '0', 151: '10' });
  assert.equal(rig.view(accepted).state, 'Working');
  // Each order is asked about once more: the answer is the evidence in the report.
  assert.equal(types(rig, from).at(-1), 'AF');
  const questions = rig.written(from).filter((text) => text.startsWith('35=AF'));
  for (const question of questions) {
    const id = / 584=(\S+)/.exec(question)?.[1] ?? '';
    const clOrdId = / 11=(\S+)/.exec(question)?.[1] ?? '';
    if (clOrdId === lost) rig.report({ 17: '0', 11: lost, 150: 'I', 39: '8', 103: '5', 584: id, 14: '0', 151: '0' });
    else rig.report({ 17: '0', 11: clOrdId, 150: 'I', 39: '0', 584: id, 14: '0', 151: '10' });
  }
  assert.equal(rig.view(lost).state, 'Voided');
  assert.equal(rig.ledger.gate('SIM').open, true);
  assert.deepEqual(rig.ledger.violations(), []);
});

test('an execution that comes on both gateways counts once', () => {
  const rig = profiledRig('coinbase-derivatives-like');
  provenBarrier(rig);
  lastExecId(rig, '0');
  const clOrdId = rig.workingOrder();
  rig.fill(clOrdId, 4, '100', { 17: 'x5' });
  other(rig);
  rig.report({ 17: 'x5', 11: clOrdId, 150: 'F', 39: '1', 32: '4', 31: '100', 14: '4', 151: '6' });
  assert.equal(rig.view(clOrdId).cumQuantity, '4');
  assert.equal(rig.events('DuplicateExecutionIgnored').length, 1);
});

test('a venue that does not answer the replay is asked three times, alarmed, and each order asked about', () => {
  const rig = profiledRig('coinbase-derivatives-like', { heartBtIntS: 30 });
  rig.inbound('0', [[112, 'x']]);
  const id = / 112=(\S+)/.exec(rig.written().findLast((text) => text.startsWith('35=1 ')) ?? '')?.[1] ?? '';
  rig.inbound('0', [[112, id]]);
  for (let n = 0; n < 3; n += 1) {
    assert.equal(rig.ledger.gate('SIM').open, false);
    rig.timeUs = (rig.ledger.nextDeadlineUs() ?? 0) - 100;
    rig.tick();
  }
  assert.ok(rig.alarms().includes('EVENT_REPLAY_FAILED'));
  assert.equal(rig.ledger.gate('SIM').open, true);
});

test('a snapshot keeps both sessions', () => {
  const rig = profiledRig('coinbase-derivatives-like');
  provenBarrier(rig);
  lastExecId(rig, '0');
  const nextOut = rig.nextOut();
  other(rig);
  rig.reload();
  rig.takeover(3);
  rig.connect(0);
  assert.match(rig.written().at(-1) ?? '', new RegExp(`^35=A 34=${nextOut} `));
});
