import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeBody, encodeMessage } from './encode.ts';
import { printableFrame } from './printable.ts';
import { bodyFields, fuzz } from './testing/arbitrary.ts';

const HEADER = { beginString: 'FIX.4.4', msgSeqNum: 1, senderCompId: 'A', targetCompId: 'B', sendingTimeUs: 0 };

test('secrets of a Logon never reach a log line', () => {
  const frame = encodeMessage(
    { ...HEADER, msgType: 'A' },
    encodeBody([
      [98, 0],
      [553, 'user'],
      [554, 'hunter2'],
      [95, 9],
      [96, Buffer.from('signature')],
      [925, 'hunter3'],
      [5025, 'nonce'],
    ]),
  );
  const line = printableFrame(frame);
  assert.doesNotMatch(line, /hunter|signature|nonce/);
  assert.match(line, /^8=FIX\.4\.4\|9=\d+\|35=A\|.*553=user\|554=\*\*\*\|.*10=\d{3}\|$/);
});

test('no message can write a line break or a terminal code into a log', () => {
  fc.assert(
    fc.property(bodyFields(), (fields) => {
      const line = printableFrame(encodeMessage({ ...HEADER, msgType: 'B' }, encodeBody(fields)));
      assert.ok([...line].every((character) => (character >= ' ' && character <= '~') || character === '…'));
    }),
    fuzz(200),
  );
  const text = encodeBody([[58, 'a\nb\u001b[31mc\\d\u0000']]);
  assert.match(printableFrame(encodeMessage({ ...HEADER, msgType: 'B' }, text)), /58=a\\x0ab\\x1b\[31mc\\x5cd\\x00\|/);
});

test('long messages are cut, and bytes that are none are only counted', () => {
  const frame = encodeMessage({ ...HEADER, msgType: 'B' }, encodeBody([[58, 'x'.repeat(5000)]]));
  assert.equal(printableFrame(frame, 100).startsWith('8=FIX.4.4|'), true);
  assert.match(printableFrame(frame, 100), /… \[\d+ more\]$/);
  assert.equal(
    printableFrame(Buffer.from('554=hunter2')),
    '[11 bytes that are no FIX message: no field end at offset 11]',
  );
});
