import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TakeoverReport } from '@baton/node';
import { takeoverLines, takeoversTable } from './takeover-text.ts';

const STARTED_US = 1_767_614_400_000_000;

const REPORT: TakeoverReport = {
  n: 7,
  kind: 'failover',
  term: 8,
  node: 'n2',
  evidence: 'link to the leader closed',
  startedIndex: 1200,
  startedUs: STARTED_US,
  phasesUs: { gateOpen: STARTED_US + 5000, deathSeen: STARTED_US - 2000 },
  proof: { venue: 'SIM', nextExpected: 42, source: 'NextExpectedMsgSeqNum' },
  orders: [
    { venue: 'SIM', clOrdId: 'A1', outcome: 'Voided', evidence: 'NextExpectedMsgSeqNum', detail: '789=42' },
    { venue: 'SIM', clOrdId: 'A2', outcome: 'InDoubt', evidence: 'None', detail: '' },
  ],
  venues: [
    {
      venue: 'SIM',
      phases: [
        { phase: 'Barrier', index: 1200, timeUs: STARTED_US },
        { phase: 'GateOpen', index: 1210, timeUs: STARTED_US + 4500 },
      ],
      nextExpected: 42,
      proof: 'NextExpectedMsgSeqNum',
      orders: [
        {
          clOrdId: 'A1',
          outcome: 'Voided',
          evidence: 'NextExpectedMsgSeqNum',
          detail: '789=42',
          index: 1205,
          timeUs: STARTED_US + 3000,
        },
        { clOrdId: 'A2', outcome: 'InDoubt', evidence: 'None', detail: '', index: 0, timeUs: 0 },
      ],
      unlisted: 0,
    },
  ],
};

test('a report tells steps in order, the proof, and each order with its evidence', () => {
  const lines = takeoverLines(REPORT);
  assert.equal(lines[0], 'takeover 7: node n2 took over in term 8');
  const text = lines.join('\n');
  assert.ok(text.indexOf('deathSeen') < text.indexOf('gateOpen'));
  assert.match(text, /SIM; received below 42, proven by NextExpectedMsgSeqNum/);
  assert.match(text, /\+4\.500 ms {2}GateOpen \(entry 1210\)/);
  assert.match(text, /order A1: Voided, by NextExpectedMsgSeqNum 789=42, \+3\.000 ms, entry 1205/);
  assert.match(text, /order A2: InDoubt, not settled$/m);
});

test('the list has a line a takeover, and says what is still in doubt', () => {
  const [head = '', line = ''] = takeoversTable([REPORT]).split('\n');
  assert.match(head, /^N .*IN DOUBT +CAUSE$/);
  assert.match(line, /^7 .* failover +8 +n2 +SIM +\+4\.500 ms +2, 1 still +link to the leader closed$/);
});

test('a venue that has not come back is told so', () => {
  const venue = { ...REPORT.venues[0]!, phases: [] };
  assert.match(takeoversTable([{ ...REPORT, venues: [venue] }]), / no /);
});
