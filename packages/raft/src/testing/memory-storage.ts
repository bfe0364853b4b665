/**
 * A journal in memory, for tests: what a real journal must answer, without a disk. Keeps a dummy entry before the first,
 * whose term is that of what was compacted. Writing replaces from the first new index on.
 */
import {
  type ConfState,
  countWithin,
  type Entry,
  EntryType,
  type HardState,
  NO_DATA,
  type Snapshot,
} from '../entry.ts';
import { type Storage, StorageRefusal } from '../storage.ts';

const EMPTY_CONF_STATE: ConfState = {
  voters: [],
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
};

export class MemoryStorage implements Storage {
  hardState: HardState = { term: 0, vote: 0, commit: 0 };
  /** Set to override what `snapshot` answers. */
  snapshotOverride: (() => Snapshot) | null = null;
  private stored: Snapshot = { index: 0, term: 0, confState: EMPTY_CONF_STATE, data: NO_DATA };
  /** log[0] is the dummy; log[i].index = log[0].index + i. */
  private log: Entry[] = [{ term: 0, index: 0, type: EntryType.Normal, data: NO_DATA }];

  initialState(): { hardState: HardState; confState: ConfState } {
    return { hardState: this.hardState, confState: this.stored.confState };
  }

  firstIndex(): number {
    return this.log[0]!.index + 1;
  }

  lastIndex(): number {
    return this.log[0]!.index + this.log.length - 1;
  }

  term(index: number): number | StorageRefusal {
    const offset = this.log[0]!.index;
    if (index < offset) return StorageRefusal.Compacted;
    const entry = this.log[index - offset];
    return entry === undefined ? StorageRefusal.Unavailable : entry.term;
  }

  entries(lo: number, hi: number, maxBytes: number): readonly Entry[] | StorageRefusal {
    const offset = this.log[0]!.index;
    if (lo <= offset) return StorageRefusal.Compacted;
    if (hi > this.lastIndex() + 1) return StorageRefusal.Unavailable;
    const from = lo - offset;
    return this.log.slice(from, from + countWithin(this.log, from, hi - offset, maxBytes));
  }

  snapshot(): Snapshot | StorageRefusal {
    return this.snapshotOverride === null ? this.stored : this.snapshotOverride();
  }

  setHardState(state: HardState): void {
    this.hardState = state;
  }

  /** The log becomes what the snapshot says. Refused if an equal or newer one is here. */
  applySnapshot(snapshot: Snapshot): StorageRefusal | null {
    if (this.stored.index >= snapshot.index) return StorageRefusal.SnapshotOutOfDate;
    this.stored = snapshot;
    this.log = [{ term: snapshot.term, index: snapshot.index, type: EntryType.Normal, data: NO_DATA }];
    return null;
  }

  /** Records a snapshot of this node's own at `index`. */
  createSnapshot(index: number, confState: ConfState, data: Uint8Array): Snapshot {
    const term = this.term(index);
    if (typeof term !== 'number') throw new RangeError(`snapshot at ${index}: the log is ${term} there`);
    this.stored = { index, term, confState, data };
    return this.stored;
  }

  /** Forgets entries up to and including `index`. */
  compact(index: number): StorageRefusal | null {
    const offset = this.log[0]!.index;
    if (index <= offset) return StorageRefusal.Compacted;
    if (index > this.lastIndex()) throw new RangeError(`compact to ${index}: the log ends at ${this.lastIndex()}`);
    const dummy = this.log[index - offset]!;
    const kept = this.log.slice(index - offset + 1);
    this.log = [{ term: dummy.term, index, type: EntryType.Normal, data: NO_DATA }, ...kept];
    return null;
  }

  /** Writes entries, replacing what is at or above the first of them; what is compacted is skipped. */
  append(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    const offset = this.log[0]!.index;
    const end = offset + this.log.length;
    let from = 0;
    while (from < entries.length && entries[from]!.index <= offset) from++;
    if (from === entries.length) return;
    const first = entries[from]!.index;
    if (first > end) throw new RangeError(`append from ${first}: the log ends at ${end - 1}`);
    this.log.length = first - offset;
    for (let i = from; i < entries.length; i++) this.log.push(entries[i]!);
  }
}
