import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeCheckpointState, encodeCheckpointState } from './checkpoint-state.ts';
import { commandOfData, encodeEntryData, timeUsOfData } from './entry-data.ts';

test('time and command of an entry survive its bytes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), fc.uint8Array(), (timeUs, command) => {
      const data = encodeEntryData(timeUs, command);
      assert.equal(timeUsOfData(data), timeUs);
      assert.deepEqual(Uint8Array.from(commandOfData(data)), command);
    }),
  );
});

test('the time is a big-endian 64-bit number in front of the command', () => {
  assert.deepEqual([...encodeEntryData(0x0102_0304_0506, Uint8Array.of(0xff))], [0, 0, 1, 2, 3, 4, 5, 6, 0xff]);
});

test('a checkpoint keeps the time of the last entry beside the state', () => {
  const bytes = encodeCheckpointState(1_800_000_000_000_001, Uint8Array.of(1, 2));
  const { lastTimeUs, state } = decodeCheckpointState(bytes);
  assert.equal(lastTimeUs, 1_800_000_000_000_001);
  assert.deepEqual([...state], [1, 2]);
  assert.throws(() => decodeCheckpointState(Uint8Array.of(1)), { code: 'BATON_REPLICA_INVARIANT' });
});
