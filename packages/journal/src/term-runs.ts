// The term of every entry of the log, in a few numbers: terms change rarely, so only the first index of each run of
// equal terms is kept. Includes the entry before the first (the compacted one), whose term Raft asks for.

/** Terms by index, from `baseIndex` on. */
export class TermRuns {
  /** First index of each run, ascending; the first element is the base. */
  #starts: number[];
  #terms: number[];
  #lastIndex: number;

  constructor(baseIndex: number, baseTerm: number) {
    this.#starts = [baseIndex];
    this.#terms = [baseTerm];
    this.#lastIndex = baseIndex;
  }

  /** An independent copy. */
  clone(): TermRuns {
    const copy = new TermRuns(this.baseIndex, this.#terms[0] as number);
    copy.#starts = [...this.#starts];
    copy.#terms = [...this.#terms];
    copy.#lastIndex = this.#lastIndex;
    return copy;
  }

  get baseIndex(): number {
    return this.#starts[0] as number;
  }

  get lastIndex(): number {
    return this.#lastIndex;
  }

  /** Term of an entry from the base to the last; -1 outside. */
  termAt(index: number): number {
    if (index < this.baseIndex || index > this.#lastIndex) return -1;
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= index) low = middle;
      else high = middle - 1;
    }
    return this.#terms[low] as number;
  }

  /** The next entry, or one that replaces the log from its index on. */
  append(index: number, term: number): void {
    this.appendRun(index, index, term);
  }

  /** As `append`, for entries of one term. */
  appendRun(firstIndex: number, lastIndex: number, term: number): void {
    if (firstIndex <= this.#lastIndex) this.cutFrom(firstIndex);
    if (firstIndex !== this.#lastIndex + 1) throw new Error(`entry ${firstIndex} does not follow ${this.#lastIndex}`);
    this.#lastIndex = lastIndex;
    if (this.#terms[this.#terms.length - 1] === term) return;
    this.#starts.push(firstIndex);
    this.#terms.push(term);
  }

  /** Forgets entries from `index` on; the base stays. */
  cutFrom(index: number): void {
    if (index <= this.baseIndex) throw new Error(`entry ${index} is compacted up to ${this.baseIndex}`);
    while ((this.#starts[this.#starts.length - 1] as number) >= index) {
      this.#starts.pop();
      this.#terms.pop();
    }
    this.#lastIndex = Math.min(this.#lastIndex, index - 1);
  }

  /** Forgets entries below `index`, which becomes the base. */
  compactTo(index: number): void {
    const term = this.termAt(index);
    if (term < 0) throw new Error(`cannot compact to ${index}: the log is ${this.baseIndex} to ${this.#lastIndex}`);
    const kept = this.#starts.findIndex((start) => start > index);
    const from = kept === -1 ? this.#starts.length : kept;
    this.#starts = [index, ...this.#starts.slice(from)];
    this.#terms = [term, ...this.#terms.slice(from)];
  }
}
