import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger } from './ledger.ts';
import { acceptedId, Rig } from './testing/rig.ts';

function position(rig: Rig) {
  const { boughtQuantity, costNotional, netQuantity, soldQuantity } = rig.ledger.positions()[0] ?? {
    boughtQuantity: '0',
    costNotional: '0',
    netQuantity: '0',
    soldQuantity: '0',
  };
  return { boughtQuantity, costNotional, netQuantity, soldQuantity };
}

test('fills move order and position exactly, in scaled integers', () => {
  const rig = new Rig().open();
  const buy = rig.workingOrder({ quantity: '0.3' });
  rig.fill(buy, 0.1, '0.1');
  rig.fill(buy, 0.2, '0.2');
  const sell = rig.workingOrder({ side: 'sell', quantity: '5' });
  rig.fill(sell, 2, '1.5');
  assert.deepEqual(position(rig), {
    netQuantity: '-1.7',
    boughtQuantity: '0.3',
    soldQuantity: '2',
    costNotional: '-2.95',
  });
  assert.equal(rig.view(buy).state, 'Filled');
  assert.equal(rig.view(sell).state, 'Working');
  assert.deepEqual(rig.alarms(), []);
});

test('I3: the same ExecID has its effect once, with 43=Y, under a new number, or from another connection', () => {
  const rig = new Rig().open();
  const clOrdId = rig.workingOrder();
  const fill = { 17: 'x1', 11: clOrdId, 150: 'F', 39: '1', 32: '4', 31: '100', 14: '4', 151: '6' };
  rig.report(fill);
  rig.report(fill);
  rig.disconnect();
  rig.connect();
  rig.logon();
  rig.report(fill, { possDup: true });
  assert.equal(position(rig).netQuantity, '4');
  assert.equal(rig.events('DuplicateExecutionIgnored').length, 2);
  assert.equal(rig.ledger.fills().length, 1);
});

test('a status report (150=I) never moves quantities; a difference is alarmed', () => {
  const rig = new Rig().open();
  const clOrdId = rig.workingOrder();
  rig.report({ 11: clOrdId, 150: 'I', 39: '1', 32: '4', 31: '100', 14: '4', 151: '6' });
  assert.equal(rig.view(clOrdId).cumQuantity, '0');
  assert.deepEqual(rig.alarms(), ['CUM_QTY_MISMATCH']);
  assert.equal(rig.view(clOrdId).state, 'InDoubt');
});

test('FIX 4.2: ExecType 1 and 2 are trades; ExecTransType 1 busts, 2 corrects, 3 only tells the status', () => {
  const rig = new Rig().open();
  const clOrdId = rig.workingOrder();
  const base = { 11: clOrdId, 31: '100' };
  rig.report({ ...base, 17: 'a', 20: '0', 150: '1', 39: '1', 32: '4', 14: '4', 151: '6' });
  rig.report({ ...base, 17: 'b', 20: '3', 150: '1', 39: '1', 32: '4', 14: '4', 151: '6' });
  assert.equal(position(rig).netQuantity, '4');
  rig.report({ ...base, 17: 'c', 19: 'a', 20: '2', 150: '1', 39: '1', 32: '3', 14: '3', 151: '7' });
  assert.equal(position(rig).netQuantity, '3');
  rig.report({ ...base, 17: 'd', 19: 'c', 20: '1', 150: '1', 39: '0', 32: '3', 14: '0', 151: '10' });
  assert.equal(position(rig).netQuantity, '0');
  assert.deepEqual(rig.alarms(), []);
  assert.deepEqual(rig.ledger.violations(), []);
});

test('a bust (150=H) takes its fill back once, and opens an order again that it had filled', () => {
  const rig = new Rig().open();
  const clOrdId = rig.workingOrder();
  rig.fill(clOrdId, 10, '100', { 17: 'x1' });
  assert.equal(rig.view(clOrdId).state, 'Filled');
  rig.report({ 11: clOrdId, 17: 'x2', 19: 'x1', 150: 'H', 39: '0', 14: '0', 151: '10' });
  assert.equal(rig.view(clOrdId).state, 'Working');
  assert.equal(position(rig).netQuantity, '0');
  rig.report({ 11: clOrdId, 17: 'x3', 19: 'x1', 150: 'H', 39: '0', 14: '0', 151: '10' });
  assert.equal(position(rig).netQuantity, '0');
  assert.deepEqual(rig.alarms(), ['EXECUTION_NOT_BOOKED']);
  assert.deepEqual(rig.ledger.violations(), []);
});

test('a bust that names the fill of another order is not booked, and alarmed', () => {
  const rig = new Rig().open();
  const one = rig.workingOrder();
  const two = rig.workingOrder();
  rig.fill(one, 4, '100', { 17: 'x1' });
  rig.report({ 11: two, 17: 'x2', 19: 'x1', 150: 'H', 39: '0', 14: '0', 151: '10' });
  assert.equal(position(rig).netQuantity, '4');
  assert.ok(rig.alarms().includes('EXECUTION_NOT_BOOKED'));
  assert.deepEqual(rig.ledger.violations(), []);
});

