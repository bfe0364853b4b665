import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '@baton/host/testing';
import type { Journal } from '@baton/journal';
import { Checkpointer } from './checkpointer.ts';
import type { ReplicaConfig } from './options.ts';
import type { StateMachine } from './state-machine.ts';

const CONF_STATE = { voters: [1], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };

/** A checkpointer over a journal that only remembers, and a machine that gives one byte a piece. */
function rig(pieces: number) {
  const clock = new VirtualClock();
  const told: string[] = [];
  const bytes: number[] = [];
  let durableIndex = 0;
  const disk = { isFull: false };
  const saving = {
    add: (piece: Uint8Array) => bytes.push(...piece),
    finish: () => {
      told.push('finished');
      if (disk.isFull) return Promise.reject(new Error('ENOSPC'));
      return Promise.resolve({ index: 100, term: 1, file: '', sizeBytes: bytes.length });
    },
    abort: () => {
      told.push('given up');
      return Promise.resolve();
    },
  };
  const journal = {
    beginCheckpoint: () => saving,
    status: () => ({ durableIndex }),
    firstIndex: () => 1,
    compact: () => {},
  };
  const stateMachine = {
    *snapshotPieces() {
      for (let n = 1; n <= pieces; n++) {
        // A step takes as long as the budget of a turn: one a turn.
        clock.advance(1);
        yield Uint8Array.of(n);
      }
    },
    snapshot: () => Uint8Array.of(1, 2, 3),
  };
  const make = (machine: Partial<StateMachine>): Checkpointer => {
    const config = { stateMachine: machine, clock, applyBudgetUs: 1000, checkpointEveryEntries: 100, tailEntries: 0 };
    return new Checkpointer(
      { ...config, log: () => {} } as unknown as ReplicaConfig,
      journal as unknown as Journal,
      0,
      {
        onHold: (isHeld) => told.push(isHeld ? 'held' : 'free'),
        guard: (work) => work(),
      },
    );
  };
  const turn = (checkpointer: Checkpointer): void => checkpointer.afterTurn(100, 1, CONF_STATE, 7);
  return { clock, told, bytes, disk, stateMachine, make, turn, becomeDurable: () => (durableIndex = 100) };
}

describe('taking a checkpoint', () => {
  it('takes the pieces of a large state over many turns, and nothing is applied before the last', () => {
    const { clock, told, bytes, stateMachine, make, turn, becomeDurable } = rig(5);
    const checkpointer = make(stateMachine);
    turn(checkpointer);
    assert.deepEqual(told, ['held']);
    clock.settle();
    assert.deepEqual(told, ['held', 'free']);
    assert.deepEqual(bytes.slice(8), [1, 2, 3, 4, 5], 'time, then all pieces in order');
    turn(checkpointer);
    assert.deepEqual(told, ['held', 'free'], 'the log does not reach it yet');
    becomeDurable();
    turn(checkpointer);
    assert.deepEqual(told, ['held', 'free', 'finished']);
  });

  it('takes a state without pieces at once', () => {
    const { told, bytes, make, turn, becomeDurable } = rig(0);
    becomeDurable();
    turn(make({ snapshot: () => Uint8Array.of(1, 2, 3) }));
    assert.deepEqual(told, ['held', 'free', 'finished']);
    assert.deepEqual(bytes.slice(8), [1, 2, 3]);
  });

  it('gives up what is half taken when the state is replaced, and takes no further piece', () => {
    const { clock, told, bytes, stateMachine, make, turn } = rig(5);
    const checkpointer = make(stateMachine);
    turn(checkpointer);
    const taken = bytes.length;
    checkpointer.replacedBy(200);
    clock.settle();
    assert.deepEqual(told, ['held', 'given up', 'free']);
    assert.equal(bytes.length, taken);
    assert.equal(checkpointer.lastIndex, 200);
  });

  it('is made at the entry at which one failed, when it is wanted again', async () => {
    const { disk, make, turn, becomeDurable } = rig(0);
    becomeDurable();
    const checkpointer = make({ snapshot: () => Uint8Array.of(1) });
    disk.isFull = true;
    const failed = checkpointer.saved(100);
    turn(checkpointer);
    await assert.rejects(failed, /ENOSPC/);
    disk.isFull = false;
    const saved = checkpointer.saved(100);
    turn(checkpointer);
    assert.equal(await saved, 100);
  });
});
