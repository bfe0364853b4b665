// Where entries lie on disk: one span a group, ordered by index, without overlap.
//
// Rule decided here: a later group that writes an index again takes it, and everything above, away from earlier spans.

/** Entries `firstIndex` to `lastIndex` are in the group at `offset` of a segment. */
export interface Span {
  readonly firstIndex: number;
  lastIndex: number;
  readonly segment: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Spans by index. */
export class SpanIndex {
  #spans: Span[] = [];

  get spans(): readonly Span[] {
    return this.#spans;
  }

  /** Adds a written group's entries, replacing what stands at and above its first index. */
  add(span: Span): void {
    this.cutFrom(span.firstIndex);
    this.#spans.push(span);
  }

  cutFrom(index: number): void {
    while (this.#spans.length > 0) {
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
    const kept = this.#spans.findIndex((span) => span.lastIndex > index);
    this.#spans = kept === -1 ? [] : this.#spans.slice(kept);
  }

  clear(): void {
    this.#spans = [];
  }

  /** The span that holds an index, or null. */
  find(index: number): Span | null {
    let low = 0;
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
    return this.#spans.reduce((lowest, span) => Math.min(lowest, span.segment), none);
  }
}