test('a bust of an order that was forgotten still takes its fill back from the position', () => {
  const rig = new Rig(new Ledger({ closedOrdersMax: 1, executionsMax: 100, clientKeysMax: 100 })).open();
  const one = rig.workingOrder();
  rig.fill(one, 10, '100', { 17: 'x1' });
  rig.fill(rig.workingOrder(), 10, '100', { 17: 'x2' });
  assert.equal(rig.ledger.order(one), undefined);
  rig.report({ 11: one, 17: 'x3', 19: 'x1', 150: 'H', 39: '4', 38: '10', 14: '0', 151: '0' });
  assert.equal(position(rig).netQuantity, '10');
  assert.equal(rig.ledger.strategyPositions('s1')[0]?.netQuantity, '10');
  assert.deepEqual(rig.ledger.violations(), []);
});

test('a correction (150=G) replaces its fill', () => {
  const rig = new Rig().open();
  const clOrdId = rig.workingOrder();
  rig.fill(clOrdId, 4, '100', { 17: 'x1' });
  rig.report({ 11: clOrdId, 17: 'x2', 19: 'x1', 150: 'G', 39: '1', 32: '3', 31: '99', 14: '3', 151: '7' });
  assert.deepEqual(position(rig), { netQuantity: '3', boughtQuantity: '3', soldQuantity: '0', costNotional: '297' });
  assert.deepEqual(
    rig.ledger.fills().map(({ busted, execId }) => [execId, busted]),
    [
      ['x1', true],
      ['x2', false],
    ],
  );
});

test('an overfill is applied and alarmed: the venue is the truth', () => {
  const rig = new Rig().open();
  const clOrdId = rig.workingOrder();
  rig.fill(clOrdId, 12);
  assert.equal(position(rig).netQuantity, '12');
  assert.equal(rig.view(clOrdId).state, 'Filled');
  assert.ok(rig.alarms().includes('OVERFILL'));
});

test('a fill that came late, after the cancel, is booked and alarmed; the order stays canceled', () => {
  const rig = new Rig().open();
  const clOrdId = rig.workingOrder();
  rig.cancel(clOrdId);
  rig.report({ 11: clOrdId, 150: '4', 39: '4', 14: '0', 151: '0' });
  rig.report({ 11: clOrdId, 150: 'F', 39: '4', 32: '2', 31: '100', 14: '2', 151: '0' });
  assert.equal(rig.view(clOrdId).state, 'Canceled');
  assert.equal(position(rig).netQuantity, '2');
  assert.deepEqual(rig.alarms(), ['LATE_EXECUTION']);
});

test('row 25: an execution of a Voided order is adopted, alarmed as a violation of safety, and reserved again', () => {
  const rig = new Rig().open();
  rig.disconnect();
  const clOrdId = rig.order();
  rig.cancel(clOrdId);
  rig.connect();
  rig.logon();
  rig.report({ 11: clOrdId, 150: 'F', 39: '1', 32: '2', 31: '100', 14: '2', 151: '8' });
  assert.deepEqual(rig.alarms(), ['SAFETY_VIOLATION']);
  assert.equal(rig.view(clOrdId).state, 'Working');
  assert.equal(position(rig).netQuantity, '2');
  assert.deepEqual(rig.ledger.violations(), []);
});

test('an execution of an order that was never sent is adopted and alarmed: it does not leave a second time, nor grow too old', () => {
  for (const execType of ['0', 'F']) {
    const rig = new Rig().open();
    const doubtful = rig.order();
    rig.takeover(2);
    rig.connect();
    rig.logon();
    const held = rig.order();
    assert.equal(rig.view(held).state, 'Held');
    if (execType === 'F') rig.fill(held, 3);
    else rig.acknowledge(held);
    assert.equal(rig.view(held).state, 'Working');
    assert.deepEqual(rig.alarms(), ['SAFETY_VIOLATION']);
    const from = rig.history.length;
    rig.acknowledge(doubtful);
    const question = / 790=(\S+)/.exec(rig.written().find((text) => text.startsWith('35=H')) ?? '')?.[1] ?? '';
    rig.report({ 11: doubtful, 790: question, 17: '0', 150: 'I', 39: '0', 14: '0', 151: '10' });
    assert.equal(rig.ledger.gate('SIM').open, true);
    rig.tick(5_000);
    assert.equal(rig.view(held).state, 'Working');
    assert.deepEqual(
      rig.written(from).filter((text) => text.startsWith('35=D')),
      [],
    );
    assert.deepEqual(rig.ledger.violations(), []);
  }
});

