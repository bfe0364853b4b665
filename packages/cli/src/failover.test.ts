import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timelineFrom } from './failover.ts';
import { failoverLine, failoverLines, medianOf } from './failover-text.ts';

const kill = { node: 'n1', pid: 4242, term: 3, atUs: 1_000_000 };
const takeover = {
  term: 4,
  node: 'n2',
  evidence: 'connection closed',
  phasesUs: { deathSeen: 1_003_200, elected: 1_010_000, barrier: 1_014_000, connected: 1_012_500, gateOpen: 1_030_000 },
  proof: { venue: 'SIM', nextExpected: 42, source: 'NextExpectedMsgSeqNum' },
  orders: [],
};

test('a timeline counts milliseconds from the kill and leaves out what nobody recorded', () => {
  const timeline = timelineFrom(kill, takeover, { clOrdId: 'D1', timeUs: 1_045_500 });
  assert.deepEqual(timeline.phasesMs, {
    deathSeen: 3.2,
    elected: 10,
    barrier: 14,
    connected: 12.5,
    gateOpen: 30,
    firstOrderAccepted: 45.5,
  });
  assert.equal(timelineFrom(kill, takeover, null).phasesMs.firstOrderAccepted, undefined);
});

test('milestones are told in the order in which they happened, each with the step from the one before', () => {
  const lines = failoverLines(timelineFrom(kill, takeover, { clOrdId: 'D1', timeUs: 1_045_500 }));
  assert.deepEqual(
    lines.map((line) => line.trim()),
    [
      '0.0 ms  n1 killed (process 4242, leader of term 3)',
      '3.2 ms  death seen by n2 (connection closed)  (+3.2)',
      '10.0 ms  elected: n2 leads term 4  (+6.8)',
      '12.5 ms  connected to the venue  (+2.5)',
      '14.0 ms  barrier committed  (+1.5)',
      '30.0 ms  gate open  (+16.0)',
      '45.5 ms  first new order accepted by the venue (D1)  (+15.5)',
    ],
  );
});

test('one line tells who, whom and the milestones that matter most', () => {
  assert.equal(
    failoverLine(timelineFrom(kill, takeover, { clOrdId: 'D1', timeUs: 1_045_500 })),
    'n1 killed, n2 leads term 4: death seen 3.2, elected 10.0, barrier committed 14.0, gate open 30.0, ' +
      'first new order accepted by the venue 45.5 ms',
  );
});

test('the median is the middle value, or the mean of the two middle ones', () => {
  assert.equal(medianOf([5]), 5);
  assert.equal(medianOf([9, 1, 5]), 5);
  assert.equal(medianOf([4, 1, 10, 2]), 3);
});
