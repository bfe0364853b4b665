// Laws of the framer, and the framing faults that other engines died of (each a
// row of the reference's table of known failures).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeMessage } from './encode.ts';
import { type Frame, Framer, MAX_BODY_LENGTH_BYTES } from './framer.ts';
import { parseMessage } from './message.ts';
import { body, fuzz } from './testing/arbitrary.ts';

const HEADER = { beginString: 'FIX.4.4', msgType: 'D', senderCompId: 'A', targetCompId: 'B', sendingTimeUs: 0 };

function message(seq: number, fields: Uint8Array = Buffer.from('11=X\u0001')): Buffer {
  return encodeMessage({ ...HEADER, msgSeqNum: seq }, fields);
}

function drain(framer: Framer): Frame[] {
  const frames: Frame[] = [];
  for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
    frames.push(frame);
  }
  return frames;
}

function messagesOf(frames: readonly Frame[]): string[] {
  return frames.flatMap((frame) => (frame.type === 'message' ? [frame.bytes.toString('latin1')] : []));
}

function feed(framer: Framer, stream: Buffer, cuts: readonly number[]): Frame[] {
  const frames: Frame[] = [];
  let at = 0;
  for (const cut of [...cuts].sort((a, b) => a - b).concat(stream.length)) {
    const end = Math.min(Math.max(cut, at), stream.length);
    framer.push(stream.subarray(at, end));
    frames.push(...drain(framer));
    at = end;
  }
  return frames;
}

const stream = fc
  .array(body(), { minLength: 1, maxLength: 6 })
  .map((bodies) => bodies.map((b, i) => message(i + 1, b)));

test('any split of the bytes gives the same messages', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat(4000), { maxLength: 30 }), (messages, cuts) => {
      const frames = feed(new Framer(), Buffer.concat(messages), cuts);
      assert.deepEqual(
        messagesOf(frames),
        messages.map((m) => m.toString('latin1')),
      );
    }),
    fuzz(200),
  );
});

test('one byte at a time gives the same messages', () => {
  const messages = [message(1), message(2), message(3)];
  const bytes = Buffer.concat(messages);
  const frames = feed(
    new Framer(),
    bytes,
    Array.from({ length: bytes.length }, (_, i) => i),
  );
  assert.equal(messagesOf(frames).length, 3);
  assert.equal(frames.length, 3);
});

test('garbage between messages changes nothing', () => {
  // Garbage may hold beginnings of messages, but no complete header: that would announce a message.
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom('8=', '8=FIX', '8=FIX.4.4', '8=FIX.4.4\u00019=', '8=FIX.4.4\u00019=x', '10=123\u0001')
      .map((text) => Buffer.from(text)),
  );
  const garbage = fc
    .array(piece, { maxLength: 5 })
    .map((pieces) => Buffer.concat(pieces))
    .filter((bytes) => !/8=FIXT?\.[\d.]+\|9=\d+\|/.test(bytes.toString('latin1').replaceAll('\u0001', '|')));
  fc.assert(
    fc.property(
      stream,
      fc.array(garbage, { minLength: 7, maxLength: 7 }),
      fc.array(fc.nat(3000), { maxLength: 9 }),
      (messages, noise, cuts) => {
        const mixed = Buffer.concat(messages.flatMap((m, i) => [noise[i]!, m]));
        const frames = feed(new Framer(), mixed, cuts);
        assert.deepEqual(
          messagesOf(frames),
          messages.map((m) => m.toString('latin1')),
        );
      },
    ),
    fuzz(300),
  );
});

test('every byte is handed out once, as part of a message or as garbled', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 60 }),
          stream.map((m) => Buffer.concat(m)),
        ),
        { maxLength: 8 },
      ),
      (chunks) => {
        const framer = new Framer({ maxBodyLengthBytes: 500 });
        let total = 0;
        let handed = 0;
        for (const chunk of chunks) {
          framer.push(Buffer.from(chunk));
          total += chunk.length;
          for (const frame of drain(framer)) {
            const byteCount = frame.type === 'message' ? frame.bytes.length : frame.byteCount;
            assert.ok(byteCount > 0);
            handed += byteCount;
          }
        }
        assert.equal(handed + framer.pendingByteCount, total);
      },
    ),
    fuzz(300),
  );
});

test('a flipped byte never passes as a message with other content', () => {
  fc.assert(
    fc.property(body(), fc.nat(), fc.integer({ min: 1, max: 255 }), (fields, position, flip) => {
      const original = message(1, fields);
      const damaged = Buffer.from(original);
      const at = position % damaged.length;
      damaged[at] = damaged[at]! ^ flip;
      for (const frame of feed(new Framer(), damaged, [])) {
        // One byte changes the sum by less than 256, so only an unchanged sum passes: never.
        assert.equal(frame.type, 'garbled');
      }
    }),
    fuzz(300),
  );
});

