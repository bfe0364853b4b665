import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { encodeCheckpointState } from './checkpoint-state.ts';
import { RESTORE_PIECE_BYTES, StatePreparation } from './state-preparation.ts';

const STATE = Buffer.alloc(10 * RESTORE_PIECE_BYTES + 77, 'state of a large machine ');
const BYTES = encodeCheckpointState(1234, STATE, Buffer.from('members'));

/** A clock whose turns are run by hand, a machine that counts what it is given in each. */
function rig(bytes: Uint8Array, crc = crc32(bytes)) {
  const turns: (() => void)[] = [];
  const given: number[] = [];
  const log = { inUse: '', closed: 0, refused: 0 };
  const preparation = new StatePreparation({
    journal: {
      readCheckpoint: (index) =>
        ({
          offer: { index, term: 7, sizeBytes: bytes.length, crc },
          read: (offset: number, size: number) => bytes.subarray(offset, offset + size),
          close: () => {
            log.closed += 1;
          },
        }) as never,
    },
    stateMachine: {
      restorer: () => {
        const parts: Uint8Array[] = [];
        return {
          add: (part) => {
            parts.push(Buffer.from(part));
            given[given.length - 1] = (given.at(-1) ?? 0) + part.length;
          },
          finish: () => () => {
            log.inUse = Buffer.concat(parts).toString();
          },
        };
      },
    },
    clock: { defer: (work) => void turns.push(work) },
    log: () => {
      log.refused += 1;
    },
  });
  const turn = (): boolean => {
    given.push(0);
    const work = turns.shift();
    work?.();
    return work !== undefined;
  };
  return { preparation, log, given, turn };
}

test('a state is made ready with a piece a turn, beside the one in use, and put in place at once', () => {
  const { given, log, preparation, turn } = rig(BYTES);
  let ended = 0;
  given.push(0);
  preparation.prepare(50, () => {
    ended += 1;
  });
  while (turn());
  assert.equal(ended, 1);
  assert.ok(given.every((bytes) => bytes <= RESTORE_PIECE_BYTES));
  assert.equal(
    given.reduce((sum, bytes) => sum + bytes, 0),
    STATE.length,
  );
  assert.equal(log.inUse, '');
  assert.equal(preparation.take(51, 7), null);
  const prepared = preparation.take(50, 7);
  assert.equal(prepared?.lastTimeUs, 1234);
  assert.equal(Buffer.from(prepared?.members ?? []).toString(), 'members');
  prepared?.place();
  assert.equal(log.inUse, STATE.toString());
  assert.equal(preparation.take(50, 7), null);
  assert.equal(log.closed, 1);
});

test('bytes that do not match their checksum become no state, and whoever waits goes on', () => {
  const { log, preparation, turn } = rig(BYTES, 1);
  let ended = 0;
  preparation.prepare(50, () => {
    ended += 1;
  });
  while (turn());
  assert.deepEqual([ended, log.refused, log.closed], [1, 1, 1]);
  assert.equal(preparation.take(50, 7), null);
});

test('one that is given up is never told of, and its file is closed', () => {
  const { log, preparation, turn } = rig(BYTES);
  let ended = 0;
  preparation.prepare(50, () => {
    ended += 1;
  });
  turn();
  preparation.drop();
  while (turn());
  assert.deepEqual([ended, log.closed], [0, 1]);
});

test('a state that the machine has passed by another way is let go', () => {
  const { preparation, turn } = rig(BYTES);
  preparation.prepare(50, () => {});
  while (turn());
  preparation.dropUpTo(49);
  preparation.dropUpTo(50);
  assert.equal(preparation.take(50, 7), null);
});
