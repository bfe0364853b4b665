// Gaps, resends and sequence resets: the session test cases by their numbers (ISO
// 3531-3), seen from the initiator where the acceptance scripts are silent.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MsgType } from './msg-type.ts';
import { Tag } from './tag.ts';
import { give, kinds, LOGON, loggedOn, order, SECOND_US, tickAt, withoutOriginal } from './testing/drive.ts';
import { Peer, START_US } from './testing/peer.ts';

test('2b: messages above a gap wait, are delivered in order, and ask once', () => {
  const peer = loggedOn();
  for (const seq of [5, 3, 4]) {
    assert.deepEqual(peer.typesOf('deliver'), []);
    give(peer, MsgType.ExecutionReport, seq);
  }
  assert.deepEqual(peer.trace(), ['35=2|34=2|7=2|16=0']);
  give(peer, MsgType.ExecutionReport, 2, [], { possDup: true });
  assert.deepEqual(
    peer.outputs.flatMap((output) => (output.type === 'deliver' ? [[output.seq, output.possDup]] : [])),
    [
      [2, true],
      [3, false],
      [4, false],
      [5, false],
    ],
  );
  assert.equal(peer.typesOf('inbound-synced').length, 1);
});

test('2c: a number too low without PossDup ends the session and calls the operator', () => {
  const peer = loggedOn();
  give(peer, MsgType.Heartbeat, 2);
  assert.deepEqual(kinds(give(peer, MsgType.ExecutionReport, 1)), ['transmit', 'logged-out', 'disconnect']);
  assert.deepEqual(peer.trace(), ['35=5|34=2|58=MsgSeqNum too low, expecting 3 but received 1']);
  assert.ok(peer.outputs.some((output) => output.type === 'alarm' && output.code === 'sequence-too-low'));
  assert.equal(peer.session.state.nextIn, 3);
});

test('2e: with PossDup, seen is ignored and unseen is delivered', () => {
  const peer = loggedOn();
  give(peer, MsgType.ExecutionReport, 2);
  assert.deepEqual(kinds(give(peer, MsgType.ExecutionReport, 2, [], { possDup: true })), []);
  assert.deepEqual(kinds(give(peer, MsgType.ExecutionReport, 3, [], { possDup: true })), ['deliver']);
});

test('2f and 2g: PossDup without or with a later OrigSendingTime is refused and its number counts', () => {
  const late = loggedOn();
  give(late, MsgType.ExecutionReport, 2, [], { possDup: true, origSendingTimeUs: START_US + 10 * SECOND_US });
  assert.deepEqual(late.trace(), ['35=3|34=2|45=2|372=8|373=10|58=SendingTime accuracy problem', '35=5|34=3']);
  assert.equal(late.session.state.nextIn, 3);
  const missing = loggedOn();
  missing.take(missing.session.received(withoutOriginal(2), START_US));
  assert.deepEqual(missing.trace(), ['35=3|34=2|45=2|371=122|372=8|373=1|58=Required tag missing']);
  assert.equal(missing.session.state.nextIn, 3);
  const tolerant = loggedOn({ requireOrigSendingTime: false });
  assert.deepEqual(kinds(tolerant.session.received(withoutOriginal(2), START_US)), ['deliver']);
});

test('7: a Reject of ours by the peer is reported with what it refers to', () => {
  const peer = loggedOn();
  const outputs = give(peer, MsgType.Reject, 2, [
    [45, 9],
    [372, 'D'],
    [373, 5],
    [58, 'no'],
  ]);
  assert.deepEqual(outputs.at(-1), { type: 'rejected', refSeqNum: 9, refMsgType: 'D', reason: 5, text: 'no' });
  assert.equal(peer.session.state.nextIn, 3);
});

