// Keeps a snapshot that cannot be sent from being read and tried again at every heartbeat.
//
// Rule decided here: after a link refused a snapshot (down, queue full, larger than a frame) none is taken from the disk
// for a second; raft takes "temporarily unavailable" for an answer and asks again later.

import type { Clock } from '@baton/host';

const PAUSE_MS = 1000;

export class SnapshotGate {
  readonly #clock: Clock;
  #closedUntilUs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isOpen(): boolean {
    return this.#clock.monotonicUs() >= this.#closedUntilUs;
  }

  /** A snapshot did not leave. */
  close(): void {
    this.#closedUntilUs = this.#clock.monotonicUs() + PAUSE_MS * 1000;
  }
}
