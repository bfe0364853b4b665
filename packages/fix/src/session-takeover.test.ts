// The worked wire trace of a takeover: a new leader logs on to a venue with
// persistent numbers, and the numbers say what never arrived.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBody } from './encode.ts';
import { MsgType } from './msg-type.ts';
import { FixSession } from './session.ts';
import type { SessionOptions } from './session-options.ts';
import type { OutboxSlot, ResendPolicy } from './session-output.ts';
import { Tag } from './tag.ts';
import { FILL_ALL, Peer, RESEND_ALL, readable } from './testing/peer.ts';

const INITIATOR: SessionOptions = {
  role: 'initiator',
  beginString: 'FIX.4.4',
  senderCompId: 'BATON',
  targetCompId: 'VENUE',
  heartBtIntS: 5,
};
const VENUE: Partial<SessionOptions> = { role: 'acceptor' };

function order(id: string): Buffer {
  return encodeBody([[Tag.ClOrdID, id]]);
}

function report(execId: string, id: string): Buffer {
  return encodeBody([
    [Tag.ExecID, execId],
    [Tag.ClOrdID, id],
  ]);
}

/** Frames that were on the wire when the leader died are dropped here. */
function lose(peer: Peer): void {
  peer.wire.length = 0;
}

/** Both sides as they are at the kill: nextOut 43, nextIn 91 at the cluster; the venue has 40 and 41, and sent 91 and 92. */
function beforeKill(uses789: boolean): { snapshot: unknown; venue: Peer; asked: OutboxSlot[]; policy: ResendPolicy } {
  const options = { ...INITIATOR, sendNextExpectedMsgSeqNum: uses789 };
  const old = new Peer(options);
  const venue = new Peer({ ...VENUE, sendNextExpectedMsgSeqNum: uses789 }, RESEND_ALL);
  old.session.setSequenceNumbers({ nextOut: 39, nextIn: 89 });
  venue.session.setSequenceNumbers({ nextOut: 89, nextIn: 39 });
  venue.take(venue.session.connected(venue.timeUs));
  old.take(old.session.connected(old.timeUs));
  venue.take(venue.session.received(old.wire.shift()!, venue.timeUs));
  old.take(old.session.received(venue.wire.shift()!, old.timeUs));
  for (const id of ['A1', 'A2', 'A3']) {
    old.sent(old.session.send(MsgType.NewOrderSingle, order(id), old.timeUs, id));
  }
  venue.take(venue.session.received(old.wire[0]!, venue.timeUs));
  venue.take(venue.session.received(old.wire[1]!, venue.timeUs));
  lose(old);
  venue.sent(venue.session.send(MsgType.ExecutionReport, report('e6', 'A1'), venue.timeUs));
  old.take(old.session.received(venue.wire.shift()!, old.timeUs));
  venue.sent(venue.session.send(MsgType.ExecutionReport, report('e7', 'A2'), venue.timeUs));
  venue.sent(venue.session.send(MsgType.ExecutionReport, report('e8', 'A1'), venue.timeUs));
  lose(venue);
  venue.take(venue.session.disconnected(venue.timeUs));
  assert.equal(old.session.state.nextOut, 43);
  assert.equal(old.session.state.nextIn, 91);
  const asked: OutboxSlot[] = [];
  const policy: ResendPolicy = {
    onResend: (slot) => {
      asked.push(slot);
      return 'gap-fill';
    },
  };
  return { snapshot: structuredClone(old.session.snapshot()), venue, asked, policy };
}

function takeOver(uses789: boolean, resend: boolean) {
  const { snapshot, venue, asked, policy } = beforeKill(uses789);
  const options = { ...INITIATOR, sendNextExpectedMsgSeqNum: uses789 };
  const session = FixSession.restore(options, resend ? RESEND_ALL : policy, snapshot as readonly unknown[]);
  const next = new Peer({}, FILL_ALL, session);
  venue.take(venue.session.connected(venue.timeUs));
  next.take(session.connected(next.timeUs));
  return { next, venue, asked };
}

/** Lets one side read all that the other has written; returns it. */
function deliver(from: Peer, to: Peer): string[] {
  return from.wire.splice(0).map((frame) => {
    to.take(to.session.received(frame, to.timeUs));
    return readable(frame);
  });
}

/** Replaces OrigSendingTime by 'T'. */
function timeless(trace: readonly string[]): string[] {
  return trace.map((line) => line.replace(/122=[^|]*/, '122=T'));
}

