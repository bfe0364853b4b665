// Laws of a pair of sessions under loss: frames vanish, connections break, leaders
// change (snapshot and restore), time passes; and every message still arrives
// exactly once and in order. And laws of one session under any input at all.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeBody, encodeMessage } from './encode.ts';
import { Framer } from './framer.ts';
import { parseMessage } from './message.ts';
import { MsgType } from './msg-type.ts';
import { FixSession } from './session.ts';
import type { SessionOptions } from './session-options.ts';
import { Tag } from './tag.ts';
import { fuzz } from './testing/arbitrary.ts';
import { Peer, RESEND_ALL, START_US } from './testing/peer.ts';
import { encodeTransmit } from './wire-message.ts';

type Act =
  | { readonly type: 'send' | 'lose' | 'takeover'; readonly side: 0 | 1 }
  | { readonly type: 'deliver'; readonly side: 0 | 1; readonly count: number }
  | { readonly type: 'break' }
  | { readonly type: 'wait'; readonly ms: number };

const side = fc.constantFrom(0 as const, 1 as const);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('send' as const), side }) },
  {
    weight: 8,
    arbitrary: fc.record({ type: fc.constant('deliver' as const), side, count: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('lose' as const), side }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('break' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('takeover' as const), side }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 4000 }) }) },
);

interface Setting {
  readonly sendNextExpectedMsgSeqNum: boolean;
  readonly resendChunk: number;
  readonly resendBatch: number;
  readonly gapQueueMax: number;
}

const setting: fc.Arbitrary<Setting> = fc.record({
  sendNextExpectedMsgSeqNum: fc.boolean(),
  resendChunk: fc.constantFrom(0, 1, 3),
  resendBatch: fc.constantFrom(1, 2, 1000),
  gapQueueMax: fc.constantFrom(0, 2, 1000),
});

/** Two sessions and the wire between them. */
class Pair {
  readonly peers: [Peer, Peer];
  readonly #options: [Partial<SessionOptions>, Partial<SessionOptions>];
  readonly #sent: [string[], string[]] = [[], []];
  #timeUs = START_US;

