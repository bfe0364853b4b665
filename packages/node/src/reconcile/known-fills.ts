/**
 * Fills that one comparison has already been told, so that its further readings ask for the newer ones only. Rule decided
 * here: from when to ask. A fill without a time says nothing about what came after it: then all are asked for again.
 */
import type { AccountFill } from '@baton/ledger';

/** Asked for again before the newest known fill: a venue of several engines tells fills a little out of order. */
const OVERLAP_US = 60_000_000;

export class KnownFills {
  #fills: readonly AccountFill[] = [];
  /** All since then are here; after the last of all for none. */
  #sinceUs = Number.POSITIVE_INFINITY;
  #newestUs = 0;
  #isTimed = true;
  /** Of the question that was asked last. */
  #fromUs = 0;

  /** Where the next question begins when the fills since `sinceUs` are wanted, µs since 1970. */
  askFrom(sinceUs: number): number {
    const isNewer = sinceUs >= this.#sinceUs && this.#isTimed;
    this.#fromUs = isNewer ? Math.max(sinceUs, this.#newestUs - OVERLAP_US) : sinceUs;
    if (!isNewer) {
      this.#fills = [];
      this.#sinceUs = Number.POSITIVE_INFINITY;
      this.#newestUs = 0;
      this.#isTimed = true;
    }
    return this.#fromUs;
  }

  /** Takes the whole answer to that question, as it is, in place of what was known of that time; answers all of it. */
  with(told: readonly AccountFill[], sinceUs: number): readonly AccountFill[] {
    this.#sinceUs = Math.min(this.#sinceUs, sinceUs);
    this.#fills = [...this.#fills.filter(({ timeUs }) => timeUs < this.#fromUs), ...told];
    for (const { timeUs } of told) {
      this.#newestUs = Math.max(this.#newestUs, timeUs);
      if (timeUs === 0) this.#isTimed = false;
    }
    return this.#fills.filter(({ timeUs }) => timeUs === 0 || timeUs >= sinceUs);
  }
}
