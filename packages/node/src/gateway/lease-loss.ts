/**
 * A leader that cannot renew its lease may have a successor, and the venue refuses that one for as long as it sees our
 * line. Rules decided here: once the lease has been gone for so long that the others may have elected somebody, the lines
 * to the venues are let go, whether or not there is anything to write; a lease that comes back before that changes nothing.
 * If it was this process that stood still, the others' answers are most likely waiting to be read, and nobody but a
 * machine that is busy is to blame: leadership is given time to be confirmed anew. The gate withholds every write from the
 * moment on at which the lease ends (design §6), so waiting costs nothing but a successor's Logon.
 */
import type { Clock, Timer } from '@baton/host';

export interface LeaseLossOptions {
  readonly clock: Clock;
  /** From the end of a lease to the end of the promise that it rests on, with a tick to spare. */
  readonly graceMs: number;
  /** A look at the lease, or the end of the grace, that comes later than this was held up by this process. */
  readonly stallMs: number;
  /** Grace after a stall of this process. */
  readonly stalledGraceMs: number;
  readonly release: (reason: string) => void;
}

export class LeaseLoss {
  readonly #options: LeaseLossOptions;
  #timer: Timer | undefined;

  constructor(options: LeaseLossOptions) {
    this.#options = options;
  }

  /** The lease begins or ends; `sinceLookUs` is the time since it was looked at before. */
  heard(isHeld: boolean, sinceLookUs: number): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const { graceMs, stallMs, stalledGraceMs } = this.#options;
    if (!isHeld) this.#arm(sinceLookUs > stallMs * 1000 ? stalledGraceMs : graceMs);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arm(waitMs: number): void {
    const { clock, release, stallMs, stalledGraceMs } = this.#options;
    const dueUs = clock.monotonicUs() + waitMs * 1000;
    this.#timer = clock.setTimer(waitMs, () => {
      if (clock.monotonicUs() - dueUs > stallMs * 1000) this.#arm(stalledGraceMs);
      else release('lease-lost');
    });
  }
}
