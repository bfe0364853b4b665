// Where entries lie on disk: one span a group, ordered by index, without overlap.
//
// Rules decided here: a later group that writes an index again takes it, and everything above, away from earlier spans; so
// spans lie in segments in the order in which they were written. Forgetting moves a start offset and compacts the array now
// and then: it is done by the event loop that trades, and with a database that is away there may be millions of them.

/** Entries `firstIndex` to `lastIndex` are in the group at `offset` of a segment. */
export interface Span {
  readonly firstIndex: number;
  lastIndex: number;
  readonly segment: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Forgotten spans are kept in the array until they are so many, and more than half of it. */
const COMPACT_AFTER = 1024;

/** Spans by index. */
export class SpanIndex {
  #spans: Span[] = [];
  #start = 0;

  /** A copy where some were forgotten. */
  get spans(): readonly Span[] {
    return this.#start === 0 ? this.#spans : this.#spans.slice(this.#start);
  }

  /** Adds a written group's entries, replacing what stands at and above its first index. */
  add(span: Span): void {
    this.cutFrom(span.firstIndex);
    this.#spans.push(span);
  }

  cutFrom(index: number): void {
    while (this.#spans.length > this.#start) {
      const last = this.#spans[this.#spans.length - 1] as Span;
      if (last.firstIndex < index) {
        last.lastIndex = Math.min(last.lastIndex, index - 1);
        return;
      }
      this.#spans.pop();
    }
  }

  /** Forgets spans that lie wholly at or below `index`. */
  compactTo(index: number): void {
    let low = this.#start;
    let high = this.#spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#spans[middle] as Span).lastIndex > index) high = middle;
      else low = middle + 1;
    }
    this.#start = low;
    if (low <= COMPACT_AFTER || low * 2 <= this.#spans.length) return;
    this.#spans = this.#spans.slice(low);
    this.#start = 0;
  }

  clear(): void {
    this.#spans = [];
    this.#start = 0;
  }

  /** The span that holds an index, or null. */
  find(index: number): Span | null {
    let low = this.#start;
    let high = this.#spans.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const span = this.#spans[middle] as Span;
      if (index < span.firstIndex) high = middle - 1;
      else if (index > span.lastIndex) low = middle + 1;
      else return span;
    }
    return null;
  }

  /** Lowest segment that holds an entry still needed; `none` when no entry is on disk. */
  lowestSegment(none: number): number {
    return Math.min(none, this.#spans[this.#start]?.segment ?? none);
  }
}
