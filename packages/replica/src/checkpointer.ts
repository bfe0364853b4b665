// When a checkpoint is taken, how its bytes come out of the state machine, and how much log is kept behind it.
//
// Rules decided here: a checkpoint every N applied entries, one at a time. Its pieces are taken for a millisecond a turn,
// and nothing is applied before the last one is: heartbeats and appends go on, and the pieces tell one state. It counts
// only when the log up to its index is durable here (an entry may be committed by the others' disks alone, and a
// checkpoint ahead of the own log would leave a gap). The log behind it is given up only when it is safely on disk, and a
// tail stays, so that a follower a little behind is served from the log. A checkpoint that cannot be written costs
// nothing but log space: it is logged, the next is due N entries later.

import type { CheckpointSaving, Journal } from '@baton/journal';
import type { ConfState } from '@baton/raft';
import { encodeCheckpointState } from './checkpoint-state.ts';
import type { ReplicaConfig } from './options.ts';

const NO_STATE = new Uint8Array(0);
/** With so many times the entries of a checkpoint without one from elsewhere, the log is getting too long to wait. */
const PATIENCE = 40;

/** A checkpoint on its way. */
interface Taking {
  readonly index: number;
  readonly saving: CheckpointSaving;
  /** What is left of the state; null when all of it was taken. */
  pieces: Iterator<Uint8Array> | null;
}

/** What the checkpointer asks of its owner. */
export interface CheckpointerHooks {
  /** True: apply nothing until false is told. */
  onHold(isHeld: boolean): void;
  /** Runs work of the state machine; what it throws ends the replica. */
  guard(work: () => void): void;
}

export class Checkpointer {
  readonly #config: ReplicaConfig;
  readonly #journal: Journal;
  readonly #hooks: CheckpointerHooks;
  #lastIndex: number;
  #taking: Taking | null = null;
  #isSaving = false;
  #isClosed = false;
  /** A checkpoint of this index or a later one is wanted before its time; -1 for none. */
  #wantedFrom = -1;
  /** Index of the last one that was saved in this life, or found at the start; a failure does not move it. */
  #savedIndex: number;
  readonly #waiting: { readonly index: number; settle(index: number | Error): void }[] = [];
  /** What the log has said of members' addresses. */
  members: () => Uint8Array = () => new Uint8Array(0);

  constructor(config: ReplicaConfig, journal: Journal, lastIndex: number, hooks: CheckpointerHooks) {
    this.#config = config;
    this.#journal = journal;
    this.#lastIndex = lastIndex;
    this.#savedIndex = lastIndex;
    this.#hooks = hooks;
  }

  /** Index of the last checkpoint that is safely on disk, or was when this node started. */
  get lastIndex(): number {
    return this.#lastIndex;
  }

