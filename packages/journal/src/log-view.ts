// The log as it is read: terms of all entries, recent entries from memory, older ones from disk.

import type { Entry } from '@baton/raft';
import { StorageRefusal } from '@baton/raft';
import type { EntryCache } from './entry-cache.ts';
import type { GroupReader } from './group-reader.ts';
import type { LogPiece } from './log-walk.ts';
import type { Span, SpanIndex } from './span-index.ts';
import { TermRuns } from './term-runs.ts';

export interface LogViewParts {
  readonly piece: LogPiece;
  readonly cache: EntryCache;
  readonly reader: GroupReader;
  /** A group on disk does not check any more. */
  readonly onDamage: (span: Span) => void;
}

/** One readable log. */
export class LogView {
  readonly cache: EntryCache;
  readonly #reader: GroupReader;
  readonly #onDamage: (span: Span) => void;
  terms: TermRuns;
  spans: SpanIndex;

  constructor({ piece, cache, reader, onDamage }: LogViewParts) {
    this.terms = piece.terms;
    this.spans = piece.spans;
    this.cache = cache;
    this.#reader = reader;
    this.#onDamage = onDamage;
  }

  get firstIndex(): number {
    return this.terms.baseIndex + 1;
  }

  get lastIndex(): number {
    return this.terms.lastIndex;
  }

  append(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.terms.append(entry.index, entry.term);
      this.cache.append(entry);
    }
  }

  /** The log begins anew after this entry. */
  reset(index: number, term: number): void {
    this.terms = new TermRuns(index, term);
    this.cache.clear();
    this.spans.clear();
  }

  term(index: number): number | StorageRefusal {
    if (index < this.terms.baseIndex) return StorageRefusal.Compacted;
    const term = this.terms.termAt(index);
    return term < 0 ? StorageRefusal.Unavailable : term;
  }

  entries(lo: number, hi: number, maxBytes: number): readonly Entry[] | StorageRefusal {
    if (lo <= this.terms.baseIndex) return StorageRefusal.Compacted;
    if (hi > this.terms.lastIndex + 1 || lo >= hi) return lo === hi ? [] : StorageRefusal.Unavailable;
    const found: Entry[] = [];
    let sizeBytes = 0;
    for (let index = lo; index < hi; index += 1) {
      const entry = this.cache.get(index) ?? this.#fromDisk(index);
      if (entry === null) break;
      sizeBytes += entry.data.length;
      if (found.length > 0 && sizeBytes > maxBytes) break;
      found.push(entry);
    }
    return found.length === 0 ? StorageRefusal.Unavailable : found;
  }

  #fromDisk(index: number): Entry | null {
    const span = this.spans.find(index);
    if (span === null) throw new Error(`entry ${index} is neither in memory nor on disk`);
    const entry = this.#reader.read(span, index);
    if (entry === null || entry.term !== this.terms.termAt(index)) {
      this.#onDamage(span);
      return null;
    }
    return entry;
  }
}
