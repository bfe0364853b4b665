/**
 * Proposes a `Tick` when the ledger has something to do at a point in time (a heartbeat due, a logon timeout, an order
 * too old to send). One tick is under way at most: time in the log moves with the entries, not with this timer.
 */
import type { Clock, Timer } from '@baton/host';
import type { Command } from '@baton/ledger';

/** A late deadline is asked for again after this; also the pause after a tick that could not be proposed. */
const RETRY_MS = 20;

export interface TickerOptions {
  readonly clock: Clock;
  readonly deadlineUs: () => number | undefined;
  /** The time of the log, in which deadlines are: that of an entry proposed now. */
  readonly nowUs: () => number;
  readonly propose: (command: Command, applied: () => void) => boolean;
}

export class Ticker {
  readonly #options: TickerOptions;
  #leading = false;
  #underWay = false;
  #timer: Timer | undefined;
  #timerDueUs = Number.POSITIVE_INFINITY;

  constructor(options: TickerOptions) {
    this.#options = options;
  }

  lead(leading: boolean): void {
    this.#leading = leading;
    this.#underWay = false;
    this.#clear();
    if (leading) this.review();
  }

  /** The ledger changed: is the next deadline another one now? */
  review(): void {
    if (!this.#leading || this.#underWay) return;
    const dueUs = this.#options.deadlineUs();
    if (dueUs === undefined) {
      this.#clear();
      return;
    }
    // An armed timer that fires too early only looks again; re-arming at every entry would cost more.
    if (this.#timer !== undefined && this.#timerDueUs <= dueUs) return;
    this.#clear();
    const waitMs = Math.max(0, (dueUs - this.#options.nowUs()) / 1000);
    this.#arm(waitMs, dueUs);
  }

  #arm(waitMs: number, dueUs: number): void {
    this.#timerDueUs = dueUs;
    this.#timer = this.#options.clock.setTimer(waitMs, () => this.#fire());
  }

  #fire(): void {
    this.#clear();
    if (!this.#leading) return;
    const dueUs = this.#options.deadlineUs();
    if (dueUs === undefined) return;
    if (this.#options.nowUs() < dueUs) {
      this.review();
      return;
    }
    const proposed = this.#options.propose({ type: 'Tick' }, () => {
      this.#underWay = false;
      // The deadline did not move: the entry's time is behind our clock. Ask again soon, not in a busy loop.
      const nextUs = this.#options.deadlineUs();
      if (nextUs !== undefined && nextUs <= dueUs) this.#arm(RETRY_MS, nextUs);
      else this.review();
    });
    if (proposed) this.#underWay = true;
    else this.#arm(RETRY_MS, dueUs);
  }

  #clear(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerDueUs = Number.POSITIVE_INFINITY;
  }
}