test('8: application messages are resent as the policy says, the rest is gap-filled', () => {
  const asked: string[] = [];
  const peer = loggedOn(
    {},
    {
      onResend: (slot) => {
        asked.push(slot.key);
        return slot.key === 'B' ? 'resend' : 'gap-fill';
      },
    },
  );
  for (const id of ['A', 'B', 'C']) {
    order(peer, id);
  }
  peer.trace();
  peer.timeUs += SECOND_US;
  const outputs = give(peer, MsgType.ResendRequest, 2, [
    [Tag.BeginSeqNo, 1],
    [Tag.EndSeqNo, 0],
  ]);
  assert.deepEqual(outputs[0], { type: 'resend-served', beginSeqNo: 1, endSeqNo: 4 });
  assert.deepEqual(peer.trace(), [
    '35=4|34=1|43=Y|122=20261123-10:00:01.000|123=Y|36=3',
    '35=D|34=3|43=Y|122=20261123-10:00:00.000|11=B',
    '35=4|34=4|43=Y|122=20261123-10:00:01.000|123=Y|36=5',
  ]);
  assert.deepEqual(asked, ['A', 'B', 'C']);
  give(peer, MsgType.ResendRequest, 3, [
    [Tag.BeginSeqNo, 1],
    [Tag.EndSeqNo, 0],
  ]);
  assert.deepEqual(asked, ['A', 'B', 'C', 'B'], 'what was gap-filled once is never offered again');
});

test('8: a request beyond what was sent is answered with nothing and reported', () => {
  const peer = loggedOn();
  for (const [seq, begin] of [
    [2, 99],
    [3, 0],
    [4, -3],
  ] as const) {
    const outputs = give(peer, MsgType.ResendRequest, seq, [
      [Tag.BeginSeqNo, begin],
      [Tag.EndSeqNo, 0],
    ]);
    assert.deepEqual(kinds(outputs), []);
    assert.ok(outputs.some((output) => output.type === 'alarm' && output.code === 'resend-request-range'));
  }
  assert.deepEqual(
    kinds(
      give(peer, MsgType.ResendRequest, 5, [
        [Tag.BeginSeqNo, 2],
        [Tag.EndSeqNo, 0],
      ]),
    ),
    ['resend-served'],
  );
});

test('a long resend is served in batches, one a tick, and live messages may come between', () => {
  const peer = loggedOn({ resendBatch: 2 });
  for (const id of ['A', 'B', 'C', 'D', 'E']) {
    order(peer, id);
  }
  peer.trace();
  give(peer, MsgType.ResendRequest, 2, [
    [Tag.BeginSeqNo, 2],
    [Tag.EndSeqNo, 0],
  ]);
  assert.deepEqual(
    peer.trace().map((line) => line.slice(-4)),
    ['11=A', '11=B'],
  );
  assert.ok(peer.session.nextDeadlineUs()! <= peer.timeUs);
  order(peer, 'F');
  tickAt(peer, 0);
  tickAt(peer, 0);
  assert.deepEqual(
    peer.trace().map((line) => line.slice(-4)),
    ['11=F', '11=C', '11=D', '11=E'],
  );
  assert.deepEqual(tickAt(peer, 0), []);
});

test('a request to infinity over millions of numbers that are not kept is one gap fill', () => {
  const peer = new Peer({});
  peer.session.setSequenceNumbers({ nextOut: 2_000_000_000, nextIn: 1 });
  peer.take(peer.session.connected(START_US));
  give(peer, MsgType.Logon, 1, LOGON);
  peer.trace();
  give(peer, MsgType.ResendRequest, 2, [
    [Tag.BeginSeqNo, 1],
    [Tag.EndSeqNo, 0],
  ]);
  assert.deepEqual(peer.trace(), ['35=4|34=1|43=Y|122=20261123-10:00:00.000|123=Y|36=2000000001']);
});

test('an outbox that is full forgets its oldest messages, which are then gap-filled', () => {
  const peer = loggedOn({ outboxMax: 2 });
  for (const id of ['A', 'B', 'C']) {
    order(peer, id);
  }
  peer.trace();
  give(peer, MsgType.ResendRequest, 2, [
    [Tag.BeginSeqNo, 2],
    [Tag.EndSeqNo, 0],
  ]);
  assert.deepEqual(
    peer.trace().map((line) => line.replace(/43=.*\|(36|11)/, '$1')),
    ['35=4|34=2|36=3', '35=D|34=3|11=B', '35=D|34=4|11=C'],
  );
});

