// Time as the shell of a node sees it: one wall clock, one monotonic clock, timers, and "after this turn".
//
// Rule decided here: nobody above `host` reads Date, performance or setTimeout, so that a simulator can own time.
// `defer` is the end of the current turn of the event loop (setImmediate): work of one turn is collected and then
// done once, in the order in which it was deferred.

/** A timer that has been set. */
export interface Timer {
  /** Takes the timer back; without effect once it has fired. */
  cancel(): void;
}

/** Time and turns of the event loop. */
export interface Clock {
  /** Microseconds since 1970, an integer; may jump when an operator or NTP sets the clock. */
  wallUs(): number;
  /** Microseconds since some fixed point, an integer that never decreases; only differences mean something. */
  monotonicUs(): number;
  /** Calls `fire` once, `delayMs` milliseconds from now: at most one millisecond early, and often later. */
  setTimer(delayMs: number, fire: () => void): Timer;
  /** Calls `run` once after the current turn, before any later timer or input; in the order of the calls. */
  defer(run: () => void): void;
}
