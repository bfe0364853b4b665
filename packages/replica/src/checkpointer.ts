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
  /** A checkpoint of this index or a later one is wanted before its time; -1 for none. */
  #wantedFrom = -1;
  /** What the log has said of members' addresses. */
  members: () => Uint8Array = () => new Uint8Array(0);

  constructor(config: ReplicaConfig, journal: Journal, lastIndex: number) {
    this.#config = config;
    this.#journal = journal;
    this.#lastIndex = lastIndex;
  }

  /** Index of the last checkpoint that is safely on disk, or was when this node started. */
  get lastIndex(): number {
    return this.#lastIndex;
  }

  /** Takes one of `index` or later before its time, unless there is one, or one is on its way. */
  request(index: number): void {
    if (this.#lastIndex >= index || this.#isSaving || this.#held !== null) return;
    this.#wantedFrom = index;
  }

  /** The state machine is at `index`, in order; called once a turn. */
  afterTurn(index: number, term: number, confState: ConfState, lastTimeUs: number): void {
    const every = this.#config.checkpointEveryEntries;
    if (this.#isSaving) return;
    const isWanted = this.#wantedFrom >= 0 && index >= this.#wantedFrom;
    const isDue = every > 0 && index - this.#lastIndex >= every;
    if (this.#held === null && (isWanted || isDue) && index > this.#lastIndex) {
      this.#wantedFrom = -1;
      const bytes = encodeCheckpointState(lastTimeUs, this.#config.stateMachine.snapshot(), this.members());
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
