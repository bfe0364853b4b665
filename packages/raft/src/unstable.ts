/**
 * The part of the log that is not known to be durable: entries (and at most one snapshot) from when they enter the log
 * until storage says that they are written. Entries below `offsetInProgress` were handed over for writing.
 * Invariant: entries[i].index = offset + i; offset <= offsetInProgress <= offset + entries.length.
 * What is returned is a copy: the arrays inside change in place.
 */
import type { Entry, Snapshot } from './entry.ts';
import { brokenInvariant } from './invariant.ts';

export class Unstable {
  snapshot: Snapshot | null = null;
  snapshotInProgress = false;
  entries: Entry[] = [];
  offset: number;
  offsetInProgress: number;

  constructor(offset: number) {
    this.offset = offset;
    this.offsetInProgress = offset;
  }

  /** Index of the last unstable entry or snapshot; 0 if there is neither. */
  lastIndex(): number {
    if (this.entries.length > 0) return this.offset + this.entries.length - 1;
    return this.snapshot === null ? 0 : this.snapshot.index;
  }

  /** Term of the entry (or snapshot) at `index`; -1 if it is not here. */
  term(index: number): number {
    if (index >= this.offset) {
      const entry = this.entries[index - this.offset];
      return entry === undefined ? -1 : entry.term;
    }
    return this.snapshot !== null && this.snapshot.index === index ? this.snapshot.term : -1;
  }

  hasNextEntries(): boolean {
    return this.offset + this.entries.length > this.offsetInProgress;
  }

  /** Entries not yet handed over for writing. */
  nextEntries(): readonly Entry[] {
    return this.entries.slice(this.offsetInProgress - this.offset);
  }

  /** The snapshot, if not yet handed over for writing. */
  nextSnapshot(): Snapshot | null {
    return this.snapshotInProgress ? null : this.snapshot;
  }

  /** Everything here is now being written. */
  acceptInProgress(): void {
    if (this.entries.length > 0) this.offsetInProgress = this.offset + this.entries.length;
    if (this.snapshot !== null) this.snapshotInProgress = true;
  }

  /**
   * Entries up to (index, term) are durable. Ignored if the entry is no longer the one that was written: the caller
   * must also be sure that no write under way can still replace it (the ABA guard of ready.ts).
   */
  stableTo(index: number, term: number): void {
    if (index < this.offset || this.term(index) !== term) return;
    const count = index + 1 - this.offset;
    if (count === this.entries.length) this.entries = [];
    else this.entries.splice(0, count);
    this.offset = index + 1;
    if (this.offsetInProgress < this.offset) this.offsetInProgress = this.offset;
  }

  stableSnapshotTo(index: number): void {
    if (this.snapshot !== null && this.snapshot.index === index) {
      this.snapshot = null;
      this.snapshotInProgress = false;
    }
  }

  /** The log becomes what the snapshot says; everything else here is void. */
  restore(snapshot: Snapshot): void {
    this.offset = snapshot.index + 1;
    this.offsetInProgress = this.offset;
    this.entries = [];
    this.snapshot = snapshot;
    this.snapshotInProgress = false;
  }

  /** Appends, replacing whatever was at or above the first new index. `entries` is not empty. */
  truncateAndAppend(entries: readonly Entry[], from: number): void {
    const first = entries[from]!.index;
    const end = this.offset + this.entries.length;
    if (first > end) brokenInvariant(`unstable entries would have a gap: ${first} appended after ${end - 1}`);
    if (first < end) {
      if (first <= this.offset) {
        this.entries = [];
        this.offset = first;
        this.offsetInProgress = first;
      } else {
        this.entries.length = first - this.offset;
        if (this.offsetInProgress > first) this.offsetInProgress = first;
      }
    }
    // An array of the right size at once: growing one by pushing takes room for seventeen.
    if (this.entries.length === 0) this.entries = entries.slice(from);
    else for (let i = from; i < entries.length; i++) this.entries.push(entries[i]!);
  }

  /** Entries in [lo, hi), all of which must be here. */
  slice(lo: number, hi: number): readonly Entry[] {
    if (lo < this.offset || lo > hi || hi > this.offset + this.entries.length) {
      brokenInvariant(
        `unstable entries [${lo}, ${hi}) asked, [${this.offset}, ${this.offset + this.entries.length}) held`,
      );
    }
    return this.entries.slice(lo - this.offset, hi - this.offset);
  }
}
