/** The bytes of membership changes: those of etcd/raft, back and forth, and what damaged ones are told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type ConfChange,
  ConfChangeFormatError,
  decodeConfChange,
  encodeConfChange,
  encodeConfChangeV1,
  isLeaveJoint,
  jointTransition,
} from './conf-change.ts';
import { EntryType } from './entry.ts';

const single = fc
  .tuple(
    fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const),
    fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  )
  .map(([type, nodeId]) => ({ type, nodeId }));
const context = fc.uint8Array({ maxLength: 300 });

test('MB: a change comes back as it was written, in both versions', () => {
  const transition = fc.constantFrom(0 as const, 1 as const, 2 as const);
  fc.assert(
    fc.property(transition, fc.array(single), fc.option(context, { nil: undefined }), (how, changes, bytes) => {
      const change: ConfChange = { transition: how, changes, ...(bytes === undefined ? {} : { context: bytes }) };
      assert.deepEqual(decodeConfChange({ type: EntryType.ConfChangeV2, data: encodeConfChange(change) }), change);
    }),
  );
  fc.assert(
    fc.property(single, context, (change, bytes) => {
      const data = encodeConfChangeV1(change, bytes);
      const expected = { transition: 0, changes: [change], context: bytes };
      assert.deepEqual(decodeConfChange({ type: EntryType.ConfChange, data }), expected);
    }),
  );
});

test('MB: the bytes are those of the protocol-buffer messages', () => {
  const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
  assert.equal(hex(encodeConfChangeV1({ type: 1, nodeId: 300 })), '0800100118ac02');
  const change = {
    transition: 2,
    changes: [
      { type: 0, nodeId: 4 },
      { type: 3, nodeId: 5 },
    ],
  } as const;
  assert.equal(hex(encodeConfChange(change)), '08021204080010041204080310' + '05');
});

test('MB: no bytes at all ask to leave a joint configuration', () => {
  const change = decodeConfChange({ type: EntryType.ConfChangeV2, data: new Uint8Array(0) });
  assert.equal(isLeaveJoint(change), true);
});

test('MB: bytes that are no change are refused with the place, never a crash of another kind', () => {
  for (const data of [
    [0x08],
    [0x12, 0x05, 0x01],
    [0x08, 0x09],
    [0x0b, 0x00],
    [0x12, 0x02, 0x08, 0x09],
    new Array(20).fill(255),
  ]) {
    const entry = { type: EntryType.ConfChangeV2, data: Uint8Array.from(data) };
    assert.throws(() => decodeConfChange(entry), ConfChangeFormatError, `${data}`);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (data) => {
      try {
        decodeConfChange({ type: EntryType.ConfChangeV2, data });
      } catch (error) {
        assert.ok(error instanceof ConfChangeFormatError);
      }
    }),
  );
});

test('MB: one change alone may be simple, several or an explicit wish go through a joint configuration', () => {
  const one = { type: 0, nodeId: 1 } as const;
  for (const [transition, changes, expected] of [
    [0, [one], 'none'],
    [0, [one, one], 'auto-leave'],
    [1, [one], 'auto-leave'],
    [2, [one], 'explicit-leave'],
    [2, [one, one], 'explicit-leave'],
  ] as const) {
    assert.equal(jointTransition({ transition, changes }), expected);
  }
});
