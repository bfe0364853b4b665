/** Durations of single entries in classes of 0.1 µs, in memory that does not grow while it measures. */
import type { RunFigures } from './figures.ts';

const CLASSES = 20_000;
const CLASS_US = 0.1;

export class DurationHistogram {
  readonly #counts = new Float64Array(CLASSES);
  #maxUs = 0;
  #n = 0;

  add(us: number): void {
    const at = Math.min(CLASSES - 1, Math.floor(us / CLASS_US));
    this.#counts[at] = (this.#counts[at] as number) + 1;
    this.#n += 1;
    if (us > this.#maxUs) this.#maxUs = us;
  }

  figures(): RunFigures['single'] {
    return {
      n: this.#n,
      p10: this.#at(0.1),
      p50: this.#at(0.5),
      p99: this.#at(0.99),
      p999: this.#at(0.999),
      p9999: this.#at(0.9999),
      max: this.#maxUs,
    };
  }

  #at(share: number): number {
    let left = this.#n * share;
    for (let at = 0; at < CLASSES; at += 1) {
      left -= this.#counts[at] as number;
      if (left <= 0) return (at + 1) * CLASS_US;
    }
    return this.#maxUs;
  }
}
