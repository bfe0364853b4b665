// The committed log of a journal that another process is writing, followed from its files: nothing is locked or changed.
//
// Model: from a position (segment, offset, number of the next group) group after group, as they appear. Entries wait until
// they are known to be committed, for a later group may replace them.
// Rule decided here: what is committed. Either a group's own head says so (its commit index speaks of the log as it was
// when the group was written, which is the log as read so far), or somebody told index and term of a committed entry and
// the log as read has that very entry: then all before it are the same too (Log Matching). An index alone proves nothing.

import type { Clock, Disk, DiskFile } from '@baton/host';
import type { Entry } from '@baton/raft';
import { decodeEntries } from './entry-record.ts';
import { decodeGroupHeader, GROUP_RESET, type GroupHeader } from './group-header.ts';
import { payloadOfGroup } from './group-reader.ts';
import { recoverReadOnly } from './inspection.ts';
import { bufferOf } from './number-codec.ts';
import { segmentNumbers } from './recovery.ts';
import { decodeSegmentHeader, SEGMENT_START_BYTES, segmentPath } from './segment.ts';

/** Read at once: many groups of a catch-up, or one and some zeros. */
const WINDOW_BYTES = 128 * 1024;
/** … and so much where nothing new was found last time. */
const TAIL_BYTES = 8 * 1024;

/** A committed entry, as somebody who knows tells of it. */
export interface CommittedPoint {
  readonly index: number;
  readonly term: number;
}

export class LogTail {
  /** First and last index that the log had when it was opened. */
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #journalId: number;
  #segment: number;
  #offset: number;
  /** Number of the group that is due. */
  #sequence: number;
  #file: DiskFile | null = null;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;
  /** Read and not given out, without gaps; the first is that after `#given`. */
  #pending: Entry[] = [];
  #given: number;
  #committed = 0;
  #told: CommittedPoint;
  /** Somebody says what is committed: without news there is nothing to look for in later segments. */
  #isTold = false;
  /** Small at the end of the log, where the same place is read again and again. */
  #readBytes = WINDOW_BYTES;
  #isGone = false;

  /** Begins after `afterIndex`. Throws JournalOpenError when there is no journal that can be read. */
  constructor(disk: Disk, clock: Clock, folder: string, afterIndex: number) {
    const { recovered } = recoverReadOnly(disk, clock, folder);
    const { pieces, hardState, journalId, position, segments, nextSequence } = recovered;
    const { terms, spans } = pieces[0]!;
    this.#disk = disk;
    this.#folder = folder;
    this.#journalId = journalId;
    this.#given = afterIndex;
    this.firstIndex = terms.baseIndex + 1;
    this.lastIndex = terms.lastIndex;
    const commit = Math.min(hardState.commit, terms.lastIndex);
    this.#told = { index: commit, term: terms.termAt(commit) ?? -1 };
    this.#isGone = afterIndex < terms.baseIndex;
    const span = spans.spans.find(({ lastIndex }) => lastIndex > afterIndex);
    this.#segment = span?.segment ?? position?.segment ?? segments.at(-1) ?? 0;
    this.#offset = span?.offset ?? position?.offset ?? Number.MAX_SAFE_INTEGER;
    this.#sequence = nextSequence;
    if (span !== undefined) this.#sequence = this.#headerHere()?.sequence ?? nextSequence;
  }

  /** First index that the log in a folder has. Throws JournalOpenError. */
  static firstIndexOf(disk: Disk, clock: Clock, folder: string): number {
    return recoverReadOnly(disk, clock, folder).recovered.pieces[0]!.terms.baseIndex + 1;
  }

  /** Entries after the last one given are not in the log any more, or were lost: only a checkpoint leads on. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Last index that was given out. */
  get givenIndex(): number {
    return this.#given;
  }

