/**
 * Is the scribe's state the core's? Both hash theirs at the same entries. Rule decided here: whichever hash comes first
 * waits for the other; a difference is told once, and is final: one of two states that had the same entries is wrong.
 */
import type { Ledger } from '@baton/ledger';

/** As the replica's `hashEveryEntries`: at these entries the core has a hash. */
export const HASH_EVERY_ENTRIES = 1000;
const KEPT = 256;

export class HashWatch {
  readonly #diverged: (index: number, own: string, core: string) => void;
  readonly #own = new Map<number, string>();
  readonly #core = new Map<number, string>();
  compared = 0;

  constructor(diverged: (index: number, own: string, core: string) => void) {
    this.#diverged = diverged;
  }

  applied(index: number, ledger: Pick<Ledger, 'hash'>): void {
    if (index % HASH_EVERY_ENTRIES !== 0) return;
    this.#own.set(index, ledger.hash());
    this.#compare(index);
  }

  core(index: number, hash: string): void {
    this.#core.set(index, hash);
    this.#compare(index);
  }

  /** The state is another one: what was computed of it counts no more. */
  restarted(): void {
    this.#own.clear();
  }

  #compare(index: number): void {
    for (const map of [this.#own, this.#core]) {
      const [oldest] = map.keys();
      if (map.size > KEPT && oldest !== undefined) map.delete(oldest);
    }
    const own = this.#own.get(index);
    const core = this.#core.get(index);
    if (own === undefined || core === undefined) return;
    this.compared += 1;
    if (own !== core) this.#diverged(index, own, core);
  }
}
