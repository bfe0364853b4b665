// Logon, heartbeats, Logout, resets and the schedule: the session test cases by
// their numbers (ISO 3531-3), seen from the initiator where the acceptance scripts
// are silent, and the rules of our own.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MsgType } from './msg-type.ts';
import { FixSession } from './session.ts';
import { resolveSessionOptions, SessionOptionsError } from './session-options.ts';
import { Tag } from './tag.ts';
import { give, kinds, LOGON, loggedOn, order, SECOND_US, tickAt, withoutOriginal } from './testing/drive.ts';
import { exchange, FILL_ALL, Peer, START_US } from './testing/peer.ts';

test('1B: an initiator sends a Logon, and is active with a valid one in answer', () => {
  const peer = new Peer({});
  peer.take(peer.session.connected(START_US));
  assert.deepEqual(peer.trace(), ['35=A|34=1|98=0|108=5']);
  assert.equal(peer.session.state.status, 'logon-sent');
  assert.deepEqual(kinds(give(peer, MsgType.Logon, 1, LOGON)), ['logged-on', 'inbound-synced']);
  assert.equal(peer.session.state.status, 'active');
  assert.deepEqual(peer.trace(), []);
});

test('1B c: an answer with a number too high is accepted and the gap is asked for', () => {
  const peer = new Peer({});
  peer.take(peer.session.connected(START_US));
  const outputs = give(peer, MsgType.Logon, 5, LOGON);
  assert.deepEqual(
    outputs.find(({ type }) => type === 'logged-on'),
    {
      type: 'logged-on',
      peerNextExpected: undefined,
      nextIn: 1,
      gap: { beginSeqNo: 1, endSeqNo: 4 },
      reset: false,
    },
  );
  assert.deepEqual(peer.trace(), ['35=A|34=1|98=0|108=5', '35=2|34=2|7=1|16=0']);
  give(
    peer,
    MsgType.SequenceReset,
    1,
    [
      [Tag.GapFillFlag, 'Y'],
      [Tag.NewSeqNo, 5],
    ],
    { possDup: true },
  );
  assert.equal(peer.session.state.nextIn, 6);
  assert.equal(peer.typesOf('inbound-synced').length, 1);
});

test('1B d and e: an initiator leaves with a Logout that says why', () => {
  for (const [msgType, fields, text] of [
    [
      MsgType.Logon,
      [
        [Tag.EncryptMethod, 1],
        [Tag.HeartBtInt, 5],
      ],
      'EncryptMethod is 1, only 0 is supported',
    ],
    [MsgType.Logon, [[Tag.EncryptMethod, 0]], 'Logon has a fault in tag 108 (SessionRejectReason 1)'],
    [
      MsgType.Logon,
      [
        [Tag.EncryptMethod, 0],
        [Tag.HeartBtInt, -5],
      ],
      'HeartBtInt is -5, expected 0 to 86400',
    ],
    [MsgType.Heartbeat, [], 'First message is not a Logon'],
  ] as const) {
    const peer = new Peer({});
    peer.take(peer.session.connected(START_US));
    peer.trace();
    assert.deepEqual(kinds(give(peer, msgType, 1, fields)), ['transmit', 'disconnect']);
    assert.deepEqual(peer.trace(), [`35=5|34=2|58=${text}`]);
    assert.equal(peer.session.state.status, 'disconnected');
  }
});

test('1S: an acceptor says nothing to a stranger', () => {
  for (const sent of [{ sender: 'OTHER' }, { beginString: 'FIX.4.2' }, { sendingTimeUs: START_US - 121 * SECOND_US }]) {
    const peer = new Peer({ role: 'acceptor' });
    peer.take(peer.session.connected(START_US));
    assert.deepEqual(kinds(give(peer, MsgType.Logon, 1, LOGON, sent)), ['disconnect']);
    assert.equal(peer.session.state.nextIn, 1);
    assert.equal(peer.session.state.nextOut, 1);
  }
});

test('a Logout in answer to our Logon is a refusal, with its text', () => {
  const peer = new Peer({});
  peer.take(peer.session.connected(START_US));
  const outputs = give(peer, MsgType.Logout, 1, [[Tag.Text, 'bad password']]);
  assert.deepEqual(outputs.at(-1), { type: 'disconnect', reason: 'logon-refused' });
  assert.ok(outputs.some((output) => output.type === 'alarm' && output.text.includes('bad password')));
  assert.equal(peer.session.state.nextIn, 2);
});

test('no Logon within the timeout ends the connection, in both roles', () => {
  for (const role of ['initiator', 'acceptor'] as const) {
    const peer = new Peer({ role, logonTimeoutMs: 3000 });
    peer.take(peer.session.connected(START_US));
    assert.equal(peer.session.nextDeadlineUs(), START_US + 3 * SECOND_US);
    assert.deepEqual(tickAt(peer, 2.999), []);
    assert.deepEqual(kinds(tickAt(peer, 3)), ['disconnect']);
  }
});