  /** Takes one of `index` or later before its time, unless there is one, or one is on its way. */
  request(index: number): void {
    if (this.#lastIndex >= index || this.#isSaving || this.#taking !== null) return;
    if (this.#config.takeElsewhere?.(index) !== true) this.#wantedFrom = index;
  }

  /** Resolves with the index of a checkpoint of `index` or later that is on disk; rejects when one could not be written. */
  saved(index: number): Promise<number> {
    if (this.#savedIndex >= index) return Promise.resolve(this.#savedIndex);
    if (this.#isClosed) return Promise.reject(new Error('the replica has stopped'));
    // One that is on its way may be too old: then the next is wanted, too.
    if ((this.#taking?.index ?? 0) < index) this.#wantedFrom = Math.max(this.#wantedFrom, index);
    return new Promise((resolve, reject) => {
      const settle = (outcome: number | Error): void =>
        typeof outcome === 'number' ? resolve(outcome) : reject(outcome);
      this.#waiting.push({ index, settle });
    });
  }

  #settle(outcome: number | Error): void {
    for (const waiter of this.#waiting.splice(0)) {
      if (typeof outcome === 'number' && outcome < waiter.index) this.#waiting.push(waiter);
      else waiter.settle(outcome);
    }
  }

  /** The state machine is at `index`, in order; called once a turn. */
  afterTurn(index: number, term: number, confState: ConfState, lastTimeUs: number): void {
    const every = this.#config.checkpointEveryEntries;
    if (this.#isSaving) return;
    // One that failed at this very entry may be wanted again: the disk has room now, perhaps.
    const isWanted = this.#wantedFrom >= 0 && index >= this.#wantedFrom && index > this.#savedIndex;
    const isDue = every > 0 && index > this.#lastIndex && index - this.#lastIndex >= every * this.#patience();
    if (this.#taking === null && (isWanted || isDue)) {
      this.#wantedFrom = -1;
      this.#begin(index, term, confState, lastTimeUs);
    }
    const taking = this.#taking;
    if (taking === null || taking.pieces !== null) return;
    if (this.#journal.status().durableIndex >= taking.index) this.#save(taking);
  }

  /** The state is about to be replaced by a snapshot of the leader: one that is being taken is given up. */
  abandon(): void {
    const taking = this.#taking;
    this.#taking = null;
    if (taking === null) return;
    void taking.saving.abort();
    if (taking.pieces !== null) this.#hooks.onHold(false);
  }

  /** A snapshot of the leader took the place of log and checkpoint. */
  replacedBy(index: number): void {
    this.abandon();
    this.#lastIndex = Math.max(this.#lastIndex, index);
  }

  close(): void {
    this.#isClosed = true;
    this.abandon();
    this.#settle(new Error('the replica has stopped'));
  }

  /** As `Replica.adoptCheckpoint`. */
  adopt(index: number, logNeededAfter: number): boolean {
    if (this.#isClosed || !this.#journal.adoptCheckpoint(index)) return false;
    this.#lastIndex = Math.max(this.#lastIndex, index);
    this.#savedIndex = Math.max(this.#savedIndex, index);
    if (this.#wantedFrom >= 0 && index >= this.#wantedFrom) this.#wantedFrom = -1;
    this.#settle(index);
    const compactTo = Math.min(logNeededAfter, index - this.#config.tailEntries);
    if (compactTo >= this.#journal.firstIndex()) this.#journal.compact(compactTo);
    return true;
  }

  #patience(): number {
    return this.#config.checkpointsElsewhere?.() === true ? PATIENCE : 1;
  }

  #begin(index: number, term: number, confState: ConfState, lastTimeUs: number): void {
    const { stateMachine } = this.#config;
    let saving: CheckpointSaving;
    try {
      saving = this.#journal.beginCheckpoint({ index, term, confState });
    } catch (error) {
      this.#failed(index, error);
      return;
    }
    saving.add(encodeCheckpointState(lastTimeUs, NO_STATE, this.members()));
    const whole = stateMachine.snapshotPieces?.() ?? [stateMachine.snapshot()];
    const taking: Taking = { index, saving, pieces: whole[Symbol.iterator]() };
    this.#taking = taking;
    this.#hooks.onHold(true);
    this.#takePieces(taking);
  }

  #takePieces(taking: Taking): void {
    const { clock, applyBudgetUs } = this.#config;
    const untilUs = clock.monotonicUs() + applyBudgetUs;
    do {
      const next = taking.pieces?.next();
      if (next === undefined || next.done === true) {
        taking.pieces = null;
        this.#hooks.onHold(false);
        return;
      }
      taking.saving.add(next.value);
    } while (clock.monotonicUs() < untilUs);
    clock.defer(() => {
      if (this.#taking === taking) this.#hooks.guard(() => this.#takePieces(taking));
    });
  }

  #save({ index, saving }: Taking): void {
    this.#taking = null;
    this.#isSaving = true;
    saving.finish().then(
      (info) => this.#saved(info.index, info.sizeBytes),
      (error: unknown) => this.#failed(index, error),
    );
  }

  #failed(index: number, error: unknown): void {
    this.#isSaving = false;
    // Not at once again: the next is due after another N entries.
    this.#lastIndex = Math.max(this.#lastIndex, index);
    if (!this.#isClosed) this.#config.log('error', 'checkpoint not saved', { index, error: String(error) });
    this.#settle(error instanceof Error ? error : new Error(String(error)));
  }

  #saved(index: number, sizeBytes: number): void {
    this.#isSaving = false;
    this.#lastIndex = Math.max(this.#lastIndex, index);
    this.#savedIndex = Math.max(this.#savedIndex, index);
    if (this.#isClosed) return;
    this.#settle(index);
    this.#config.log('info', 'checkpoint saved', { index, sizeBytes });
    const compactTo = index - this.#config.tailEntries;
    if (compactTo >= this.#journal.firstIndex()) this.#journal.compact(compactTo);
  }
}
