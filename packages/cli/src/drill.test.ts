import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from '@baton/database';
import { DRILL_DOCUMENT_BYTES_MAX, drillOutcome as outcomeOf } from '@baton/ledger';
import { drillRecord, refuseLiveVenue } from './drill.ts';
import { booksLost } from './drill-cold.ts';
import { lostSince } from './drill-hot.ts';
import { drillTrends } from './drill-trend.ts';
import { CliError } from './errors.ts';
import type { OrderView, PositionView } from './node-client.ts';
import { someStatus } from './testing/some-status.ts';

const DAY_US = 86_400_000_000;
const NEVER = { hot: 'never', warm: 'never', cold: 'never' } as const;
const row = (kind: string, started: number, took: number | null, outcome = 'met'): Row => ({
  kind,
  started_us: started,
  took_us: took,
  outcome,
});

test('a drill is judged by objective and limit, and has failed when anything is lost or nothing came back', () => {
  assert.equal(outcomeOf('hot', 400_000, []), 'met');
  assert.equal(outcomeOf('hot', 400_001, []), 'slow');
  assert.equal(outcomeOf('hot', 5_000_001, []), 'missed');
  assert.equal(outcomeOf('warm', 140_000_000, []), 'met');
  assert.equal(outcomeOf('cold', 1_800_000_001, []), 'missed');
  assert.equal(outcomeOf('hot', 1, ['fills: 2 before, 1 after']), 'failed');
  assert.equal(outcomeOf('hot', null, []), 'failed');
});

test('evidence that is too long for an entry is cut, and losses before it are told', () => {
  const finding = { method: 'kill', startedUs: 1, tookUs: 1, evidence: { phases: 'x'.repeat(5000) } };
  const lost = Array.from({ length: 500 }, (_, n) => `open order ${n} ${'y'.repeat(200)}`);
  const { document, outcome } = drillRecord('hot', 'ann', { ...finding, lost });
  assert.ok(Buffer.byteLength(document) <= DRILL_DOCUMENT_BYTES_MAX);
  assert.equal(outcome, 'failed');
  const told = JSON.parse(document) as { lost: string[]; lostCount: number };
  assert.deepEqual([told.lost.length, told.lostCount], [20, 500]);
  const short = drillRecord('hot', 'ann', { ...finding, evidence: { to: 'n2' }, lost: [] });
  assert.deepEqual(JSON.parse(short.document), { lost: [], to: 'n2' });
});

test('a live venue is refused unless it is meant; one that says nothing is live', () => {
  const file = (environment: 'live' | 'test') =>
    ({ venues: [{ name: 'SIM', environment }] }) as unknown as Parameters<typeof refuseLiveVenue>[0];
  assert.throws(() => refuseLiveVenue(file('live'), false), CliError);
  refuseLiveVenue(file('live'), true);
  refuseLiveVenue(file('test'), false);
});

test('whatever is fewer after than before is told as lost', () => {
  const before = someStatus('n1', { commitIndex: 10, fills: 3 });
  assert.deepEqual(lostSince(before, someStatus('n1', { commitIndex: 12, fills: 3 })), []);
  assert.deepEqual(lostSince(before, someStatus('n1', { commitIndex: 9, fills: 2 })), [
    'committed entries: 10 before, 9 after',
    'fills: 3 before, 2 after',
  ]);
  assert.deepEqual(lostSince(before, null), ['no leader answers']);
});

test('the trend is the last drill to the median of those before it', () => {
  const rows = [
    row('hot', 1, 100),
    row('hot', 2, 200),
    row('warm', 3, 7),
    row('hot', 4, 300),
    row('hot', 5, null, 'failed'),
  ];
  const [hot, warm, cold] = drillTrends(rows, NEVER, DAY_US);
  assert.deepEqual([hot?.count, hot?.failed, hot?.lastUs, hot?.medianUs, hot?.change], [4, 1, 300, 200, 1]);
  assert.deepEqual([warm?.count, warm?.change], [1, null]);
  assert.deepEqual([cold?.count, cold?.lastStartedUs], [0, null]);
});

test('a drill is due when its interval has passed, or when there was none; never is never', () => {
  const schedule = { hot: 'monthly', warm: 'weekly', cold: 'never' } as const;
  const due = (nowDays: number) =>
    drillTrends([row('hot', DAY_US, 1), row('warm', DAY_US, 1)], schedule, nowDays * DAY_US).map(({ isDue }) => isDue);
  assert.deepEqual(due(2), [false, false, false]);
  assert.deepEqual(due(8), [false, true, false]);
  assert.deepEqual(due(31), [true, true, false]);
  assert.deepEqual(
    drillTrends([], schedule, 100 * DAY_US).map(({ isDue }) => isDue),
    [true, true, false],
  );
});

test('a cold drill has lost what the venue had before and the books do not have after; history is no part of it', () => {
  const order = (orderId: string, state = 'Working') => ({ orderId, clOrdId: `c${orderId}`, state }) as OrderView;
  const position = (netQuantity: string) => [{ symbol: 'BTC-USD', netQuantity } as PositionView];
  const before = { positions: position('1.50'), orders: [order('1'), order('2', 'Filled')] };
  assert.deepEqual(booksLost(before, { positions: position('1.5'), orders: [order('1')] }), []);
  assert.deepEqual(booksLost(before, { positions: [], orders: [] }), [
    'position in BTC-USD: 1.50 before, 0 after',
    'open order c1 (1 at the venue)',
  ]);
});
