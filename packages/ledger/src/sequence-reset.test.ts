import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Applied } from './index.ts';
import { asked, lastQuestion } from './testing/profiled.ts';
import { Rig } from './testing/rig.ts';

function accept(rig: Rig, numbers: { readonly nextOut?: number; readonly nextIn?: number } = {}): Applied {
  return rig.apply({
    type: 'AcceptSequenceReset',
    venue: 'SIM',
    nextOut: 1,
    nextIn: 1,
    reason: 'by phone',
    ...numbers,
  });
}

/** The venue logs on with 141=Y, with an order working and one unanswered. */
function resetByVenue(): { rig: Rig; working: string; sent: string } {
  const rig = new Rig().open();
  const working = rig.workingOrder();
  const sent = rig.order();
  rig.disconnect();
  rig.connect();
  rig.venueNext = 1;
  rig.inbound('A', [
    [98, 0],
    [108, 5],
    [141, 'Y'],
    [789, 2],
  ]);
  return { rig, working, sent };
}

test('row 20: once an operator accepts the restart, every open order is asked about and the gate opens', () => {
  const { rig, working, sent } = resetByVenue();
  assert.equal(rig.ledger.gate('SIM').open, false);
  const from = rig.history.length;
  assert.equal(accept(rig).result.ok, true);
  assert.deepEqual(asked(rig, from), [working, sent]);
  const [first = '', second = ''] = rig.written(from).map((text) => / 790=(\S+)/.exec(text)?.[1] ?? '');
  rig.report({ 17: '0', 11: working, 150: 'I', 39: '0', 790: first, 14: '0', 151: '10' });
  rig.report({ 17: '0', 11: sent, 150: 'I', 39: '8', 103: '5', 790: second, 14: '0', 151: '0' });
  assert.deepEqual([rig.view(working).state, rig.view(sent).state], ['Working', 'Voided']);
  assert.equal(rig.ledger.gate('SIM').open, true);
  assert.deepEqual(
    rig.events('SequenceResetAccepted').map(({ reason }) => reason),
    ['by phone'],
  );
});

test('nothing is accepted that is not in question, nor for a venue that does not exist, nor numbers that are none', () => {
  const rig = new Rig().open();
  const refused = accept(rig).result;
  assert.equal(!refused.ok && refused.code, 'BAD_COMMAND');
  const { rig: reset } = resetByVenue();
  assert.equal(accept(reset, { nextOut: 0 }).result.ok, false);
  assert.equal(accept(reset, { nextIn: 2 ** 31 }).result.ok, false);
  assert.equal(
    reset.apply({ type: 'AcceptSequenceReset', venue: 'NYX', nextOut: 1, nextIn: 1, reason: '' }).result.ok,
    false,
  );
  assert.equal(reset.ledger.gate('SIM').open, false);
});

test('row 20: a venue that has lost its numbers is not asked to log on again until an operator says with which ones', () => {
  const rig = new Rig().open();
  const sent = rig.order();
  rig.disconnect();
  rig.connect();
  rig.venueNext = 1;
  rig.logon();
  assert.ok(rig.alarms().includes('SEQUENCE_RESET'));
  const from = rig.history.length;
  rig.connect();
  assert.deepEqual(
    rig.history
      .slice(from)
      .flatMap(({ effects }) => effects.map((effect) => effect.type === 'CloseTransport' && effect.reason)),
    ['awaiting-operator'],
  );
  assert.equal(accept(rig).result.ok, true);
  rig.connect();
  assert.match(rig.written().at(-1) ?? '', /^35=A 34=1 /);
  rig.venueNext = 1;
  rig.logon();
  rig.report({ 17: '0', 11: sent, 150: 'I', 39: '0', 790: lastQuestion(rig), 14: '0', 151: '10' });
  assert.equal(rig.view(sent).state, 'Working');
  assert.equal(rig.ledger.gate('SIM').open, true);
  assert.deepEqual(rig.ledger.violations(), []);
});

test('what no answer can settle an operator ends, with the reason in the record; nothing else may be ended so', () => {
  const { rig, working, sent } = resetByVenue();
  const settle = (clOrdId: string, outcome: 'Voided' | 'Canceled'): Applied =>
    rig.apply({ type: 'SettleInDoubt', clOrdId, outcome, reason: 'broker confirms' });
  assert.equal(settle(working, 'Canceled').result.ok, false);
  assert.equal(settle('NONE', 'Canceled').result.ok, false);
  assert.equal(settle(sent, 'Voided').result.ok, true);
  assert.equal(settle(sent, 'Voided').result.ok, false);
  assert.equal(rig.view(sent).state, 'Voided');
  const doubt = rig.ledger.takeovers().at(-1)?.venues[0]?.orders[0];
  assert.deepEqual([doubt?.evidence, doubt?.detail], ['Operator', 'broker confirms']);
  assert.deepEqual(rig.ledger.violations(), []);
});
