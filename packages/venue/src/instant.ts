/**
 * When something happened at the venue: the wall clock for people and FIX timestamps, the monotonic clock for durations.
 * Both in integer microseconds (`Clock` of `host`). The exchange core never reads a clock: every input brings its instant.
 */
export interface Instant {
  /** Microseconds since 1970. */
  readonly wallUs: number;
  /** Microseconds since some fixed point; only differences within one run of the venue mean something. */
  readonly monotonicUs: number;
}
