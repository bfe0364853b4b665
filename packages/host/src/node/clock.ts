// The machine's clocks and the event loop's timers.
//
// Rule decided here: wall time follows the wall clock (a stepped clock shows as a step; the leader forces entry times
// monotone, not this file), with microseconds interpolated from the monotonic clock inside the current millisecond.

import type { Clock, Timer } from '../clock.ts';

const US_PER_MS = 1000;

class NodeTimer implements Timer {
  readonly #handle: NodeJS.Timeout;

  constructor(delayMs: number, fire: () => void) {
    this.#handle = setTimeout(fire, delayMs);
  }

  cancel(): void {
    clearTimeout(this.#handle);
  }
}

/** The clock of this machine. */
export class NodeClock implements Clock {
  /** Wall minus monotonic time when last compared. */
  #offsetUs = 0;

  wallUs(): number {
    const flooredUs = Date.now() * US_PER_MS;
    const monotonicUs = this.monotonicUs();
    const interpolatedUs = monotonicUs + this.#offsetUs;
    if (interpolatedUs >= flooredUs && interpolatedUs < flooredUs + US_PER_MS) return interpolatedUs;
    const boundedUs = interpolatedUs < flooredUs ? flooredUs : flooredUs + US_PER_MS - 1;
    // More than a millisecond ahead is a clock that was set back: follow it. Below that it is drift: hold at the edge.
    const wallUs = interpolatedUs - flooredUs > 2 * US_PER_MS ? flooredUs : boundedUs;
    this.#offsetUs = wallUs - monotonicUs;
    return wallUs;
  }

  monotonicUs(): number {
    return Math.floor(performance.now() * US_PER_MS);
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    return new NodeTimer(delayMs, fire);
  }

  defer(run: () => void): void {
    setImmediate(run);
  }
}
