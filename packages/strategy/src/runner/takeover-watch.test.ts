import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { LedgerEvent, OrderView } from '@baton/ledger';
import { TakeoverWatch } from './takeover-watch.ts';

const OWN = 'maker';
let count = 0;

/** Events as the log has them: what a test does not say does not matter to it. */
function event(body: Partial<LedgerEvent> & { readonly type: LedgerEvent['type'] }, timeUs = 0): LedgerEvent {
  count += 1;
  return { venue: 'SIM', index: count, n: 0, timeUs, ...body } as LedgerEvent;
}

function order(rootClOrdId: string, state: OrderView['state'], strategyId = OWN): LedgerEvent {
  return event({ type: 'OrderChanged', order: { rootClOrdId, state, strategyId, venue: 'SIM' } as OrderView });
}

function reportOf(...events: readonly LedgerEvent[]) {
  const watch = new TakeoverWatch(OWN);
  const reports = events.flatMap((each) => watch.hear(each) ?? []);
  assert.equal(reports.length, 1);
  return reports[0];
}

const closed = (timeUs = 0) => event({ type: 'GateClosed', reason: 'failover' }, timeUs);
const opened = (timeUs = 0) => event({ type: 'GateOpened', term: 2 }, timeUs);

it('a takeover tells what it did to the own orders, and of nobody else', () => {
  const fill = event({ type: 'FillApplied', strategyId: OWN, execId: 'x1' });
  const report = reportOf(
    closed(),
    order('a', 'Voided'),
    order('b', 'InDoubt'),
    order('c', 'Voided', 'another'),
    fill,
    event({ type: 'FillApplied', strategyId: 'another', execId: 'x2' }),
    opened(),
  );
  assert.deepEqual(
    report?.voided.map(({ rootClOrdId }) => rootClOrdId),
    ['a'],
  );
  assert.deepEqual(
    report?.inDoubt.map(({ rootClOrdId }) => rootClOrdId),
    ['b'],
  );
  assert.deepEqual(report?.fills, [fill]);
});

it('an order whose doubt was resolved on the way is not told as in doubt', () => {
  const report = reportOf(
    closed(),
    order('a', 'InDoubt'),
    order('a', 'Working'),
    order('b', 'InDoubt'),
    order('b', 'Voided'),
    opened(),
  );
  assert.deepEqual(report?.inDoubt, []);
  assert.equal(report?.voided[0]?.rootClOrdId, 'b');
});

it('a second leader that dies on the way prolongs the same gap, and what the first found is not forgotten', () => {
  const report = reportOf(closed(1_000), order('a', 'Voided'), closed(4_000), opened(9_000));
  assert.equal(report?.gapMs, 8);
  assert.equal(report?.voided.length, 1);
});
