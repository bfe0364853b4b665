// Durations since the start in buckets that double: what a monitoring system adds up over time and over nodes.

/** Upper edges: 10 µs, 20 µs, … 10.5 s; what is longer counts beyond the last. */
export const DURATION_EDGES_US: readonly number[] = Array.from({ length: 21 }, (_, n) => 10 * 2 ** n);

/** `counts[n]`: durations up to edge n and above the one before; the last: above all edges. */
export interface Durations {
  readonly counts: readonly number[];
  readonly sumUs: number;
}

export class DurationTotals {
  readonly #counts = new Float64Array(DURATION_EDGES_US.length + 1);
  #sumUs = 0;

  /** `durationUs`: whole microseconds below 2^31. */
  record(durationUs: number): void {
    // Above 10 µs × 2^n and up to its double lies what is n + 1 bits long in tens of microseconds, the edge itself excluded.
    const at = Math.min(DURATION_EDGES_US.length, 32 - Math.clz32(Math.max(0, (durationUs - 1) / 10)));
    this.#counts[at]! += 1;
    this.#sumUs += durationUs;
  }

  view(): Durations {
    return { counts: [...this.#counts], sumUs: this.#sumUs };
  }
}
