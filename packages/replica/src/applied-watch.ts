// Who hears how far this node has applied: the owner, once a batch, and whoever waits for the end of the replay.
//
// Rule decided here: a start is over when what was known to be committed then is applied, or with what ended it before.

import type { ReplicaFatalError } from './fatal.ts';

export type ReplayedListener = (error: ReplicaFatalError | null) => void;

export class AppliedWatch {
  readonly #onApplied: (index: number) => void;
  readonly #replayTo: number;
  #told: number;
  #onReplayed: ReplayedListener | null = null;

  /** `told`: applied at the start. `replayTo`: known to be committed then. */
  constructor(told: number, replayTo: number, onApplied: (index: number) => void) {
    this.#told = told;
    this.#replayTo = replayTo;
    this.#onApplied = onApplied;
  }

  whenReplayed(listener: ReplayedListener): void {
    this.#onReplayed = listener;
  }

  /** Once a turn. */
  applied(index: number): void {
    if (index > this.#told) {
      this.#told = index;
      this.#onApplied(index);
    }
    if (index >= this.#replayTo) this.#tell(null);
  }

  ended(error: ReplicaFatalError): void {
    this.#tell(error);
  }

  #tell(error: ReplicaFatalError | null): void {
    const tell = this.#onReplayed;
    this.#onReplayed = null;
    tell?.(error);
  }
}
