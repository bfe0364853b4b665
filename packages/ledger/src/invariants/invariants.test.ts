/** Each invariant finds a history or state that breaks it, and is silent on one that does not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Configured } from '../configured.ts';
import { resolveConfiguration } from '../configured.ts';
import type { Applied } from '../entry.ts';
import type { Instrument } from '../instrument.ts';
import { DEFAULT_HORIZONS, LedgerState } from '../ledger-state.ts';
import { newOrder, type Order } from '../order.ts';
import { Rig } from '../testing/rig.ts';
import { configuration } from '../testing/some-configuration.ts';
import { historyViolations, stateViolations } from './all.ts';
import { assertMayLeave } from './at-release.ts';
import { exposureAtRelease } from './i09-exposure-at-release.ts';
import { hashesAreEqual } from './i10-equal-hashes.ts';
import { releaseWhileInDoubt } from './i13-in-doubt-closes-gate.ts';
import type { Violation } from './violation.ts';

function found(violations: readonly Violation[]): string[] {
  return violations.map(({ invariant }) => invariant);
}

function stateWithOrder(): { state: LedgerState; order: Order; instrument: Instrument } {
  const state = new LedgerState(DEFAULT_HORIZONS);
  const outcome = resolveConfiguration(configuration(), undefined);
  state.configured = (outcome as { configured: Configured }).configured;
  const instrument = state.instrument('BTC-USD') as Instrument;
  const order = newOrder({
    rootClOrdId: 'A',
    clientKey: 'k',
    strategyId: 's',
    instrument,
    side: 'buy',
    orderType: 'limit',
    timeInForce: 'day',
    quantity: 10n,
    price: 1n,
    phase: 'Working',
    createdIndex: 1,
    createdTimeUs: 1,
    external: false,
  });
  state.positions.reserve(order);
  state.orders.add(order);
  assert.deepEqual(stateViolations(state), []);
  return { state, order, instrument };
}

/** What happened to a healthy rig, with one entry changed by hand. */
function tampered(change: (history: Applied[]) => void): string[] {
  const rig = new Rig().open();
  const clOrdId = rig.workingOrder();
  rig.fill(clOrdId, 10, '100', { 17: 'x1' });
  const history = structuredClone(rig.history);
  assert.deepEqual(historyViolations(history), []);
  change(history);
  return historyViolations(history).map(({ invariant }) => invariant);
}

function withEffect(history: readonly Applied[], msgType: string) {
  for (const applied of history) {
    for (const effect of applied.effects) {
      if (effect.type === 'SendFix' && effect.msgType === msgType) return { applied, effect };
    }
  }
  throw new Error(`no ${msgType} was sent`);
}

test('I1 finds a position that its fills do not add up to', () => {
  const { state, instrument } = stateWithOrder();
  state.positions.book({ instrument, strategyId: 's', side: 'buy', quantity: 1n, price: 1n, timeUs: 1 });
  assert.deepEqual(new Set(stateViolations(state).map(({ invariant }) => invariant)), new Set(['I1']));
});

test('I2 finds a CumQty without fills, and an open order that is filled', () => {
  const { state, order } = stateWithOrder();
  order.cumQuantity = 10n;
  state.positions.reserve(order);
  assert.deepEqual(
    stateViolations(state).map(({ invariant }) => invariant),
    ['I2', 'I2'],
  );
});

test('I3 finds an execution that was booked twice', () => {
  assert.deepEqual(
    tampered((history) => {
      const fill = history.find(({ events }) => events.some(({ type }) => type === 'FillApplied'));
      history.push(fill as Applied);
    }),
    ['I3'],
  );
});

test('I4 finds a number that was left out, and one that was used twice', () => {
  const skip = tampered((history) => {
    const { effect } = withEffect(history, 'D');
    Object.assign(effect, { msgSeqNum: effect.msgSeqNum + 1 });
  });
  const twice = tampered((history) => {
    const { applied, effect } = withEffect(history, 'D');
    Object.assign(applied, { effects: [effect, effect] });
  });
  assert.deepEqual([skip, twice], [['I4'], ['I4', 'I6']]);
});

test('I5 finds a resend that differs from its slot', () => {
  assert.deepEqual(
    tampered((history) => {
      const { applied, effect } = withEffect(history, 'D');
      const body = Buffer.from('11=OTHER\u0001');
      Object.assign(applied, { effects: [effect, { ...effect, possDup: true, body }] });
    }),
    ['I5'],
  );
});

test('I6 finds one ClOrdID in two slots, and one clientKey with two orders', () => {
  const slots = tampered((history) => {
    const { applied, effect } = withEffect(history, 'D');
    Object.assign(applied, { effects: [effect, { ...effect, msgSeqNum: effect.msgSeqNum + 1 }] });
  });
  const keys = tampered((history) => {
    const applied = history.at(-1) as Applied;
    const changed = applied.events.find(({ type }) => type === 'OrderChanged');
    assert.ok(changed?.type === 'OrderChanged');
    Object.assign(changed, { order: { ...changed.order, rootClOrdId: 'B' } });
  });
  assert.deepEqual([slots, keys], [['I6'], ['I6']]);
});

