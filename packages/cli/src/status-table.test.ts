import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { problemLines, statusTable } from './status-table.ts';
import { CapturedStream } from './testing/captured-output.ts';
import { downReport, someLeader, someReport, someStatus } from './testing/some-status.ts';

const position = { account: 'A1', symbol: 'BTC-USD', boughtQuantity: '3', soldQuantity: '1.5', costNotional: '0' };
const reports = [
  someReport(
    someLeader('n1', {
      term: 7,
      commitIndex: 1200,
      orders: { total: 40, open: 3, held: 0, inDoubt: 0, voided: 1 },
      fills: 25,
      positions: [{ ...position, netQuantity: '1.5' }],
    }),
  ),
  someReport(someStatus('n2', { term: 7, commitIndex: 1195, appliedIndex: 1190 })),
  downReport('n3'),
];

/** Rows as lists of cells. */
function rows(text: string): string[][] {
  return text.split('\n').map((line) => line.trim().split(/ {2,}/));
}

test('a table has a head and a row for each node, with lag counted from the leader', () => {
  assert.deepEqual(rows(statusTable(reports, new CapturedStream())), [
    ['NODE', 'ROLE', 'TERM', 'COMMIT', 'LAG', 'GATE', 'ORDERS', 'OPEN', 'FILLS', 'POSITION'],
    ['n1', 'leader', '7', '1200', '1190', 'open', '40', '3', '25', 'BTC-USD 1.5'],
    ['n2', 'follower', '7', '1195', '10', '-', '0', '0', '0', '-'],
    ['n3', 'down', '-', '-', '-', '-', '-', '-', '-', '-'],
  ]);
});

test('restarts are a column of their own, when they are known', () => {
  const table = rows(statusTable(reports, new CapturedStream(), new Map([['n3', 4]])));
  assert.deepEqual(
    table.map((row) => row.at(-1)),
    ['RESTARTS', '0', '0', '4'],
  );
});

test('a leader whose gate is not open shows the phase of its takeover', () => {
  const leader = someLeader('n1', { gate: [{ open: false, phase: 'Reconciled', venue: 'SIM' }] });
  assert.equal(rows(statusTable([someReport(leader)], new CapturedStream()))[1]?.[5], 'Reconciled');
});

test('an old leader that has not noticed yet is not shown as the leader that others are measured by', () => {
  const old = someLeader('n1', { term: 6, commitIndex: 5_000, appliedIndex: 5_000 });
  const next = someLeader('n2', { term: 7, commitIndex: 100, appliedIndex: 90 });
  const lags = rows(statusTable([someReport(old), someReport(next)], new CapturedStream())).map((row) => row[4]);
  assert.deepEqual(lags, ['LAG', '0', '10']);
});

test('no control characters reach what is no terminal', () => {
  const table = statusTable(reports, new CapturedStream());
  assert.equal(stripVTControlCharacters(table), table);
});

test('what makes a node unfit to lead is told, of every node that answers', () => {
  const stale = someStatus('n2', { problems: { 'market-data': 'market data of SIM is silent for 9000 ms' } });
  assert.deepEqual(problemLines([someReport(someLeader('n1')), someReport(stale), downReport('n3')]), [
    'n2 is not fit to lead: market-data: market data of SIM is silent for 9000 ms',
  ]);
});