test('frames stay valid while later bytes arrive', () => {
  const framer = new Framer();
  const first = message(1);
  framer.push(first.subarray(0, 10));
  framer.push(first.subarray(10));
  const frame = framer.next();
  for (let i = 2; i < 200; i++) {
    const next = message(i);
    framer.push(next.subarray(0, 30));
    drain(framer);
    framer.push(next.subarray(30));
    drain(framer);
  }
  assert.equal(frame?.type === 'message' && frame.bytes.toString('latin1'), first.toString('latin1'));
});

test('a claimed BodyLength of gigabytes is refused at once and allocates nothing', () => {
  for (const length of ['1500000000', '9999999', '65537', '999999']) {
    const framer = new Framer();
    framer.push(Buffer.from(`8=FIX.4.4\u00019=${length}\u000135=A\u0001`));
    assert.deepEqual(framer.next()?.type, 'garbled', length);
  }
});

test('before a logon the limit is smaller, and it can be raised afterwards', () => {
  const framer = new Framer({ maxBodyLengthBytes: 100 });
  const big = message(1, Buffer.from(`58=${'x'.repeat(200)}\u0001`));
  framer.push(big);
  assert.equal(framer.next()?.type, 'garbled');
  drain(framer);
  framer.setMaxBodyLength(MAX_BODY_LENGTH_BYTES);
  framer.push(big);
  assert.equal(drain(framer).at(-1)?.type, 'message');
});

test('bad numbers in BodyLength are garbled', () => {
  for (const length of ['', '-5', '+5', '0x10', '1e3', '5 ', '1.0']) {
    const framer = new Framer();
    framer.push(Buffer.from(`8=FIX.4.4\u00019=${length}\u000135=0\u000110=000\u0001`));
    framer.push(message(1));
    const frames = drain(framer);
    assert.equal(frames[0]?.type, 'garbled', length);
    assert.equal(messagesOf(frames).length, 1, length);
  }
});

test('a wrong checksum is garbled and the next message is read', () => {
  const bad = Buffer.from(message(1));
  bad.write('999', bad.length - 4);
  const frames = feed(new Framer(), Buffer.concat([bad, message(2)]), []);
  assert.deepEqual(
    frames.map((frame) => (frame.type === 'garbled' ? frame.reason : 'message')),
    ['bad-check-sum', 'message'],
  );
});

test('a length claimed too short skips that message only, one claimed too long takes the next with it', () => {
  const relength = (bytes: Buffer, by: number) =>
    Buffer.from(
      bytes.toString('latin1').replace(/9=(\d+)/, (_, n: string) => `9=${Number(n) + by}`),
      'latin1',
    );
  for (const [by, left] of [
    [-20, 2],
    [14, 1],
  ] as const) {
    const frames = feed(new Framer(), Buffer.concat([relength(message(1), by), message(2), message(3)]), []);
    assert.equal(messagesOf(frames).length, left, `length off by ${by}`);
  }
});

test('an unterminated flood is skipped in bounded memory', () => {
  const framer = new Framer({ maxBodyLengthBytes: 1000 });
  framer.push(Buffer.from('8=FIX.4.4\u00019=500\u000135=D\u0001'));
  for (let i = 0; i < 1000; i++) {
    framer.push(Buffer.alloc(100, 'x'));
    drain(framer);
    assert.ok(framer.pendingByteCount < 4000);
  }
  framer.push(message(7));
  assert.equal(messagesOf(drain(framer)).length, 1);
});

test('messages without 8, 9, 35 in front are garbled', () => {
  const framer = new Framer();
  framer.push(Buffer.from('8=FIX.4.4\u00019=10\u000134=3\u000135=0\u000110=000\u0001'));
  framer.push(message(1));
  const frames = drain(framer);
  assert.deepEqual(frames[0], { type: 'garbled', reason: 'no-msg-type', byteCount: 32 });
  assert.equal(messagesOf(frames).length, 1);
});

test('random bytes never throw in the framer or the parser', () => {
  const alphabet = fc.constantFrom(...Buffer.from('8=FIX.49\u0001\u000135=D10=0123x-'));
  fc.assert(
    fc.property(fc.array(alphabet, { maxLength: 400 }), fc.array(fc.nat(400), { maxLength: 10 }), (bytes, cuts) => {
      for (const frame of feed(new Framer(), Buffer.from(bytes), cuts)) {
        if (frame.type === 'message') {
          parseMessage(frame.bytes).fields();
        }
      }
    }),
    fuzz(500),
  );
});
