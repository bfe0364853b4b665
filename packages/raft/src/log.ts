/**
 * The whole log: what storage has, then the unstable tail. Decides what matches a leader's log, which entries may be
 * handed out for applying, and never lets the commit index go back. Invariant: applied <= applying <= committed <=
 * last index. Source: paper 5.3 (log matching), back-off by term of etcd/raft.
 */
import { countWithin, type Entry, entriesSizeBytes, NO_ENTRIES, NO_LIMIT, type Snapshot } from './entry.ts';
import { brokenInvariant } from './invariant.ts';
import { type Storage, StorageRefusal } from './storage.ts';
import { Unstable } from './unstable.ts';

/** What `term` answers for an index that is compacted or not there. */
export const UNKNOWN_TERM = -1;

export class RaftLog {
  readonly storage: Storage;
  readonly unstable: Unstable;
  committed: number;
  /** Highest index handed out for applying. */
  applying: number;
  /** Highest index known to be applied. */
  applied: number;
  /** Bytes handed out and not yet reported as applied are kept below this. */
  readonly maxApplyingBytes: number;
  private applyingBytes = 0;
  private applyingPaused = false;

  constructor(storage: Storage, maxApplyingBytes: number) {
    this.storage = storage;
    this.maxApplyingBytes = maxApplyingBytes;
    this.unstable = new Unstable(storage.lastIndex() + 1);
    const compacted = storage.firstIndex() - 1;
    this.committed = compacted;
    this.applying = compacted;
    this.applied = compacted;
  }

  firstIndex(): number {
    const snapshot = this.unstable.snapshot;
    return snapshot === null ? this.storage.firstIndex() : snapshot.index + 1;
  }

  lastIndex(): number {
    const last = this.unstable.lastIndex();
    return last !== 0 ? last : this.storage.lastIndex();
  }

  lastTerm(): number {
    const term = this.term(this.lastIndex());
    if (term === UNKNOWN_TERM) brokenInvariant(`the last entry ${this.lastIndex()} has no term`);
    return term;
  }

  /** Term of the entry at `index`, also of the compacted one before the first; UNKNOWN_TERM if it is not there. */
  term(index: number): number {
    const unstable = this.unstable.term(index);
    if (unstable !== -1) return unstable;
    if (index + 1 < this.firstIndex() || index > this.lastIndex()) return UNKNOWN_TERM;
    const term = this.storage.term(index);
    return typeof term === 'number' ? term : UNKNOWN_TERM;
  }

  matchTerm(index: number, term: number): boolean {
    return this.term(index) === term;
  }

  /** Entries from `lo` to the end within `maxBytes` (at least one); null if `lo` is compacted. */
  entries(lo: number, maxBytes: number): readonly Entry[] | null {
    const last = this.lastIndex();
    return lo > last ? NO_ENTRIES : this.slice(lo, last + 1, maxBytes);
  }

  /** Entries in [lo, hi) within `maxBytes` (at least one if any); null if `lo` is compacted. */
  slice(lo: number, hi: number, maxBytes: number): readonly Entry[] | null {
    const offset = this.unstable.offset;
    if (lo >= offset && this.unstable.snapshot === null) return this.unstableSlice(lo, hi, maxBytes);
    if (lo < this.firstIndex()) return null;
    if (hi > this.lastIndex() + 1) brokenInvariant(`entries [${lo}, ${hi}) asked, the log ends at ${this.lastIndex()}`);
    if (lo >= hi) return NO_ENTRIES;
    if (lo >= offset) return this.unstableSlice(lo, hi, maxBytes);
    const cut = Math.min(hi, offset);
    const stable = this.storage.entries(lo, cut, maxBytes);
    if (stable === StorageRefusal.Compacted) return null;
    if (typeof stable === 'string') brokenInvariant(`entries [${lo}, ${cut}) are in the log, storage says ${stable}`);
    if (cut === hi || stable.length < cut - lo) return stable;
    return this.joinUnstable(stable, offset, hi, maxBytes);
  }

  private joinUnstable(stable: readonly Entry[], offset: number, hi: number, maxBytes: number): readonly Entry[] {
    if (maxBytes === NO_LIMIT) return stable.concat(this.unstable.slice(offset, hi));
    const size = entriesSizeBytes(stable);
    if (size >= maxBytes) return stable;
    const tail = this.unstableSlice(offset, hi, maxBytes - size);
    // "At least one" holds for the whole, not for the tail.
    if (tail.length === 1 && size + entriesSizeBytes(tail) > maxBytes) return stable;
    return stable.concat(tail);
  }

  private unstableSlice(lo: number, hi: number, maxBytes: number): readonly Entry[] {
    if (maxBytes === NO_LIMIT) return this.unstable.slice(lo, hi);
    const from = lo - this.unstable.offset;
    const count = countWithin(this.unstable.entries, from, hi - this.unstable.offset, maxBytes);
    return this.unstable.slice(lo, lo + count);
  }

