import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TakeoverRecord } from '@baton/ledger';
import { takeoverReports } from './report.ts';
import { Timeline } from './timeline.ts';

const RECORD: TakeoverRecord = {
  n: 3,
  term: 8,
  node: 2,
  cause: 'link closed',
  kind: 'failover',
  startedIndex: 100,
  startedUs: 5000,
  timings: [],
  venues: [
    {
      venue: 'SIM',
      phases: [{ phase: 'GateOpen', index: 110, timeUs: 6000 }],
      nextExpected: 42,
      proof: 'ResendRequest',
      orders: [
        { clOrdId: 'A', outcome: 'Voided', evidence: 'ResendRequest', detail: '7=42', index: 105, timeUs: 5500 },
      ],
      unlisted: 0,
    },
  ],
};

function reports(records: readonly TakeoverRecord[], timeline: Timeline) {
  return takeoverReports({
    ledger: { takeovers: () => [...records] },
    timeline,
    knownNodes: () => [{ id: 2, name: 'n2' }],
  });
}

test('a node that did not lead tells of a takeover without the leader’s own times until these are in the log', () => {
  const timeline = new Timeline('n3', () => 1);
  assert.deepEqual(reports([RECORD], timeline)[0]?.phasesUs, {});
  const told = { ...RECORD, timings: [{ step: 'deathSeen', timeUs: 4900 }] };
  assert.deepEqual(reports([told], timeline)[0]?.phasesUs, { deathSeen: 4900 });
});

test('the leader adds its own times at once; names, proof and orders come from the record', () => {
  const timeline = new Timeline('n2', () => 4950);
  timeline.elected(8);
  const [report] = reports([RECORD], timeline);
  assert.equal(report?.phasesUs['elected'], 4950);
  assert.equal(report?.node, 'n2');
  assert.deepEqual(report?.proof, { venue: 'SIM', nextExpected: 42, source: 'ResendRequest' });
  assert.deepEqual(report?.orders, [
    { venue: 'SIM', clOrdId: 'A', outcome: 'Voided', evidence: 'ResendRequest', detail: '7=42' },
  ]);
});

test('a lost line in the same term does not borrow the times of the failover', () => {
  const timeline = new Timeline('n2', () => 4950);
  timeline.elected(8);
  const [, reconnect] = reports([RECORD, { ...RECORD, n: 4, kind: 'reconnect' }], timeline);
  assert.deepEqual(reconnect?.phasesUs, {});
});