  constructor(options: Setting) {
    this.#options = [
      { ...options, role: 'initiator' },
      { ...options, role: 'acceptor' },
    ];
    this.peers = [new Peer(this.#options[0]), new Peer(this.#options[1])];
    this.reconnect();
  }

  reconnect(): void {
    for (const index of [1, 0] as const) {
      const peer = this.peers[index];
      peer.wire.length = 0;
      peer.take(peer.session.disconnected(this.#timeUs));
      peer.take(peer.session.connected(this.#timeUs));
    }
  }

  send(index: 0 | 1): void {
    const peer = this.peers[index];
    const id = `${index}-${this.#sent[index].length}`;
    const outcome = peer.session.send(MsgType.NewOrderSingle, encodeBody([[Tag.ClOrdID, id]]), this.#timeUs, id);
    if (outcome.ok) {
      this.#sent[index].push(id);
      peer.take(outcome.outputs);
    }
  }

  deliver(from: 0 | 1, count: number): boolean {
    const frames = this.peers[from].wire.splice(0, count);
    const to = this.peers[from === 0 ? 1 : 0];
    for (const frame of frames) {
      to.take(to.session.received(frame, this.#timeUs));
    }
    return frames.length > 0;
  }

  lose(from: 0 | 1): void {
    this.peers[from].wire.shift();
  }

  wait(ms: number): void {
    this.#timeUs += ms * 1000;
    for (const peer of this.peers) {
      peer.timeUs = this.#timeUs;
      peer.take(peer.session.tick(this.#timeUs));
    }
  }

  /** Another node goes on with the replicated state; its connection is a new one. */
  takeOver(index: 0 | 1): void {
    const old = this.peers[index];
    const options = { ...old.session.config, ...this.#options[index] } as SessionOptions;
    const session = FixSession.restore(options, RESEND_ALL, structuredClone(old.session.snapshot()));
    assert.deepEqual(structuredClone(session.snapshot()), structuredClone(old.session.snapshot()));
    const next = new Peer({}, RESEND_ALL, session);
    next.outputs.push(...old.outputs);
    next.timeUs = this.#timeUs;
    this.peers[index] = next;
    this.reconnect();
  }

  act(step: Act): void {
    if (step.type === 'send') {
      this.send(step.side);
    } else if (step.type === 'deliver') {
      this.deliver(step.side, step.count);
    } else if (step.type === 'lose') {
      this.lose(step.side);
    } else if (step.type === 'takeover') {
      this.takeOver(step.side);
    } else if (step.type === 'wait') {
      this.wait(step.ms);
    } else {
      this.reconnect();
    }
  }

  /** A sound connection, and time for all that is owed: heartbeats show the last gap, as in life. */
  settle(): void {
    this.reconnect();
    for (let round = 0; round < 200; round++) {
      this.wait(100);
      while (this.deliver(0, 1) || this.deliver(1, 1)) {
        // until the wire is empty
      }
    }
  }

  delivered(index: 0 | 1): string[] {
    return this.peers[index].outputs.flatMap((output) =>
      output.type === 'deliver' ? [output.message.getString(Tag.ClOrdID)!] : [],
    );
  }

  check(): void {
    assert.deepEqual(this.delivered(1), this.#sent[0]);
    assert.deepEqual(this.delivered(0), this.#sent[1]);
    for (const peer of this.peers) {
      const fresh = peer.outputs.flatMap((output) =>
        output.type === 'transmit' && !output.possDup ? [output.slot.seq] : [],
      );
      assert.deepEqual(
        fresh,
        fresh.map((_, i) => i + 1),
        'new messages take consecutive numbers',
      );
      assert.equal(peer.session.state.status, 'active');
      assert.equal(peer.session.state.gapQueue.size, 0);
      assert.equal(peer.session.state.resendWait, undefined);
    }
    assert.equal(this.peers[0].session.state.nextIn, this.peers[1].session.state.nextOut);
    assert.equal(this.peers[1].session.state.nextIn, this.peers[0].session.state.nextOut);
  }
}

test('every message arrives exactly once and in order, whatever is lost, and numbers never repeat or skip', () => {
  fc.assert(
    fc.property(setting, fc.array(act, { maxLength: 60, size: 'max' }), (options, acts) => {
      const pair = new Pair(options);
      for (const step of acts) {
        pair.act(step);
      }
      pair.settle();
      pair.check();
    }),
    fuzz(150),
  );
});

const HOSTILE_TYPES = ['0', '1', '2', '3', '4', '5', 'A', 'D', '8', '*'];
const HOSTILE_TAGS = [7, 16, 36, 43, 97, 98, 108, 112, 122, 123, 141, 789, 45, 58, 11];
const HOSTILE_VALUES = [
  '0',
  '1',
  '2',
  '5',
  '-1',
  '999999',
  '2147483647',
  'Y',
  'N',
  'X',
  '20261123-10:00:00',
  '20261123-11:00:00',
];

const hostile = fc
  .record({
    msgType: fc.constantFrom(...HOSTILE_TYPES),
    seq: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constantFrom(1000, 2_147_483_647)),
    fields: fc.array(fc.tuple(fc.constantFrom(...HOSTILE_TAGS), fc.constantFrom(...HOSTILE_VALUES)), { maxLength: 5 }),
    sender: fc.constantFrom('VENUE', 'VENUE', 'VENUE', 'OTHER'),
    beginString: fc.constantFrom('FIX.4.4', 'FIX.4.4', 'FIX.4.4', 'FIX.4.2'),
    waitMs: fc.constantFrom(0, 1, 900, 6500),
  })
  .map(({ msgType, seq, fields, sender, beginString, waitMs }) => ({
    waitMs,
    frame: encodeMessage(
      { beginString, msgType, msgSeqNum: seq, senderCompId: sender, targetCompId: 'BATON', sendingTimeUs: START_US },
      encodeBody(fields),
    ),
  }));

const OPTIONS: SessionOptions = {
  role: 'acceptor',
  beginString: 'FIX.4.4',
  senderCompId: 'BATON',
  targetCompId: 'VENUE',
  heartBtIntS: 5,
  gapQueueMax: 5,
  outboxMax: 5,
  resendBatch: 2,
};

const LOGON = encodeMessage(
  {
    beginString: 'FIX.4.4',
    msgType: 'A',
    msgSeqNum: 1,
    senderCompId: 'VENUE',
    targetCompId: 'BATON',
    sendingTimeUs: START_US,
  },
  encodeBody([
    [98, 0],
    [108, 5],
  ]),
);

test('any input keeps the session within its bounds, and two nodes with the same inputs hold the same state', () => {
  fc.assert(
    fc.property(
      fc.array(hostile, { maxLength: 40, size: 'max' }),
      fc.constantFrom('acceptor' as const, 'initiator' as const),
      (steps, role) => {
        const nodes = [
          new FixSession({ ...OPTIONS, role }, RESEND_ALL),
          new FixSession({ ...OPTIONS, role }, RESEND_ALL),
        ] as const;
        let timeUs = START_US;
        const both = (apply: (session: FixSession) => unknown): void => {
          assert.deepEqual(apply(nodes[0]), apply(nodes[1]));
          assert.deepEqual(nodes[0].snapshot(), nodes[1].snapshot());
        };
        both((session) => session.connected(timeUs));
        both((session) => session.received(LOGON, timeUs));
        for (const { frame, waitMs } of steps) {
          timeUs += waitMs * 1000;
          if (nodes[0].state.status === 'disconnected') {
            both((session) => session.connected(timeUs));
          }
          both((session) => session.received(frame, timeUs).map((output) => output.type));
          both((session) => session.tick(timeUs).map((output) => output.type));
          const { state } = nodes[0];
          assert.ok(state.gapQueue.size <= 5 && state.outbox.size <= 5);
          assert.ok(state.nextOut >= 1 && state.nextIn >= 1);
        }
      },
    ),
    fuzz(300),
  );
});

/** Bytes changed at random, with a checksum that fits again: what a faulty engine sends and no framer can refuse. */
const damaged = fc
  .tuple(hostile, fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(1, 61, 45, 48))), { maxLength: 4 }))
  .map(([{ frame }, changes]) => {
    const bytes = Buffer.from(frame);
    const bodyStart = bytes.indexOf('\u000135=') + 4;
    for (const [position, value] of changes) {
      bytes[bodyStart + (position % (bytes.length - bodyStart - 7))] = value;
    }
    const sum = bytes.subarray(0, -7).reduce((total, byte) => total + byte, 0) % 256;
    bytes.write(sum.toString().padStart(3, '0'), bytes.length - 4);
    return bytes;
  });

test('damaged messages that frame well never throw', () => {
  fc.assert(
    fc.property(fc.array(damaged, { maxLength: 30, size: 'max' }), (frames) => {
      const session = new FixSession(OPTIONS, RESEND_ALL);
      const framer = new Framer();
      session.connected(START_US);
      session.received(LOGON, START_US);
      framer.push(Buffer.concat(frames));
      for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
        if (session.state.status === 'disconnected') {
          session.connected(START_US);
          session.received(LOGON, START_US);
        }
        const outputs =
          frame.type === 'message' ? session.received(frame.bytes, START_US) : session.garbled(frame.reason, START_US);
        for (const output of outputs) {
          if (output.type === 'transmit') {
            assert.equal(parseMessage(encodeTransmit(session.config, output, START_US)).fault, undefined);
          }
        }
      }
    }),
    fuzz(200),
  );
});

test('time alone never delivers, and after the deadline a tick always acts', () => {
  const session = new FixSession(OPTIONS, RESEND_ALL);
  session.connected(START_US);
  session.received(LOGON, START_US);
  for (let round = 0; round < 20 && session.state.status === 'active'; round++) {
    const deadlineUs = session.nextDeadlineUs()!;
    assert.deepEqual(session.tick(deadlineUs - 1), []);
    assert.notDeepEqual(session.tick(deadlineUs), []);
  }
  assert.equal(session.state.status, 'disconnected');
  assert.equal(parseMessage(LOGON).msgType, 'A');
});