test('garbled bytes end a connection before the logon and are ignored after it', () => {
  const early = new Peer({ role: 'acceptor' });
  early.take(early.session.connected(START_US));
  assert.deepEqual(kinds(early.session.garbled('bad-check-sum', START_US)), ['disconnect']);
  const late = loggedOn();
  assert.deepEqual(kinds(late.session.garbled('bad-check-sum', START_US)), []);
  assert.deepEqual(kinds(late.session.received(Buffer.from('8=FIX.4.4\u0001x=1\u0001'), START_US)), []);
  assert.equal(late.session.state.nextIn, 2);
});

test('MsgSeqNum missing or beyond 31 bits ends the session', () => {
  for (const text of ['', '34=4294967296|', '34=x|']) {
    const peer = loggedOn();
    const frame = Buffer.from(
      `8=FIX.4.4|35=0|${text}49=VENUE|56=BATON|52=20261123-10:00:00|`.replaceAll('|', '\u0001'),
    );
    assert.deepEqual(kinds(peer.take(peer.session.received(frame, START_US))), [
      'transmit',
      'logged-out',
      'disconnect',
    ]);
    assert.deepEqual(peer.trace(), ['35=5|34=2|58=MsgSeqNum is missing or malformed']);
  }
});

test('4a and 6: heartbeats when idle, a question to a silent peer, then the end', () => {
  const peer = loggedOn();
  assert.equal(peer.session.nextDeadlineUs(), START_US + 5 * SECOND_US);
  assert.deepEqual(tickAt(peer, 4.9), []);
  tickAt(peer, 5);
  assert.deepEqual(peer.trace(), ['35=0|34=2']);
  assert.equal(peer.session.nextDeadlineUs(), START_US + 6 * SECOND_US);
  tickAt(peer, 6);
  assert.deepEqual(peer.trace(), ['35=1|34=3|112=TEST']);
  assert.equal(peer.session.nextDeadlineUs(), START_US + 12 * SECOND_US);
  assert.deepEqual(kinds(tickAt(peer, 12)), ['logged-out', 'disconnect']);
});

test('any message ends the question to a silent peer', () => {
  const peer = loggedOn();
  tickAt(peer, 6);
  give(peer, MsgType.ExecutionReport, 2);
  assert.equal(peer.session.state.testRequest, undefined);
  assert.deepEqual(kinds(tickAt(peer, 12)), ['transmit']);
});

test('HeartBtInt 0 means no heartbeats and no questions', () => {
  const peer = new Peer({ role: 'acceptor' });
  peer.take(peer.session.connected(START_US));
  give(peer, MsgType.Logon, 1, [
    [Tag.EncryptMethod, 0],
    [Tag.HeartBtInt, 0],
  ]);
  assert.equal(peer.session.nextDeadlineUs(), undefined);
  assert.deepEqual(tickAt(peer, 100_000), []);
});

test('a barrier is answered by the Heartbeat with its id only', () => {
  const peer = loggedOn();
  peer.sent(peer.session.testRequest('B1', peer.timeUs));
  assert.deepEqual(peer.trace(), ['35=1|34=2|112=B1']);
  assert.deepEqual(kinds(give(peer, MsgType.Heartbeat, 2)), []);
  assert.deepEqual(kinds(give(peer, MsgType.Heartbeat, 3, [[Tag.TestReqID, 'TEST']])), []);
  assert.deepEqual(give(peer, MsgType.Heartbeat, 4, [[Tag.TestReqID, 'B1']]), [{ type: 'test-answered', id: 'B1' }]);
  assert.deepEqual(kinds(give(peer, MsgType.Heartbeat, 5, [[Tag.TestReqID, 'B1']])), []);
});

test('12: a Logout of ours waits for the answer, still answers resends, and gives up after the timeout', () => {
  const peer = loggedOn();
  order(peer, 'A');
  peer.take(peer.session.logout('end of day', peer.timeUs));
  peer.trace();
  assert.deepEqual(peer.session.send('D', Buffer.alloc(0), peer.timeUs), { ok: false, reason: 'logging-out' });
  give(peer, MsgType.ResendRequest, 2, [
    [Tag.BeginSeqNo, 2],
    [Tag.EndSeqNo, 0],
  ]);
  assert.equal(peer.trace().length, 2);
  assert.deepEqual(kinds(give(peer, MsgType.Logout, 3)), ['logged-out', 'disconnect']);
  assert.deepEqual(peer.trace(), []);
  const silent = loggedOn();
  silent.take(silent.session.logout('', silent.timeUs));
  assert.deepEqual(kinds(tickAt(silent, 2)), ['logged-out', 'disconnect']);
});

