/**
 * Gives leadership back to the node that is meant to lead, once it has been fit for a cool-down without a break. A node
 * that comes and goes never gets it.
 */
import type { Clock } from '@baton/host';

export interface FailBackOptions {
  readonly clock: Clock;
  /** The preferred leader; 0 for none. */
  readonly preferred: number;
  readonly coolDownMs: number;
  readonly isLeader: () => boolean;
  /** Linked, a voter, and with (almost) all of the log. */
  readonly isFit: (nodeId: number) => boolean;
  readonly handOverTo: (nodeId: number) => void;
}

export class FailBack {
  readonly #options: FailBackOptions;
  #fitSinceUs: number | undefined;

  constructor(options: FailBackOptions) {
    this.#options = options;
  }

  look(): void {
    const { clock, preferred, coolDownMs, isLeader, isFit, handOverTo } = this.#options;
    if (preferred === 0 || !isLeader() || !isFit(preferred)) {
      this.#fitSinceUs = undefined;
      return;
    }
    const nowUs = clock.monotonicUs();
    this.#fitSinceUs ??= nowUs;
    if (nowUs - this.#fitSinceUs < coolDownMs * 1000) return;
    this.#fitSinceUs = undefined;
    handOverTo(preferred);
  }
}