test('a fill of an order of somebody else moves the position and belongs to no strategy', () => {
  const rig = new Rig().open();
  rig.report({ 11: 'THEIRS-1', 150: 'F', 39: '1', 38: '8', 44: '100', 32: '2', 31: '100', 14: '5', 151: '3' });
  assert.equal(rig.events('ExternalOrderSeen').length, 1);
  assert.equal(rig.view('THEIRS-1').external, true);
  assert.equal(position(rig).netQuantity, '2');
  assert.equal(rig.ledger.strategyPositions('')[0]?.netQuantity, '2');
  assert.deepEqual(rig.alarms(), []);
});

test('a report of an id with our prefix that we do not know is adopted and alarmed', () => {
  const rig = new Rig().open();
  rig.report({ 11: 'TEST-1-ZZZ', 150: '0', 39: '0', 38: '8', 44: '100', 14: '0', 151: '8' });
  assert.deepEqual(rig.alarms(), ['UNKNOWN_OWN_ORDER']);
  assert.equal(rig.view('TEST-1-ZZZ').state, 'Working');
});

test('a status report of an order that nobody knows takes nothing in, however often it comes', () => {
  const rig = new Rig().open();
  for (let n = 0; n < 2; n += 1) {
    rig.report({ 17: '0', 11: 'X', 150: 'I', 39: '0', 38: '8', 14: '0', 151: '8' });
    rig.report({ 17: '0', 11: 'X', 55: 'DOGE-USD', 150: 'I', 39: '8', 103: '5', 14: '0', 151: '0' });
  }
  assert.deepEqual(rig.alarms(), []);
  assert.equal(rig.ledger.orders().length, 0);
});

test('an execution that cannot be booked is alarmed and its order stays in doubt, reserved', () => {
  const rig = new Rig().open();
  const clOrdId = rig.workingOrder();
  rig.report({ 11: clOrdId, 150: 'F', 39: '1', 32: '2', 31: '100.123', 14: '2', 151: '8' });
  assert.equal(rig.alarms()[0], 'EXECUTION_NOT_BOOKED');
  assert.equal(rig.view(clOrdId).state, 'InDoubt');
  rig.report({ 11: 'X', 55: 'DOGE-USD', 150: 'F', 39: '1', 32: '2', 31: '1', 14: '2', 151: '8' });
  assert.equal(rig.alarms().at(-1), 'EXECUTION_NOT_BOOKED');
});

test('a fill that went missing shows as a difference of CumQty', () => {
  const rig = new Rig().open();
  const clOrdId = rig.workingOrder();
  rig.report({ 11: clOrdId, 150: 'F', 39: '1', 32: '2', 31: '100', 14: '5', 151: '5' });
  assert.deepEqual(rig.alarms(), ['CUM_QTY_MISMATCH']);
  assert.equal(position(rig).netQuantity, '2');
});

test('the venue may cancel, expire and reject without being asked', () => {
  const rig = new Rig().open();
  const outcomes = ['4', 'C', '8'].map((execType) => {
    const clOrdId = rig.workingOrder();
    rig.report({ 11: clOrdId, 150: execType, 39: execType, 58: 'why', 14: '0', 151: '0' });
    const { reason, state } = rig.view(clOrdId);
    return [state, reason];
  });
  assert.deepEqual(outcomes, [
    ['Canceled', 'why'],
    ['Expired', 'why'],
    ['Rejected', 'why'],
  ]);
});

test('a refused cancel leaves the order working and is told; so does a refused replace', () => {
  const rig = new Rig().open();
  const clOrdId = rig.workingOrder();
  for (const change of [rig.cancel(clOrdId), undefined]) {
    const id = acceptedId(change ?? rig.replace(clOrdId, '12', '100'));
    rig.inbound('9', [
      [11, id],
      [41, clOrdId],
      [39, '0'],
      [102, 0],
      [58, 'too late'],
    ]);
    assert.equal(rig.view(clOrdId).state, 'Working');
  }
  assert.deepEqual(
    rig.events('CancelRejected').map(({ reason }) => reason),
    ['too late', 'too late'],
  );
  assert.deepEqual(rig.ledger.violations(), []);
});

test('a new order refused by Reject (3) or BusinessMessageReject (j) is Rejected', () => {
  const rig = new Rig().open();
  const one = rig.order();
  rig.inbound('3', [
    [45, rig.view(one).slot],
    [372, 'D'],
    [373, 5],
    [58, 'bad value'],
  ]);
  const two = rig.order();
  rig.inbound('j', [
    [45, rig.view(two).slot],
    [372, 'D'],
    [380, 2],
    [58, 'no such security'],
  ]);
  assert.deepEqual(
    [one, two].map((clOrdId) => [rig.view(clOrdId).state, rig.view(clOrdId).reason]),
    [
      ['Rejected', 'bad value'],
      ['Rejected', 'no such security'],
    ],
  );
});

test('messages of other types are alarmed, not applied', () => {
  const rig = new Rig().open();
  rig.inbound('B', [[148, 'headline']]);
  assert.deepEqual(rig.alarms(), ['MESSAGE_NOT_HANDLED']);
});