test('13b: a Logout of the peer is answered and its text handed on', () => {
  const peer = loggedOn();
  const outputs = give(peer, MsgType.Logout, 2, [[Tag.Text, 'bye']]);
  assert.deepEqual(
    outputs.find(({ type }) => type === 'logged-out'),
    {
      type: 'logged-out',
      reason: 'logout-complete',
      text: 'bye',
    },
  );
  assert.deepEqual(peer.trace(), ['35=5|34=2']);
});

test('16a: sending is refused unless logged on', () => {
  const peer = new Peer({});
  assert.deepEqual(peer.session.send('D', Buffer.alloc(0), START_US), { ok: false, reason: 'not-logged-on' });
  peer.session.connected(START_US);
  assert.deepEqual(peer.session.testRequest('x', START_US), { ok: false, reason: 'not-logged-on' });
  assert.throws(() => peer.session.send('A', Buffer.alloc(0), START_US), /session messages/);
});

test('numbers that run out end sending while a Logout still fits', () => {
  const peer = new Peer({});
  peer.session.setSequenceNumbers({ nextOut: 0x7fff_ffff - 500 });
  peer.take(peer.session.connected(START_US));
  give(peer, MsgType.Logon, 1, LOGON);
  assert.deepEqual(peer.session.send('D', Buffer.alloc(0), START_US), { ok: false, reason: 'sequence-exhausted' });
});

test('141=Y: an initiator that resets on logon starts both numbers at 1, whether the answer says so or not', () => {
  for (const flag of [[], [[Tag.ResetSeqNumFlag, 'Y']]] as const) {
    const peer = new Peer({ resetOnLogon: true });
    peer.session.setSequenceNumbers({ nextOut: 50, nextIn: 60 });
    const before = peer.session.state.sequenceIndex;
    peer.take(peer.session.connected(START_US));
    assert.deepEqual(peer.trace(), ['35=A|34=1|98=0|108=5|141=Y']);
    give(peer, MsgType.Logon, 1, [...LOGON, ...flag]);
    assert.deepEqual([peer.session.state.nextOut, peer.session.state.nextIn], [2, 2]);
    assert.equal(peer.session.state.sequenceIndex, before + 1);
  }
});

test('141=Y: a reset that the peer demands is obeyed, reported, and begins a new epoch', () => {
  const peer = new Peer({});
  peer.session.setSequenceNumbers({ nextOut: 50, nextIn: 60 });
  const before = peer.session.state.sequenceIndex;
  peer.take(peer.session.connected(START_US));
  const outputs = give(peer, MsgType.Logon, 1, [...LOGON, [Tag.ResetSeqNumFlag, 'Y']]);
  assert.ok(outputs.some((output) => output.type === 'logged-on' && output.reset));
  assert.ok(outputs.some((output) => output.type === 'alarm' && output.code === 'sequence-reset'));
  assert.deepEqual([peer.session.state.nextOut, peer.session.state.nextIn], [2, 2]);
  assert.equal(peer.session.state.sequenceIndex, before + 1);
});

test('141=Y while logged on is answered in kind, from either side', () => {
  const initiator = new Peer({});
  const acceptor = new Peer({ role: 'acceptor' });
  acceptor.take(acceptor.session.connected(START_US));
  initiator.take(initiator.session.connected(START_US));
  exchange(initiator, acceptor);
  order(initiator, 'A');
  exchange(initiator, acceptor);
  for (const [asker, other] of [
    [initiator, acceptor],
    [acceptor, initiator],
  ] as const) {
    asker.take(asker.session.resetSequenceNumbers(START_US));
    assert.deepEqual(asker.session.send('D', Buffer.alloc(0), START_US), { ok: false, reason: 'not-logged-on' });
    assert.deepEqual(exchange(asker, other), ['> 35=A|34=1|98=0|108=5|141=Y', '< 35=A|34=1|98=0|108=5|141=Y']);
    for (const { session } of [asker, other]) {
      assert.deepEqual([session.state.nextOut, session.state.nextIn, session.state.outbox.size], [2, 2, 0]);
      assert.equal(session.state.status, 'active');
    }
  }
});

test('789 higher than anything sent is refused in both roles', () => {
  const initiator = new Peer({ sendNextExpectedMsgSeqNum: true });
  initiator.take(initiator.session.connected(START_US));
  initiator.trace();
  give(initiator, MsgType.Logon, 1, [...LOGON, [Tag.NextExpectedMsgSeqNum, 3]]);
  assert.deepEqual(initiator.trace(), [
    '35=5|34=2|58=Tag 789 (NextExpectedMsgSeqNum) is higher than expected. Expected 2, Received 3',
  ]);
  assert.equal(initiator.session.state.status, 'disconnected');
});

