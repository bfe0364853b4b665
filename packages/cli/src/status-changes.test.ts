import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeLines } from './status-changes.ts';
import { downReport, someLeader, someReport, someStatus } from './testing/some-status.ts';

const calm = [someReport(someLeader('n1')), someReport(someStatus('n2'))];

test('the first look tells every node and the gate', () => {
  assert.deepEqual(changeLines([], calm), [
    'n1: leader of term 1',
    'n2: follower of n1, term 1',
    'gate of n1 in term 1: SIM open',
  ]);
});

test('counters that only grow are no change', () => {
  const later = [
    someReport(someLeader('n1', { commitIndex: 999, fills: 7, uptimeMs: 5 })),
    someReport(someStatus('n2', { commitIndex: 998, appliedIndex: 998 })),
  ];
  assert.deepEqual(changeLines(calm, later), []);
});

test('a death and a takeover are told node by node, and the gate while it opens', () => {
  const dead = [downReport('n1'), someReport(someStatus('n2', { leader: null }))];
  assert.deepEqual(changeLines(calm, dead), ['n1: down', 'n2: follower without a leader']);
  const elected = [
    downReport('n1'),
    someReport(someLeader('n2', { term: 2, gate: [{ open: false, phase: 'Barrier', venue: 'SIM' }] })),
  ];
  assert.deepEqual(changeLines(dead, elected), ['n2: leader of term 2', 'gate of n2 in term 2: SIM Barrier']);
  const opened = [downReport('n1'), someReport(someLeader('n2', { term: 2 }))];
  assert.deepEqual(changeLines(elected, opened), ['gate of n2 in term 2: SIM open']);
});
