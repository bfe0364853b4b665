/** Pages of long lists: together they hold each order once, and none of them holds more than it may. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Command,
  encodeCommand,
  type FindingView,
  Ledger,
  type OrderView,
  type ReconciliationView,
  type RiskView,
  type TakeoverFilter,
  type Timer,
} from '@baton/ledger';
import { configuration } from '@baton/ledger/testing';
import { orderList, PAGE_MAX, reconciliationList, riskFigures, takeoverList, timerList } from './lists.ts';
import type { ApiSubject } from './subject.ts';

const OPEN = 1234;

interface Books {
  readonly ledger: Ledger;
  readonly apply: (command: Command) => void;
}

function configured(): Books {
  const ledger = new Ledger();
  let index = 0;
  const apply = (command: Command): void => {
    index += 1;
    ledger.apply({ index, term: 1, timeUs: index, command: encodeCommand(command) });
  };
  const limits = { orderQuantityMax: '', orderNotionalMax: '', positionMax: '', openOrdersMax: 100_000 };
  apply({ type: 'Configure', configuration: configuration({ limits }) });
  return { ledger, apply };
}

function ledgerOf(orders: number): Ledger {
  const { apply, ledger } = configured();
  const facts = { strategyId: 'maker', symbol: 'BTC-USD', side: 'buy', orderType: 'limit', quantity: '1' } as const;
  for (let n = 0; n < orders; n++) {
    apply({ type: 'SubmitOrder', ...facts, clientKey: `k${n}`, timeInForce: 'day', price: '100' });
  }
  return ledger;
}

test('open orders come in pages of at most 500, which together are all of them, in order', () => {
  const core = { ledger: ledgerOf(OPEN) } as unknown as ApiSubject;
  const page = (query: string): readonly OrderView[] =>
    orderList(core, new URLSearchParams(query)).body as readonly OrderView[];
  const first = page('');
  assert.equal(first.length, PAGE_MAX);
  const found: OrderView[] = [];
  for (let after = 0; ; ) {
    const next = page(`after=${after}`);
    assert.ok(next.length <= PAGE_MAX);
    if (next.length === 0) break;
    found.push(...next);
    after = next.at(-1)?.createdIndex ?? 0;
  }
  assert.deepEqual(found.slice(0, PAGE_MAX), first);
  assert.deepEqual(
    found.map(({ clientKey }) => clientKey),
    Array.from({ length: OPEN }, (_, n) => `k${n}`),
  );
  assert.equal(page('limit=3').length, PAGE_MAX, 'limit is of closed ones where no page of open ones was asked for');
  assert.equal(page('after=0&limit=3').length, 3);
});

test('takeovers are told of by twenties, the newest first to be asked for', () => {
  const asked: TakeoverFilter[] = [];
  const takeovers = (filter: TakeoverFilter): readonly never[] => {
    asked.push(filter);
    return [];
  };
  const ledger = { takeovers };
  const core = { ledger, timeline: { list: () => [] }, knownNodes: () => [] } as unknown as ApiSubject;
  for (const query of ['', 'before=81', 'limit=7', 'limit=1000']) takeoverList(core, new URLSearchParams(query));
  const all = Number.POSITIVE_INFINITY;
  assert.deepEqual(asked, [
    { before: all, newest: 20 },
    { before: 81, newest: 20 },
    { before: all, newest: 7 },
    { before: all, newest: 20 },
  ]);
});

test('timers come in the order in which they fire, a page behind the last one that was told, also when that has fired', () => {
  const { apply, ledger } = configured();
  const core = { ledger } as unknown as ApiSubject;
  const page = (query: string): readonly Timer[] => timerList(core, new URLSearchParams(query)).body as Timer[];
  // Due together by sevens, set in another order than they fall due.
  for (let n = 0; n < OPEN; n++) {
    const dueUs = 1_000_000 + Math.floor(((n * 599) % OPEN) / 7);
    apply({ type: 'SetTimer', strategyId: 's', timerId: `t${n}`, dueUs });
  }
  const all = ledger.timers();
  const found: Timer[] = [...page('')];
  assert.equal(found.length, PAGE_MAX);
  apply({ type: 'CancelTimer', strategyId: 's', timerId: found.at(-1)?.timerId ?? '' });
  for (;;) {
    const { dueUs, setIndex } = found.at(-1) ?? assert.fail('no page');
    const next = page(`afterDueUs=${dueUs}&after=${setIndex}&limit=300`);
    assert.ok(next.length <= 300);
    if (next.length === 0) break;
    found.push(...next);
  }
  assert.deepEqual(found, all);
});

test('findings come in pages that do not part those of one entry, the runs with the first', () => {
  const { apply, ledger } = configured();
  const core = { ledger } as unknown as ApiSubject;
  const page = (query: string): ReconciliationView =>
    reconciliationList(core, new URLSearchParams(query)).body as ReconciliationView;
  const sides = { ours: '1', theirs: '2', needsAcknowledgement: true, sinceIndex: 0 } as const;
  const finding = (n: number) => {
    const named = { id: `order-differs/SIM/${n}`, symbol: 'BTC-USD', subject: `${n}` };
    return { ...named, ...sides, class: 'order-differs', source: 'venue' } as const;
  };
  for (let n = 0; n < 900; n += 300) {
    const findings = Array.from({ length: 300 }, (_, at) => finding(n + at));
    apply({ type: 'BookFindings', venue: 'SIM', run: 1, mode: 'running', findings });
  }
  const counts = { fills: 0, orders: 0, positions: 0 };
  apply({ type: 'EndReconciliation', venue: 'SIM', run: 1, mode: 'running', counts, untold: '' });
  const first = page('');
  assert.deepEqual([first.findings.length, first.runs.length], [600, 1]);
  const found: FindingView[] = [];
  for (let next = page('limit=1'); next.findings.length > 0; ) {
    found.push(...next.findings);
    next = page(`limit=1&after=${found.at(-1)?.firstIndex}`);
    assert.deepEqual([next.findings.length % 300, next.runs.length], [0, 0]);
  }
  assert.deepEqual(found, ledger.reconciliation().findings);
  assert.equal(found.length, 900);
});

test('figures of risk come in pages that hold each scope, and the first tells of every one that is held back', () => {
  const { apply, ledger } = configured();
  const latches = [{ scope: 'global', target: '', reason: 'seen' }];
  const core = { ledger, gate: { latches: { list: () => latches } } } as unknown as ApiSubject;
  const page = (query: string): RiskView & { readonly latches: unknown } =>
    riskFigures(core, new URLSearchParams(query)).body as RiskView & { latches: unknown };
  const facts = { symbol: 'BTC-USD', side: 'buy', orderType: 'limit', quantity: '1', timeInForce: 'day' } as const;
  for (let n = 0; n < OPEN; n++) {
    apply({ type: 'SubmitOrder', ...facts, strategyId: `s${n}`, clientKey: 'k', price: '100' });
  }
  apply({ type: 'SetTradingState', scope: 'strategy', target: `s${OPEN - 1}`, mode: 'halted', reason: 'x' });
  const whole = ledger.risk();
  const first = page('');
  assert.equal(first.headroom.length, PAGE_MAX);
  assert.deepEqual(
    first.scopes.slice(PAGE_MAX).map(({ target }) => target),
    [`s${OPEN - 1}`],
  );
  assert.deepEqual(first.latches, latches);
  const scopes = first.scopes.slice(0, PAGE_MAX);
  const headroom = [...first.headroom];
  for (let skip = PAGE_MAX; skip < whole.scopes.length; skip += PAGE_MAX) {
    const next = page(`skip=${skip}`);
    assert.ok(next.scopes.length <= PAGE_MAX && next.headroom.length <= PAGE_MAX);
    scopes.push(...next.scopes);
    headroom.push(...next.headroom);
  }
  assert.deepEqual([scopes, headroom], [whole.scopes, whole.headroom]);
});
