// A distribution of durations in constant memory: log-linear buckets, 16 to a power of two, so at most 6 % too high.

import { DurationTotals } from './duration-totals.ts';
import type { LatencySummary } from './status.ts';

const SUB_BITS = 4;
const SUB_BUCKETS = 1 << SUB_BITS;
/** Up to 2^31 µs, 36 minutes; longer ones count in the last bucket. */
const BUCKETS = (31 - SUB_BITS + 1) * SUB_BUCKETS;
const VALUE_MAX = 2 ** 31 - 1;

export class LatencyHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  /** Since the start: not begun anew with the rest. */
  readonly totals = new DurationTotals();
  #count = 0;
  #maxUs = 0;

  record(durationUs: number): void {
    const value = Math.min(VALUE_MAX, Math.max(0, Math.floor(durationUs)));
    const at = bucketOf(value);
    this.#counts[at] = this.#counts[at]! + 1;
    this.#count++;
    this.totals.record(value);
    if (value > this.#maxUs) this.#maxUs = value;
  }

  summary(): LatencySummary {
    return {
      count: this.#count,
      p50Us: this.#percentile(0.5),
      p99Us: this.#percentile(0.99),
      p999Us: this.#percentile(0.999),
      maxUs: this.#maxUs,
    };
  }

  reset(): void {
    this.#counts.fill(0);
    this.#count = 0;
    this.#maxUs = 0;
  }

  /** Upper edge of the bucket that holds the share, never above the highest value seen. */
  #percentile(share: number): number {
    if (this.#count === 0) return 0;
    const rank = Math.ceil(this.#count * share);
    let seen = 0;
    for (let at = 0; at < BUCKETS; at++) {
      seen += this.#counts[at]!;
      if (seen >= rank) return Math.min(this.#maxUs, upperEdge(at));
    }
    return this.#maxUs;
  }
}

function bucketOf(value: number): number {
  if (value < SUB_BUCKETS) return value;
  const exponent = 31 - Math.clz32(value);
  return (exponent - SUB_BITS + 1) * SUB_BUCKETS + ((value >> (exponent - SUB_BITS)) & (SUB_BUCKETS - 1));
}

function upperEdge(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket;
  const shift = Math.floor(bucket / SUB_BUCKETS) - 1;
  return (SUB_BUCKETS + (bucket % SUB_BUCKETS) + 1) * 2 ** shift - 1;
}
