// When a checkpoint is taken, and how much log is kept behind it.
//
// Rules decided here: a checkpoint every N applied entries, one at a time. It goes to the journal only when the log up to
// its index is durable here (an entry may be committed by the others' disks alone, and a checkpoint ahead of the own log
// would leave a gap). The log behind it is given up only when it is safely on disk, and a tail stays, so that a follower
// a little behind is served from the log. A checkpoint that cannot be written costs nothing but log space: it is
// logged, the next is due N entries later.

import type { Checkpoint, Journal } from '@baton/journal';
import type { ConfState } from '@baton/raft';
import { encodeCheckpointState } from './checkpoint-state.ts';
import type { ReplicaConfig } from './options.ts';

export class Checkpointer {
  readonly #config: ReplicaConfig;
  readonly #journal: Journal;
  #lastIndex: number;
  /** Taken from the state machine, not yet covered by the durable log. */
  #held: Checkpoint | null = null;
  #isSaving = false;
  #isClosed = false;

  constructor(config: ReplicaConfig, journal: Journal, lastIndex: number) {
    this.#config = config;
    this.#journal = journal;
    this.#lastIndex = lastIndex;
  }

  /** Index of the last checkpoint that is safely on disk, or was when this node started. */
  get lastIndex(): number {
    return this.#lastIndex;
  }

  /** The state machine is at `index`, in order; called once a turn. */
  afterTurn(index: number, term: number, confState: ConfState, lastTimeUs: number): void {
    const every = this.#config.checkpointEveryEntries;
    if (every === 0 || this.#isSaving) return;
    if (this.#held === null && index - this.#lastIndex >= every) {
      const bytes = encodeCheckpointState(lastTimeUs, this.#config.stateMachine.snapshot());
      this.#held = { index, term, confState, bytes };
    }
    if (this.#held !== null && this.#journal.status().durableIndex >= this.#held.index) this.#save(this.#held);
  }

  /** A snapshot of the leader took the place of log and checkpoint. */
  replacedBy(index: number): void {
    this.#held = null;
    this.#lastIndex = Math.max(this.#lastIndex, index);
  }

  close(): void {
    this.#isClosed = true;
    this.#held = null;
  }

  #save(checkpoint: Checkpoint): void {
    this.#held = null;
    this.#isSaving = true;
    this.#journal.saveCheckpoint(checkpoint).then(
      (info) => this.#saved(info.index, info.sizeBytes),
      (error: unknown) => {
        this.#isSaving = false;
        // Not at once again: the next is due after another N entries.
        this.#lastIndex = Math.max(this.#lastIndex, checkpoint.index);
        if (!this.#isClosed) {
          this.#config.log('error', 'checkpoint not saved', { index: checkpoint.index, error: String(error) });
        }
      },
    );
  }

  #saved(index: number, sizeBytes: number): void {
    this.#isSaving = false;
    this.#lastIndex = Math.max(this.#lastIndex, index);
    if (this.#isClosed) return;
    this.#config.log('info', 'checkpoint saved', { index, sizeBytes });
    const compactTo = index - this.#config.tailEntries;
    if (compactTo >= this.#journal.firstIndex()) this.#journal.compact(compactTo);
  }
}
