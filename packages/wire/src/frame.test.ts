import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EntryType, type Message, MessageType } from '@baton/raft';
import fc from 'fast-check';
import { Packr } from 'msgpackr/pack';
import { decodeFrame, encodeBytes, encodeHello, encodeMessages } from './frame.ts';
import { DEFAULT_WIRE_LIMITS } from './limits.ts';
import { messageSizeBytes } from './message-codec.ts';

const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const bytes = fc.uint8Array({ maxLength: 300 });
const ids = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 });

const message: fc.Arbitrary<Message> = fc.record(
  {
    type: fc.constantFrom(MessageType.App, MessageType.AppResp, MessageType.Heartbeat, MessageType.Snap),
    to: count,
    from: count,
    term: count,
    logTerm: count,
    index: count,
    entries: fc.array(
      fc.record(
        { term: count, index: count, type: fc.constantFrom(...Object.values(EntryType)), data: bytes },
        { noNullPrototype: true },
      ),
      { maxLength: 5 },
    ),
    commit: count,
    vote: count,
    snapshot: fc.option(
      fc.record(
        {
          index: count,
          term: count,
          confState: fc.record(
            { voters: ids, learners: ids, votersOutgoing: ids, learnersNext: ids, autoLeave: fc.boolean() },
            { noNullPrototype: true },
          ),
          data: bytes,
        },
        { noNullPrototype: true },
      ),
    ),
    reject: fc.boolean(),
    rejectHint: count,
    context: fc.option(bytes),
    responses: fc.constant(null),
    stampUs: count,
  },
  { noNullPrototype: true },
);

/** Buffers and plain byte arrays with the same bytes count as equal. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, item: unknown) => {
      if (item instanceof Uint8Array) return Buffer.from(item).toString('hex');
      if (typeof item === 'object' && item !== null && (item as { type?: unknown }).type === 'Buffer') {
        return Buffer.from((item as unknown as { data: number[] }).data).toString('hex');
      }
      return item;
    }),
  );
}

describe('frames', () => {
  it('carry messages unchanged', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), (messages) => {
        const frame = decodeFrame(encodeMessages(messages), DEFAULT_WIRE_LIMITS);
        assert.equal(frame.type, 'messages');
        assert.deepEqual(plain(frame.type === 'messages' && frame.messages), plain(messages));
      }),
    );
  });

  it('are never larger than the size by which queues are bounded', () => {
    fc.assert(
      fc.property(message, (one) => {
        assert.ok(encodeMessages([one]).length <= messageSizeBytes(one) + 200);
      }),
    );
  });

  it('of any bytes at all decode to a frame or a named reason, and never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (garbage) => {
        const frame = decodeFrame(garbage, DEFAULT_WIRE_LIMITS);
        if (frame.type === 'malformed') assert.notEqual(frame.reason, '');
      }),
      { numRuns: 3000 },
    );
  });

  it('with one byte changed decode to a well-shaped message or a named reason', () => {
    fc.assert(
      fc.property(message, fc.nat(), fc.integer({ min: 1, max: 255 }), (one, at, flip) => {
        const frame = Buffer.from(encodeMessages([one]));
        const i = at % frame.length;
        frame[i] = (frame[i] ?? 0) ^ flip;
        const decoded = decodeFrame(frame, DEFAULT_WIRE_LIMITS);
        if (decoded.type !== 'messages') return;
        for (const found of decoded.messages) {
          assert.ok(Number.isSafeInteger(found.term) && found.term >= 0);
          for (const entry of found.entries) assert.ok(entry.data instanceof Uint8Array);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('beyond the bounds are refused: size, messages, entries', () => {
    const limits = { ...DEFAULT_WIRE_LIMITS, maxFrameBytes: 2000, maxFrameMessages: 2, maxMessageEntries: 1 };
    const reasonOf = (frame: Uint8Array): string => {
      const decoded = decodeFrame(frame, limits);
      return decoded.type === 'malformed' ? decoded.reason : '';
    };
    assert.match(reasonOf(encodeBytes(1, new Uint8Array(3000))), /frame of/);
    const small = fc.sample(message, 3).map((one) => ({ ...one, entries: [], snapshot: null, context: null }));
    assert.match(reasonOf(encodeMessages(small)), /frame of 3 messages/);
    const entry = { term: 1, index: 1, type: EntryType.Normal, data: new Uint8Array(1) };
    const [first] = small;
    assert.ok(first);
    assert.match(reasonOf(encodeMessages([{ ...first, entries: [entry, entry] }])), /2 entries/);
  });

  it('nested deeper than any of ours are refused, not recursed into', () => {
    const deep = Buffer.concat([Buffer.alloc(100_000, 0x91), Buffer.from([0xc0])]);
    assert.equal(decodeFrame(deep, DEFAULT_WIRE_LIMITS).type, 'malformed');
  });

  it('whose hello lacks a field or has a wrong one are refused', () => {
    const hello = { clusterId: 'c', nodeId: 1, target: 2, versionMin: 1, versionMax: 1, instance: 'i' };
    assert.equal(decodeFrame(encodeHello(hello), DEFAULT_WIRE_LIMITS).type, 'hello');
    assert.equal(decodeFrame(encodeHello({ ...hello, nodeId: 0 }), DEFAULT_WIRE_LIMITS).type, 'malformed');
    assert.equal(decodeFrame(new Packr().pack([1, 'c']), DEFAULT_WIRE_LIMITS).type, 'malformed');
  });
});
