/** For how long the oldest entry that is known and not applied has been known. */
import type { Clock } from '@baton/host';

/** Told points kept; beyond, the newest of them stands for later ones. */
const KEPT = 1024;

export class LagWatch {
  readonly #clock: Clock;
  #points: { readonly index: number; readonly atUs: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  told(index: number): void {
    if (this.#points.length < KEPT) this.#points.push({ index, atUs: this.#clock.monotonicUs() });
  }

  /** 0 when everything known up to now is applied. */
  ms(appliedIndex: number): number {
    const at = this.#points.findIndex(({ index }) => index > appliedIndex);
    this.#points = at < 0 ? [] : this.#points.slice(at);
    const oldest = this.#points[0];
    return oldest === undefined ? 0 : Math.round((this.#clock.monotonicUs() - oldest.atUs) / 1000);
  }
}