test('a takeover with 789 voids what never arrived and receives what was on the wire, once', () => {
  const { next, venue, asked } = takeOver(true, false);
  assert.deepEqual(deliver(next, venue), ['35=A|34=43|98=0|108=5|789=91']);
  assert.deepEqual(timeless(deliver(venue, next)), [
    '35=A|34=93|98=0|108=5|789=42',
    '35=8|34=91|43=Y|122=T|17=e7|11=A2',
    '35=8|34=92|43=Y|122=T|17=e8|11=A1',
    '35=4|34=93|43=Y|122=T|123=Y|36=94',
  ]);
  assert.deepEqual(timeless(deliver(next, venue)), ['35=4|34=42|43=Y|122=T|123=Y|36=44']);
  assert.deepEqual(
    asked.map(({ seq, key }) => [seq, key]),
    [[42, 'A3']],
  );
  const kinds = next.outputs.filter(({ type }) => type !== 'transmit' && type !== 'alarm');
  assert.deepEqual(
    kinds.map((output) => [output.type, output.type === 'deliver' ? output.seq : 0]),
    [
      ['logged-on', 0],
      ['resend-served', 0],
      ['deliver', 91],
      ['deliver', 92],
      ['inbound-synced', 0],
    ],
  );
  assert.deepEqual(kinds[0], {
    type: 'logged-on',
    peerNextExpected: 42,
    nextIn: 91,
    gap: { beginSeqNo: 91, endSeqNo: 92 },
    reset: false,
  });
  assert.deepEqual(kinds[1], { type: 'resend-served', beginSeqNo: 42, endSeqNo: 43 });
  assert.equal(next.session.state.nextIn, 94);
  assert.equal(venue.session.state.nextIn, 44);
  next.sent(next.session.send(MsgType.NewOrderSingle, order('A4'), next.timeUs, 'A4'));
  assert.deepEqual(deliver(next, venue), ['35=D|34=44|11=A4']);
  assert.equal(venue.session.state.nextIn, 45);
});

test('a takeover with 789 resends an order under its old number if the policy says so', () => {
  const { next, venue } = takeOver(true, true);
  deliver(next, venue);
  deliver(venue, next);
  assert.deepEqual(timeless(deliver(next, venue)), [
    '35=D|34=42|43=Y|122=T|11=A3',
    '35=4|34=43|43=Y|122=T|123=Y|36=44',
  ]);
  assert.equal(venue.session.state.nextIn, 44);
});

test('a takeover without 789 learns the same from the ResendRequest of the venue', () => {
  const { next, venue, asked } = takeOver(false, false);
  assert.deepEqual(deliver(next, venue), ['35=A|34=43|98=0|108=5']);
  assert.deepEqual(deliver(venue, next), ['35=A|34=93|98=0|108=5', '35=2|34=94|7=42|16=0']);
  assert.deepEqual(timeless(deliver(next, venue)), ['35=2|34=44|7=91|16=0', '35=4|34=42|43=Y|122=T|123=Y|36=45']);
  assert.deepEqual(timeless(deliver(venue, next)), [
    '35=8|34=91|43=Y|122=T|17=e7|11=A2',
    '35=8|34=92|43=Y|122=T|17=e8|11=A1',
    '35=4|34=93|43=Y|122=T|123=Y|36=95',
  ]);
  assert.deepEqual(
    asked.map(({ key }) => key),
    ['A3'],
  );
  assert.equal(next.typesOf('resend-served').length, 1);
  assert.equal(next.typesOf('inbound-synced').length, 1);
  assert.equal(next.session.state.nextIn, 95);
  assert.equal(venue.session.state.nextIn, 45);
});

test('a takeover of a session that lost nothing shows no gap either way', () => {
  const options: SessionOptions = { ...INITIATOR, sendNextExpectedMsgSeqNum: true };
  const first = new Peer(options);
  const venue = new Peer({ ...VENUE, sendNextExpectedMsgSeqNum: true });
  for (const leader of [first, new Peer(options, RESEND_ALL, first.session)]) {
    venue.take(venue.session.connected(venue.timeUs));
    leader.take(leader.session.connected(leader.timeUs));
    deliver(leader, venue);
    deliver(venue, leader);
    assert.equal(leader.typesOf('resend-served').length, 0);
    assert.equal(leader.typesOf('inbound-synced').length, 1);
    venue.take(venue.session.disconnected(venue.timeUs));
    leader.take(leader.session.disconnected(leader.timeUs));
  }
  assert.equal(first.session.state.nextOut, 3);
});

test('a gap-filled order is never resent later', () => {
  const { next, venue } = takeOver(true, false);
  deliver(next, venue);
  deliver(venue, next);
  lose(next);
  assert.equal(next.session.state.outbox.has(42), false);
});
