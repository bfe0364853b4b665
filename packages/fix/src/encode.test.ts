// Laws of the codec: what is written is read again, and nothing that would break
// the framing can be written.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeBody, encodeMessage, FixEncodeError } from './encode.ts';
import { Framer } from './framer.ts';
import { type GroupSpec, parseMessage } from './message.ts';
import { Tag } from './tag.ts';
import { bodyFields, fuzz } from './testing/arbitrary.ts';

const SENDING_TIME_US = 1_795_428_000_123_456;
const HEADER = {
  beginString: 'FIX.4.4',
  msgType: 'D',
  msgSeqNum: 7,
  senderCompId: 'BATON',
  targetCompId: 'VENUE',
  sendingTimeUs: SENDING_TIME_US,
};

function framed(bytes: Buffer): Buffer {
  const framer = new Framer();
  framer.push(bytes);
  const frame = framer.next();
  assert.equal(frame?.type, 'message');
  return (frame as { bytes: Buffer }).bytes;
}

test('decode after encode gives the same fields in the same order', () => {
  fc.assert(
    fc.property(bodyFields(), (fields) => {
      const message = parseMessage(framed(encodeMessage(HEADER, encodeBody(fields))));
      assert.equal(message.fault, undefined);
      const body = message.fields().filter(({ tag }) => tag >= 5000 || tag === 95 || tag === 96);
      assert.deepEqual(
        body.map(({ tag, value }) => [tag, value]),
        fields.map(([tag, value]) => [
          tag,
          value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value),
        ]),
      );
    }),
    fuzz(300),
  );
});

test('the header is written in order and read back', () => {
  const bytes = encodeMessage(
    {
      ...HEADER,
      possDup: true,
      possResend: true,
      origSendingTimeUs: SENDING_TIME_US - 1_000_000,
      extra: [[115, 'JCD']],
    },
    encodeBody([[Tag.ClOrdID, 'A1']]),
  );
  assert.match(
    bytes.toString('latin1').replaceAll('\u0001', '|'),
    /^8=FIX\.4\.4\|9=\d+\|35=D\|49=BATON\|56=VENUE\|34=7\|43=Y\|97=Y\|52=20261123-10:00:00\.123\|122=20261123-09:59:59\.123\|115=JCD\|11=A1\|10=\d{3}\|$/,
  );
  const message = parseMessage(framed(bytes));
  assert.equal(message.msgType, 'D');
  assert.equal(message.msgSeqNum, 7);
  assert.equal(message.possDup, true);
  assert.equal(message.possResend, true);
  assert.equal(message.senderCompId, 'BATON');
  assert.equal(message.targetCompId, 'VENUE');
  assert.equal(message.beginString, 'FIX.4.4');
  assert.equal(message.sendingTimeUs, SENDING_TIME_US - 456);
});

test('typed readers answer undefined for absent and malformed values', () => {
  const message = parseMessage(
    framed(
      encodeMessage(
        HEADER,
        encodeBody([
          [38, '1e5'],
          [44, '12.50'],
          [43, 'X'],
          [60, 'noon'],
          [54, '+1'],
          [14, '007'],
        ]),
      ),
    ),
  );
  assert.equal(message.getDecimal(38, 4), undefined);
  assert.equal(message.getDecimal(44, 4), 125_000n);
  assert.equal(message.getBoolean(43), undefined);
  assert.equal(message.getTimeUs(60), undefined);
  assert.equal(message.getInt(54), undefined);
  assert.equal(message.getInt(14), 7);
  assert.equal(message.getString(999), undefined);
  assert.equal(message.getInt(999), undefined);
  assert.equal(message.has(44), true);
  assert.equal(message.has(999), false);
});