test('I8 finds a reservation that is not the worst case', () => {
  const { state, order } = stateWithOrder();
  order.reserved = 9n;
  assert.deepEqual(
    stateViolations(state).map(({ invariant }) => invariant),
    // The order, its side in all, and its side of its strategy.
    ['I8', 'I8', 'I8'],
  );
});

test('I8 finds capital that is not conserved, and a scope that counts other orders or amounts than there are', () => {
  const { state, order } = stateWithOrder();
  order.reservation.posted += 1n;
  assert.deepEqual(found(stateViolations(state)), ['I8']);
  order.reservation.posted -= 1n;
  state.risk.whole.openOrders += 1;
  assert.deepEqual(found(stateViolations(state)), ['I8']);
  state.risk.whole.openOrders -= 1;
  state.risk.whole.capital('').pending += 1n;
  state.risk.whole.capital('').margin += 1n;
  assert.deepEqual(found(stateViolations(state)), ['I8', 'I8']);
});

test('I9 finds an order that is about to leave beyond a position limit of its strategy, and stops the process', () => {
  const { state, order } = stateWithOrder();
  assert.deepEqual(exposureAtRelease(state, order), []);
  state.risk.override(state.risk.scopeOf('strategy', 's'), { positionMax: '0.009' });
  assert.deepEqual(found(exposureAtRelease(state, order)), ['I9']);
  assert.throws(() => assertMayLeave(state, order), /broken invariant I9: order A leaves/);
});

test('I13 finds an order that is about to leave while another of its strategy is in doubt, and a wrong count', () => {
  const { state, instrument, order } = stateWithOrder();
  const other = newOrder({ ...order, rootClOrdId: 'B' });
  state.positions.reserve(other);
  state.orders.add(other);
  order.inDoubt = true;
  assert.deepEqual(found(stateViolations(state)), ['I13', 'I13', 'I13', 'I13']);
  state.positions.reserve(order);
  assert.deepEqual(stateViolations(state), []);
  assert.deepEqual(found(releaseWhileInDoubt(state, other)), ['I13']);
  assert.throws(() => assertMayLeave(state, other), /broken invariant I13/);
  // What can only reduce the position may leave.
  state.positions.book({ instrument, strategyId: 's', side: 'sell', quantity: 90n, price: 1n, timeUs: 1 });
  assert.deepEqual(releaseWhileInDoubt(state, other), []);
});

/** What strategies and reconciliation made happen on a healthy rig, with one entry changed by hand. */
function tamperedTimers(change: (history: Applied[]) => void): string[] {
  const rig = new Rig().open();
  const dueUs = rig.timeUs + 10_000;
  for (const [timerId, afterUs] of [['b', 5] as const, ['a', 3] as const]) {
    rig.apply({ type: 'SetTimer', strategyId: 's', timerId, dueUs: dueUs + afterUs });
  }
  rig.apply({
    type: 'BookAdjustment',
    adjustmentId: 'x',
    symbol: 'BTC-USD',
    strategyId: '',
    quantity: '1',
    price: '1',
    reason: '',
  });
  rig.tick(50);
  const history = structuredClone(rig.history);
  assert.deepEqual(historyViolations(history), []);
  change(history);
  return historyViolations(history).map(({ invariant }) => invariant);
}

test('I14 finds a timer that fires twice, one that fires early, and two that fire in the wrong order', () => {
  const twice = tamperedTimers((history) => history.push(history.at(-1) as Applied));
  const early = tamperedTimers((history) => {
    for (const event of history.at(-1)?.events ?? []) Object.assign(event, { timeUs: event.timeUs - 50_000 });
  });
  const unordered = tamperedTimers((history) => {
    const last = history.at(-1) as Applied;
    Object.assign(last, { events: [...last.events].reverse() });
  });
  assert.deepEqual([twice, early, unordered], [['I14', 'I14'], ['I14', 'I14'], ['I14']]);
});

test('I15 finds an adjustment that was booked twice', () => {
  const booked = (history: readonly Applied[]) =>
    history.find(({ events }) => events.some(({ type }) => type === 'AdjustmentBooked')) as Applied;
  assert.deepEqual(
    tamperedTimers((history) => history.push(booked(history))),
    ['I15'],
  );
});

test('I10 finds a ledger that is not what its log makes', () => {
  const rig = new Rig().open();
  rig.order();
  assert.deepEqual(hashesAreEqual(rig.ledger, rig.log), []);
  const found = hashesAreEqual(rig.ledger, rig.log.slice(0, -1)).map(({ invariant }) => invariant);
  assert.deepEqual(found, ['I10', 'I10']);
});

test('I12 finds a closed order that lives again without a reason', () => {
  assert.deepEqual(
    tampered((history) => {
      const applied = history.find(({ events }) =>
        events.some((event) => event.type === 'OrderChanged' && event.order.state === 'Working'),
      );
      history.push(applied as Applied);
    }),
    ['I12'],
  );
});
