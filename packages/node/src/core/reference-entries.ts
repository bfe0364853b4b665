/**
 * From samples of market data to entries. Rule decided here: only a leader's, only one on its way at a time, and none kept
 * for later: a log that is slow has fewer samples, and no order behind them.
 */
import type { Command, ReferenceSample } from '@baton/ledger';

export interface ReferenceEntriesOptions {
  /** The cluster has a configuration, and this node leads it. */
  readonly isWanted: () => boolean;
  /** False: not proposed; else `settled` is called once. */
  readonly propose: (command: Command, settled: () => void) => boolean;
}

export class ReferenceEntries {
  readonly #options: ReferenceEntriesOptions;
  #isUnderWay = false;

  constructor(options: ReferenceEntriesOptions) {
    this.#options = options;
  }

  take(prices: readonly ReferenceSample[]): void {
    if (this.#isUnderWay || prices.length === 0 || !this.#options.isWanted()) return;
    this.#isUnderWay = true;
    const isProposed = this.#options.propose({ type: 'SampleReferences', prices }, () => {
      this.#isUnderWay = false;
    });
    if (!isProposed) this.#isUnderWay = false;
  }
}