test('fields that would break the framing are refused', () => {
  for (const [fields, why] of [
    [[[58, 'a\u0001b']], /SOH/],
    [[[58, '']], /empty/],
    [[[58, 'price \u20ac5']], /Latin-1/],
    [[[44, 1.5]], /whole number/],
    [[[44, Number.NaN]], /whole number/],
    [[[0, 'x']], /tag/],
    [[[-1, 'x']], /tag/],
    [[[96, Buffer.from('a\u0001b')]], /95/],
    [
      [
        [95, 2],
        [96, Buffer.from('abc')],
      ],
      /95/,
    ],
    [[[58, Buffer.from('a\u0001b')]], /data field/],
  ] as const) {
    assert.throws(
      () => encodeBody(fields),
      (error) => error instanceof FixEncodeError && error.code === 'BATON_FIX_ENCODE' && why.test(error.message),
    );
  }
});

test('a data field may hold SOH and whole messages', () => {
  const inner = encodeMessage(HEADER, Buffer.from('58=inner\u0001'));
  const outer = encodeMessage(
    HEADER,
    encodeBody([
      [95, inner.length],
      [96, inner],
      [58, 'outer'],
    ]),
  );
  const message = parseMessage(framed(outer));
  assert.deepEqual(message.getBytes(96), inner);
  assert.equal(message.getString(58), 'outer');
});

test('repeating groups are read entry by entry, nested ones too', () => {
  const nested: GroupSpec = { countTag: 802, delimiterTag: 523, memberTags: new Set([523, 803]) };
  const parties: GroupSpec = { countTag: 453, delimiterTag: 448, memberTags: new Set([448, 447, 452, 802, 523, 803]) };
  const message = parseMessage(
    framed(
      encodeMessage(
        HEADER,
        encodeBody([
          [11, 'A1'],
          [453, 2],
          [448, 'P1'],
          [452, 1],
          [802, 2],
          [523, 'S1'],
          [803, 5],
          [523, 'S2'],
          [448, 'P2'],
          [447, 'D'],
          [54, '1'],
        ]),
      ),
    ),
  );
  const entries = message.groups(parties);
  assert.deepEqual(
    entries.map((entry) => [entry.getString(448), entry.getString(452), entry.getString(54)]),
    [
      ['P1', '1', undefined],
      ['P2', undefined, undefined],
    ],
  );
  assert.deepEqual(
    entries[0]!.groups(nested).map((entry) => [entry.getString(523), entry.getInt(803)]),
    [
      ['S1', 5],
      ['S2', undefined],
    ],
  );
  assert.deepEqual(entries[1]!.groups(nested), []);
  assert.deepEqual(
    message.groups(nested),
    message.groups({ ...nested, countTag: 9999 }).length === 0 ? message.groups(nested) : [],
  );
});

test('bytes that are no fields are a fault, not an exception', () => {
  for (const text of [
    '8=FIX.4.4\u0001x=1\u0001',
    '8=FIX.4.4\u0001=1\u0001',
    '8=FIX.4.4\u000111=unended',
    '1234567890=1\u0001',
    '11\u0001',
    '-=1\u0001',
  ]) {
    assert.notEqual(parseMessage(Buffer.from(text)).fault, undefined, text);
  }
  assert.equal(parseMessage(Buffer.from('8=FIX.4.4\u0001-1=HI\u0001')).fields()[1]!.tag, -1);
});

test('random bytes never throw in the parser', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const message = parseMessage(bytes);
      assert.ok(message.fields().length <= bytes.length);
    }),
    fuzz(500),
  );
});

test('MsgSeqNum beyond 31 bits, negative or malformed is no number', () => {
  for (const [text, expected] of [
    ['2147483647', 2_147_483_647],
    ['2147483648', undefined],
    ['-1', undefined],
    ['1x', undefined],
    ['0', 0],
    ['99999999999999999999', undefined],
  ] as const) {
    assert.equal(parseMessage(Buffer.from(`35=0\u000134=${text}\u0001`)).msgSeqNum, expected, text);
  }
});

test('tags from the wire never reach an object key', () => {
  const message = parseMessage(Buffer.from('35=0\u0001__proto__=1\u0001'));
  assert.notEqual(message.fault, undefined);
  assert.equal(({} as Record<string, unknown>)['1'], undefined);
});