test('2h: another BeginString ends the session with a Logout', () => {
  const peer = loggedOn();
  give(peer, MsgType.TestRequest, 2, [[Tag.TestReqID, 'x']], { beginString: 'FIX.4.2' });
  assert.deepEqual(peer.trace(), ['35=5|34=2|58=Incorrect BeginString']);
  assert.equal(peer.session.state.status, 'logout-sent');
});

test('a schedule closes the session at its end and begins new numbers in the next window', () => {
  // 10:00 is inside 08:00 to 12:00.
  const schedule = { type: 'daily', startSecond: 8 * 3600, endSecond: 12 * 3600 } as const;
  const peer = loggedOn({ schedule });
  assert.equal(peer.session.state.nextOut, 2);
  tickAt(peer, 2 * 3600);
  assert.deepEqual(peer.trace().at(-1), '35=5|34=2|58=Session window ended');
  give(peer, MsgType.Logout, 2);
  assert.deepEqual(kinds(peer.session.connected(peer.timeUs)), ['disconnect']);
  peer.timeUs = START_US + 24 * 3600 * SECOND_US;
  peer.take(peer.session.connected(peer.timeUs));
  assert.deepEqual(peer.trace(), ['35=A|34=1|98=0|108=5']);
  assert.equal(peer.session.state.nextIn, 1);
});

test('a lost connection leaves nothing of itself behind, and the numbers stay', () => {
  const peer = loggedOn();
  give(peer, MsgType.ExecutionReport, 9);
  peer.sent(peer.session.testRequest('B', peer.timeUs));
  assert.deepEqual(kinds(peer.session.disconnected(peer.timeUs)), ['logged-out']);
  const { state } = peer.session;
  assert.deepEqual(
    [
      state.status,
      state.gapQueue.size,
      state.resendWait,
      state.testRequest,
      state.barriers.size,
      state.nextIn,
      state.nextOut,
    ],
    ['disconnected', 0, undefined, undefined, 0, 2, 4],
  );
  assert.deepEqual(peer.session.disconnected(peer.timeUs), []);
  assert.deepEqual(peer.session.received(withoutOriginal(2), peer.timeUs), []);
  assert.equal(peer.session.nextDeadlineUs(), undefined);
});

test('FIXT 1.1 carries DefaultApplVerID in the Logon and demands it', () => {
  const options = { beginString: 'FIXT.1.1', defaultApplVerId: '9' };
  const initiator = new Peer(options);
  const acceptor = new Peer({ ...options, role: 'acceptor' });
  acceptor.take(acceptor.session.connected(START_US));
  initiator.take(initiator.session.connected(START_US));
  assert.deepEqual(exchange(initiator, acceptor), ['> 35=A|34=1|98=0|108=5|1137=9', '< 35=A|34=1|98=0|108=5|1137=9']);
  const strict = new Peer({ ...options, role: 'acceptor' });
  strict.take(strict.session.connected(START_US));
  assert.deepEqual(kinds(give(strict, MsgType.Logon, 1, LOGON)), ['disconnect']);
});

test('options out of bounds are refused all at once', () => {
  assert.throws(
    () =>
      new FixSession(
        { role: 'initiator', beginString: 'FIX.9', senderCompId: '', targetCompId: 'A\u0001', heartBtIntS: -1 },
        FILL_ALL,
      ),
    (error) =>
      error instanceof SessionOptionsError &&
      error.code === 'BATON_FIX_OPTIONS' &&
      ['beginString', 'senderCompId', 'targetCompId', 'heartBtIntS'].every((name) => error.message.includes(name)),
  );
  const sound = {
    role: 'initiator',
    beginString: 'FIXT.1.1',
    senderCompId: 'A',
    targetCompId: 'B',
    heartBtIntS: 5,
  } as const;
  assert.throws(() => resolveSessionOptions(sound), /defaultApplVerId/);
  assert.equal(resolveSessionOptions({ ...sound, defaultApplVerId: '9' }).logonTimeoutMs, 5000);
});

test('numbers are set by hand only while disconnected, and only to numbers', () => {
  const peer = new Peer({});
  peer.session.setSequenceNumbers({ nextOut: 7 });
  assert.deepEqual([peer.session.state.nextOut, peer.session.state.nextIn], [7, 1]);
  for (const nextIn of [0, -1, 1.5, 2 ** 31]) {
    assert.throws(() => peer.session.setSequenceNumbers({ nextIn }), RangeError);
  }
  peer.session.connected(START_US);
  assert.throws(() => peer.session.setSequenceNumbers({ nextOut: 9 }), RangeError);
});
