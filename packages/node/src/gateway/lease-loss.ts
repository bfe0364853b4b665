/**
 * A leader that cannot renew its lease may have a successor, and the venue refuses that one for as long as it sees our
 * line. Rule decided here: once the lease has been gone for so long that the others may have elected somebody, the lines
 * to the venues are let go, whether or not there is anything to write; a lease that comes back before that changes nothing.
 * The gate withholds every write from the moment on at which the lease ends (design §6).
 */
import type { Clock, Timer } from '@baton/host';

export interface LeaseLossOptions {
  readonly clock: Clock;
  /** From the end of a lease to the end of the promise that it rests on, with a tick to spare. */
  readonly graceMs: number;
  readonly release: (reason: string) => void;
}

export class LeaseLoss {
  readonly #options: LeaseLossOptions;
  #timer: Timer | undefined;

  constructor(options: LeaseLossOptions) {
    this.#options = options;
  }

  /** The lease begins or ends. */
  heard(isHeld: boolean): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (isHeld) return;
    const { clock, graceMs, release } = this.#options;
    this.#timer = clock.setTimer(graceMs, () => release('lease-lost'));
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
