// A wall clock that does not jump: it runs with the monotonic clock and follows the machine's wall clock gently.
//
// Rule decided here: when an operator, NTP or a virtual machine sets the clock, time that is already in the log must not
// leap with it: timeouts would fire, windows would close, and venues refuse a SendingTime that is an hour off. The
// difference is made up at a tenth of real time; a jump is told to whoever has to look after the machine's clock.

import type { Clock, Timer } from './clock.ts';

/** Small corrections are followed within a second; what is larger is a jump. */
const JUMP_US = 100_000;
/** A tenth: ten seconds of difference are made up in a hundred. */
const SLEW_DIVISOR = 10;

/** The machine's clock, without its jumps. */
export class SteadyClock implements Clock {
  readonly #clock: Clock;
  readonly #onJump: (jumpUs: number) => void;
  /** Wall time minus monotonic time, as shown. */
  #offsetUs: number;
  /** The same as the machine had it when last looked at. */
  #seenUs: number;
  #lookedUs: number;

  /** Right by definition at this moment. `onJump`: the machine's clock was set by this much. */
  constructor(clock: Clock, onJump: (jumpUs: number) => void = () => {}) {
    this.#clock = clock;
    this.#onJump = onJump;
    this.#lookedUs = clock.monotonicUs();
    this.#seenUs = clock.wallUs() - this.#lookedUs;
    this.#offsetUs = this.#seenUs;
  }

  wallUs(): number {
    const nowUs = this.#clock.monotonicUs();
    const seenUs = this.#clock.wallUs() - nowUs;
    const jumpUs = seenUs - this.#seenUs;
    this.#seenUs = seenUs;
    if (Math.abs(jumpUs) > JUMP_US) this.#onJump(jumpUs);
    const mostUs = Math.ceil((nowUs - this.#lookedUs) / SLEW_DIVISOR);
    this.#lookedUs = nowUs;
    const wantedUs = seenUs - this.#offsetUs;
    this.#offsetUs += Math.max(-mostUs, Math.min(mostUs, wantedUs));
    return nowUs + this.#offsetUs;
  }

  monotonicUs(): number {
    return this.#clock.monotonicUs();
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    return this.#clock.setTimer(delayMs, fire);
  }

  defer(run: () => void): void {
    this.#clock.defer(run);
  }
}