  /** This entry is committed; the log need not have it yet. */
  told({ index, term }: CommittedPoint): void {
    this.#isTold = true;
    if (index > this.#told.index) this.#told = { index, term };
  }

  /** The next committed entries, at most `max`; none when there are none yet, or when they are gone. */
  read(max: number): Entry[] {
    while (!this.#isGone && this.#ready() === 0) {
      if (!this.#take()) return [];
    }
    const entries = this.#pending.slice(0, Math.min(max, this.#ready()));
    this.#pending = this.#pending.slice(entries.length);
    this.#given += entries.length;
    return entries;
  }

  close(): void {
    this.#file?.close();
    this.#file = null;
  }

  /** How many of those that wait are committed. */
  #ready(): number {
    if (this.#pending[this.#told.index - this.#given - 1]?.term === this.#told.term) {
      this.#committed = Math.max(this.#committed, this.#told.index);
    }
    return Math.min(this.#pending.length, Math.max(0, this.#committed - this.#given));
  }

  /** Takes the next group; false when there is none yet. */
  #take(): boolean {
    const header = this.#headerHere() ?? (this.#isMissed() && this.#enterNextSegment() ? this.#headerHere() : null);
    if (header === null || header.sequence !== this.#sequence) {
      this.#readBytes = TAIL_BYTES;
      return false;
    }
    const group = this.#bytes(header.sizeBytes);
    const payload = group.length < header.sizeBytes ? null : payloadOfGroup(group, header);
    // Its head may have been written and its end not yet.
    const entries = payload === null ? null : decodeEntries(payload, header.entryCount);
    if (entries === null) {
      this.#window = Buffer.alloc(0);
      return false;
    }
    this.#offset += header.sizeBytes;
    this.#sequence += 1;
    this.#append(header, entries);
    return true;
  }

  /** More is committed than was read, as far as anybody says. */
  #isMissed(): boolean {
    return !this.#isTold || this.#told.index > this.#given + this.#pending.length;
  }

  #append(header: GroupHeader, entries: readonly Entry[]): void {
    const { baseIndex, flags, hardState, lastIndex } = header;
    const reach = this.#given + this.#pending.length;
    const isReset = (flags & GROUP_RESET) !== 0;
    if (baseIndex > (isReset ? this.#given : reach)) {
      this.#isGone = true;
      return;
    }
    if (isReset || entries.length > 0) this.#pending.length = Math.max(0, baseIndex - this.#given);
    for (const entry of entries) if (entry.index > this.#given) this.#pending.push(entry);
    this.#committed = Math.max(this.#committed, Math.min(hardState.commit, lastIndex));
  }

  #headerHere(): GroupHeader | null {
    const header = this.#decodedHere();
    if (header !== null) return header;
    // What was read before may have been written since.
    this.#window = Buffer.alloc(0);
    return this.#decodedHere();
  }

  #decodedHere(): GroupHeader | null {
    const header = decodeGroupHeader(this.#bytes(SEGMENT_START_BYTES), 0);
    return header?.journalId === this.#journalId ? header : null;
  }

  /** Bytes from the position on; fewer at the end of the file. */
  #bytes(sizeBytes: number): Buffer {
    const start = this.#offset - this.#windowStart;
    if (start >= 0 && start + sizeBytes <= this.#window.length) return this.#window.subarray(start, start + sizeBytes);
    const file = this.#openedFile();
    if (file === null) return Buffer.alloc(0);
    this.#window = bufferOf(file.read(this.#offset, Math.max(sizeBytes, this.#readBytes)));
    this.#readBytes = Math.min(WINDOW_BYTES, this.#readBytes * 2);
    this.#windowStart = this.#offset;
    return this.#window.subarray(0, sizeBytes);
  }

  #openedFile(): DiskFile | null {
    const path = segmentPath(this.#folder, this.#segment);
    if (this.#offset === Number.MAX_SAFE_INTEGER) return null;
    if (this.#file === null && this.#disk.exists(path)) this.#file = this.#disk.open(path, 'read');
    return this.#file;
  }

  /** The segment that begins with the group that is due, if it was begun. */
  #enterNextSegment(): boolean {
    for (const number of segmentNumbers(this.#disk, this.#folder)) {
      if (number <= this.#segment) continue;
      const path = segmentPath(this.#folder, number);
      const file = this.#disk.open(path, 'read');
      const header = decodeSegmentHeader(bufferOf(file.read(0, SEGMENT_START_BYTES)));
      if (header?.journalId === this.#journalId && header.firstSequence === this.#sequence) {
        this.close();
        this.#file = file;
        this.#segment = number;
        this.#offset = SEGMENT_START_BYTES;
        this.#window = Buffer.alloc(0);
        return true;
      }
      file.close();
      if (header === null || header.firstSequence <= this.#sequence) continue;
      // A later one: what is due was written to the old place meanwhile, or is gone.
      if (this.#headerHere()?.sequence === this.#sequence) return true;
      this.#isGone = true;
      return false;
    }
    return false;
  }
}
