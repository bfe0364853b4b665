/** So many in a window, and no more: a sliding window over the instants of what was let through. */
import type { RateFacts } from '@baton/profiles';

export class RateWindow {
  readonly #rate: RateFacts | undefined;
  /** Monotonic instants of the last window, µs, oldest first. */
  readonly #passed: number[] = [];

  /** Undefined: no limit. */
  constructor(rate: RateFacts | undefined) {
    this.#rate = rate;
  }

  /** Whether one more fits now; if so it is counted. */
  take(nowUs: number): boolean {
    if (this.#rate === undefined) return true;
    const since = nowUs - this.#rate.windowMs * 1_000;
    while ((this.#passed[0] ?? nowUs) <= since) this.#passed.shift();
    if (this.#passed.length >= this.#rate.count) return false;
    this.#passed.push(nowUs);
    return true;
  }
}