  /** Appends a leader's own entries, or the part of a leader's that this log lacks. */
  append(entries: readonly Entry[], from: number): void {
    if (from >= entries.length) return;
    const after = entries[from]!.index - 1;
    if (after < this.committed) brokenInvariant(`entry ${after + 1} would replace a committed one (${this.committed})`);
    this.unstable.truncateAndAppend(entries, from);
  }

  /**
   * Takes a leader's entries after (prevIndex, prevTerm) if the logs match there, replacing what conflicts (paper 5.3).
   * Returns the last index known to match, or -1 if they do not match.
   */
  maybeAppend(prevIndex: number, prevTerm: number, entries: readonly Entry[], commit: number): number {
    if (!this.matchTerm(prevIndex, prevTerm)) return -1;
    const lastNew = prevIndex + entries.length;
    const from = this.firstDifference(entries);
    if (from < entries.length) this.append(entries, from);
    this.commitTo(Math.min(commit, lastNew));
    return lastNew;
  }

  private firstDifference(entries: readonly Entry[]): number {
    let i = 0;
    while (i < entries.length && this.matchTerm(entries[i]!.index, entries[i]!.term)) i++;
    return i;
  }

  /**
   * The highest index <= `index` at which this log's term is <= `term` or not known: where another log, of which only
   * (index, term) is known, may still match. Lets each side skip a whole term in one round.
   */
  conflictIndex(index: number, term: number): number {
    let at = index;
    while (at > 0) {
      const own = this.term(at);
      if (own === UNKNOWN_TERM || own <= term) return at;
      at--;
    }
    return 0;
  }

  commitTo(index: number): void {
    if (index <= this.committed) return;
    if (index > this.lastIndex()) {
      brokenInvariant(`commit index ${index} is behind the end of the log (${this.lastIndex()}); was the log damaged?`);
    }
    this.committed = index;
  }

  /** Commits `index` if it is of `term` (paper 5.4.2: an older term's entry commits only along with a newer one). */
  maybeCommit(index: number, term: number): boolean {
    if (index <= this.committed || term === 0 || this.term(index) !== term) return false;
    this.commitTo(index);
    return true;
  }

  /** Paper 5.4.1: the later last term wins, then the longer log. */
  isUpToDate(lastIndex: number, lastTerm: number): boolean {
    const term = this.lastTerm();
    return lastTerm > term || (lastTerm === term && lastIndex >= this.lastIndex());
  }

  /** The highest index that may be applied: committed and, unless `allowUnstable`, durable here. */
  private maxAppliable(allowUnstable: boolean): number {
    return allowUnstable ? this.committed : Math.min(this.committed, this.unstable.offset - 1);
  }

  hasNextCommitted(allowUnstable: boolean): boolean {
    // A snapshot comes first: nothing is applied beside it.
    if (this.applyingPaused || this.unstable.snapshot !== null) return false;
    return this.applying < this.maxAppliable(allowUnstable);
  }

  /** The next entries to apply, within the limit of bytes. */
  nextCommitted(allowUnstable: boolean): readonly Entry[] {
    if (!this.hasNextCommitted(allowUnstable)) return NO_ENTRIES;
    const hi = this.maxAppliable(allowUnstable) + 1;
    const entries = this.slice(this.applying + 1, hi, this.maxApplyingBytes - this.applyingBytes);
    if (entries === null) brokenInvariant(`committed entry ${this.applying + 1} was compacted before it was applied`);
    return entries;
  }

  /** `entries` were handed out for applying. Pauses when the limit is reached or was what cut them short. */
  acceptApplying(entries: readonly Entry[], allowUnstable: boolean): void {
    const last = entries[entries.length - 1]!.index;
    if (last > this.committed) brokenInvariant(`entry ${last} handed out for applying, committed is ${this.committed}`);
    this.applying = last;
    if (this.maxApplyingBytes === NO_LIMIT) return;
    this.applyingBytes += entriesSizeBytes(entries);
    this.applyingPaused = this.applyingBytes >= this.maxApplyingBytes || last < this.maxAppliable(allowUnstable);
  }

  appliedTo(index: number, entries: readonly Entry[]): void {
    if (index < this.applied || index > this.committed) {
      brokenInvariant(`applied index ${index} is outside [${this.applied}, ${this.committed}]`);
    }
    this.applied = index;
    if (this.applying < index) this.applying = index;
    if (this.maxApplyingBytes === NO_LIMIT) return;
    this.applyingBytes = Math.max(0, this.applyingBytes - entriesSizeBytes(entries));
    this.applyingPaused = this.applyingBytes >= this.maxApplyingBytes;
  }

  snapshot(): Snapshot | StorageRefusal {
    return this.unstable.snapshot ?? this.storage.snapshot();
  }

  restore(snapshot: Snapshot): void {
    this.committed = snapshot.index;
    this.unstable.restore(snapshot);
  }
}