test('what exceeds the gap queue is dropped and asked for when the first gap has closed', () => {
  const peer = loggedOn({ gapQueueMax: 1 });
  give(peer, MsgType.ExecutionReport, 3);
  give(peer, MsgType.ExecutionReport, 4);
  give(peer, MsgType.ExecutionReport, 2, [], { possDup: true });
  assert.deepEqual(peer.trace(), ['35=2|34=2|7=2|16=0']);
  assert.equal(peer.session.state.nextIn, 4);
  give(peer, MsgType.ExecutionReport, 5);
  assert.deepEqual(peer.trace(), ['35=2|34=3|7=4|16=0']);
});

test('a gap that does not close is asked for again', () => {
  const peer = loggedOn({ gapTimeoutMs: 3000 });
  give(peer, MsgType.ExecutionReport, 4);
  assert.equal(peer.trace().length, 1);
  assert.equal(peer.session.nextDeadlineUs(), START_US + 3 * SECOND_US);
  tickAt(peer, 3);
  assert.deepEqual(peer.trace(), ['35=2|34=3|7=2|16=0']);
});

test('10 and 11: GapFill and Reset move the number, and never back', () => {
  const reset = (seq: number, newSeqNo: number, gapFill: boolean) => {
    const peer = loggedOn();
    give(peer, MsgType.Heartbeat, 2);
    give(peer, MsgType.SequenceReset, seq, [...(gapFill ? ([[123, 'Y']] as const) : []), [36, newSeqNo]]);
    return [peer.session.state.nextIn, peer.trace().map((line) => line.slice(0, 4))];
  };
  assert.deepEqual(reset(3, 9, true), [9, []]);
  assert.deepEqual(reset(3, 3, true), [3, ['35=3']]);
  assert.deepEqual(reset(3, 2, true), [3, ['35=3']]);
  assert.deepEqual(reset(5, 9, true), [3, ['35=2']]);
  assert.deepEqual(reset(1, 9, false), [9, []]);
  assert.deepEqual(reset(99, 3, false), [3, []]);
  assert.deepEqual(reset(3, 2, false), [3, ['35=3']]);
  assert.deepEqual(reset(3, 2 ** 31, true), [3, ['35=3']]);
  assert.deepEqual(reset(3, 2 ** 31, false), [3, ['35=3']]);
});

test('369: everything sent says what was received and committed', () => {
  const peer = new Peer({ lastMsgSeqNumProcessed: true });
  peer.take(peer.session.connected(START_US));
  give(peer, MsgType.Logon, 1, LOGON);
  order(peer, 'A');
  give(peer, MsgType.TestRequest, 2, [[Tag.TestReqID, 'x']]);
  assert.deepEqual(peer.trace(), ['35=A|34=1|369=0|98=0|108=5', '35=D|34=2|369=1|11=A', '35=0|34=3|369=2|112=x']);
  give(peer, MsgType.ResendRequest, 3, [
    [Tag.BeginSeqNo, 1],
    [Tag.EndSeqNo, 1],
  ]);
  assert.match(peer.trace()[0]!, /\|369=3\|123=Y\|36=2$/);
});

test('the latency check can be turned off, and never hits what waited in the gap queue', () => {
  const off = loggedOn({ checkLatencyMs: null });
  assert.deepEqual(kinds(give(off, MsgType.ExecutionReport, 2, [], { sendingTimeUs: 0 })), ['deliver']);
  const queued = loggedOn({ gapTimeoutMs: 3_600_000 });
  give(queued, MsgType.ExecutionReport, 3);
  queued.timeUs += 300 * SECOND_US;
  give(queued, MsgType.ExecutionReport, 2, [], { possDup: true });
  assert.equal(queued.typesOf('deliver').length, 2);
});

test('11: a Reset is obeyed whatever its own number, with PossDup too', () => {
  const peer = loggedOn();
  give(peer, MsgType.Heartbeat, 2);
  give(peer, MsgType.SequenceReset, 1, [[Tag.NewSeqNo, 9]], { possDup: true });
  assert.equal(peer.session.state.nextIn, 9);
});
