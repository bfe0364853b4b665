// The state of a checkpoint that was pulled, made ready beside the one in use, before raft hears of it.
//
// Rules decided here: a piece a turn, so that heartbeats and appends go on however large the state is; what is in use
// stays in use until the log has the snapshot, and is then replaced at once. What cannot be prepared (no such machine, a
// file that does not check) is left to the moment at which it is needed, which says what is wrong.

import { crc32 } from 'node:zlib';
import type { Clock } from '@baton/host';
import type { CheckpointReader, Journal } from '@baton/journal';
import { CheckpointStateStart } from './checkpoint-state.ts';
import type { ReplicaLog } from './replica-log.ts';
import type { StateMachine, StateRestorer } from './state-machine.ts';

/** Reading and restoring so much takes well below a millisecond. */
export const RESTORE_PIECE_BYTES = 32 * 1024;

export interface StatePreparationParts {
  readonly journal: Pick<Journal, 'readCheckpoint'>;
  readonly stateMachine: Pick<StateMachine, 'restorer'>;
  readonly clock: Pick<Clock, 'defer'>;
  readonly log: ReplicaLog;
}

/** A state that waits for its moment. */
export interface PreparedState {
  readonly index: number;
  readonly term: number;
  readonly lastTimeUs: number;
  readonly members: Uint8Array;
  /** Puts it in place of the state in use; takes no time. */
  readonly place: () => void;
}

export class StatePreparation {
  readonly #parts: StatePreparationParts;
  #prepared: PreparedState | null = null;
  /** Another one, or the end, gives up the one under way. */
  #life = 0;

  constructor(parts: StatePreparationParts) {
    this.#parts = parts;
  }

  /** Calls back when the state of the checkpoint at `index` is ready, or cannot be made ready; perhaps at once. */
  prepare(index: number, onEnd: () => void): void {
    this.drop();
    const { journal, stateMachine } = this.#parts;
    const restorer = stateMachine.restorer?.();
    const reader = restorer === undefined ? null : journal.readCheckpoint(index);
    if (restorer === undefined || reader === null) onEnd();
    else this.#go(this.#life, reader, this.#steps(reader, restorer), onEnd);
  }

  /** The state of this checkpoint, if it is ready; it is given once. */
  take(index: number, term: number): PreparedState | null {
    const prepared = this.#prepared;
    if (prepared === null || prepared.index !== index || prepared.term !== term) return null;
    this.#prepared = null;
    return prepared;
  }

  /** The state in use has come to `appliedIndex` by another way: what is not ahead of it only takes room. */
  dropUpTo(appliedIndex: number): void {
    if (this.#prepared !== null && this.#prepared.index <= appliedIndex) this.#prepared = null;
  }

  drop(): void {
    this.#life += 1;
    this.#prepared = null;
  }

  #go(life: number, reader: CheckpointReader, steps: Iterator<void, PreparedState>, onEnd: () => void): void {
    if (life !== this.#life) {
      reader.close();
      return;
    }
    try {
      const step = steps.next();
      if (step.done !== true) {
        this.#parts.clock.defer(() => this.#go(life, reader, steps, onEnd));
        return;
      }
      this.#prepared = step.value;
    } catch (error) {
      const { index } = reader.offer;
      this.#parts.log('error', 'the state of a checkpoint cannot be made ready', { index, error: String(error) });
    }
    reader.close();
    onEnd();
  }

  *#steps(reader: CheckpointReader, restorer: StateRestorer): Generator<void, PreparedState> {
    const { index, term, sizeBytes, crc: wantedCrc } = reader.offer;
    const start = new CheckpointStateStart();
    let crc = 0;
    for (let offset = 0; offset < sizeBytes; offset += RESTORE_PIECE_BYTES) {
      const piece = reader.read(offset, RESTORE_PIECE_BYTES);
      crc = crc32(piece, crc);
      const state = start.after(piece);
      if (state.length > 0) restorer.add(state);
      yield;
    }
    if (crc !== wantedCrc) throw new Error('its bytes do not match their CRC-32');
    const { lastTimeUs, members } = start;
    return { index, term, lastTimeUs, members, place: restorer.finish() };
  }
}
