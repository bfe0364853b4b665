// Recent entries in memory: all that are not on disk yet, and as many older ones as fit.
//
// Model: one contiguous run that ends at the last entry of the log. Eviction takes the oldest, never one that is not
// written; it moves a start offset and compacts the array now and then, so that it costs nothing per entry.

import type { Entry } from '@baton/raft';

/** What an entry costs beside its data: the object and its slot, roughly. */
const ENTRY_OVERHEAD_BYTES = 96;
const COMPACT_AFTER = 1024;

/** Recent entries, bounded in bytes. */
export class EntryCache {
  readonly #limitBytes: number;
  #entries: Entry[] = [];
  #start = 0;
  #sizeBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get count(): number {
    return this.#entries.length - this.#start;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Index of the oldest entry here; Infinity when empty. */
  get firstIndex(): number {
    return this.#entries[this.#start]?.index ?? Number.POSITIVE_INFINITY;
  }

  get(index: number): Entry | undefined {
    const first = this.firstIndex;
    return index < first ? undefined : this.#entries[this.#start + index - first];
  }

  /** Adds the next entry, or one that replaces from its index on. */
  append(entry: Entry): void {
    if (this.count > 0) this.cutFrom(entry.index);
    this.#entries.push(entry);
    this.#sizeBytes += entry.data.length + ENTRY_OVERHEAD_BYTES;
  }

  cutFrom(index: number): void {
    while (this.count > 0 && (this.#entries[this.#entries.length - 1] as Entry).index >= index) {
      this.#drop(this.#entries.pop() as Entry);
    }
  }

  /** Drops the oldest entries below `writtenBelow` while over the limit, and all up to `index`. */
  evict(writtenBelow: number, index: number): void {
    while (this.count > 0) {
      const oldest = this.#entries[this.#start] as Entry;
      if (oldest.index >= writtenBelow) break;
      if (oldest.index > index && this.#sizeBytes <= this.#limitBytes) break;
      this.#drop(oldest);
      this.#start += 1;
    }
    if (this.#start > COMPACT_AFTER && this.#start * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#start);
      this.#start = 0;
    }
  }

  clear(): void {
    this.#entries = [];
    this.#start = 0;
    this.#sizeBytes = 0;
  }

  #drop(entry: Entry): void {
    this.#sizeBytes -= entry.data.length + ENTRY_OVERHEAD_BYTES;
  }
}
