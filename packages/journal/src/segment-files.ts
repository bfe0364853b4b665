// The files that the journal writes: the active segment, the next one made ready in the background, the old ones
// removed one by one.
//
// Rules decided here: a segment is used only when its zeros and its name are durable, so that an append needs one
// fdatasync and no metadata; a full disk shows while the active segment still has room; segments go from the oldest
// on, each removal made durable before the next, so that what is left never has a gap.

import type { Clock, Disk, DiskCallback, DiskError, DiskFile, Timer } from '@baton/host';
import { alignedSizeBytes } from './block.ts';
import { FORMAT_VERSION } from './group-header.ts';
import type { RecoveredJournal, WritePosition } from './recovery.ts';
import { SEGMENT_START_BYTES, type SegmentHeader, segmentPath } from './segment.ts';
import { SegmentPreparation } from './segment-preparation.ts';

/** After a failure for lack of space, how long until the next attempt to make a segment. */
const RETRY_MS = 200;

/** Where a group is to be written. */
export interface Place {
  readonly file: DiskFile;
  readonly segment: number;
  /** Offset of the group itself. */
  readonly offset: number;
  /** Given when the group is the first of its segment: written before it, in the same call, at offset 0. */
  readonly opens: SegmentHeader | null;
}

export interface SegmentFilesOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly folder: string;
  readonly segmentSizeBytes: number;
  /** The next segment became ready, or cannot be made for lack of space. */
  readonly onReady: () => void;
  /** Making a segment failed for another reason than space. */
  readonly onError: (error: DiskError) => void;
  /** A segment was removed. */
  readonly onRemoved: (segment: number) => void;
}

interface OpenSegment {
  readonly file: DiskFile;
  readonly number: number;
  readonly sizeBytes: number;
}

/** The segments of one journal. */
export class SegmentFiles {
  readonly #options: SegmentFilesOptions;
  readonly #journalId: number;
  /** Segments with groups, ascending; the last is active or was the last before a restart. */
  #used: number[];
  #active: OpenSegment | null = null;
  #offset = 0;
  #spare: OpenSegment | null = null;
  #state: 'idle' | 'preparing' | 'full' | 'closed' = 'idle';
  #highest: number;
  #preparation: SegmentPreparation | null = null;
  #removing = false;
  #removalEnded: (() => void) | null = null;
  #retry: Timer | null = null;
  #removeBelow = 0;

  constructor(
    options: SegmentFilesOptions,
    recovered: Pick<RecoveredJournal, 'journalId' | 'segments' | 'position' | 'unused'>,
  ) {
    this.#options = options;
    this.#journalId = recovered.journalId;
    this.#used = [...recovered.segments];
    this.#highest = Math.max(0, ...this.#used, ...recovered.unused.map((segment) => segment.segment));
    if (recovered.position !== null) {
      this.#active = this.#open(recovered.position);
      this.#offset = recovered.position.offset;
    }
    this.#adopt(recovered.unused);
  }

  get count(): number {
    return this.#used.length;
  }

  get isFull(): boolean {
    return this.#state === 'full';
  }

  /** Bytes that can be written for certain, without a new segment being made. */
  roomBytes(): number {
    const active = this.#active === null ? 0 : this.#active.sizeBytes - this.#offset;
    return active + (this.#spare === null ? 0 : this.#spare.sizeBytes - SEGMENT_START_BYTES);
  }

  /** A place for a group; `wait` until `onReady`, or `full` when the disk gives no space. Taken with `advance`. */
  reserve(sizeBytes: number): Place | 'wait' | 'full' {
    if (this.#active !== null && this.#offset + sizeBytes <= this.#active.sizeBytes) {
      return { file: this.#active.file, segment: this.#active.number, offset: this.#offset, opens: null };
    }
    if (this.#spare === null || SEGMENT_START_BYTES + sizeBytes > this.#spare.sizeBytes) {
      if (SEGMENT_START_BYTES + sizeBytes > this.#options.segmentSizeBytes) return this.#reserveLarge(sizeBytes);
      this.prepare();
      this.#preparation?.hurry();
      return this.#state === 'full' ? 'full' : 'wait';
    }
    return this.#opening(this.#spare);
  }

  /** A group of this size was written at the place given last. */
  advance(place: Place, sizeBytes: number): void {
    if (place.opens !== null) {
      this.#active?.file.close();
      this.#active = this.#spare;
      this.#spare = null;
      this.#used.push(place.segment);
      this.prepare();
    }
    this.#offset = place.offset + sizeBytes;
  }

  /** Makes the next segment ready in the background, unless it is. */
  prepare(): void {
    if (this.#spare !== null || this.#state === 'preparing' || this.#state === 'closed' || this.#retry !== null) return;
    this.#state = 'preparing';
    const { disk, clock, folder, segmentSizeBytes } = this.#options;
    this.#highest += 1;
    const number = this.#highest;
    const path = segmentPath(folder, number);
    this.#preparation = new SegmentPreparation(disk, clock, path, segmentSizeBytes, (error) => {
      this.#preparation = null;
      if (error !== null) return this.#failed(number, path, error);
      disk.syncFolderAsync(folder, (syncError) => {
        if (syncError !== null) return this.#failed(number, path, syncError);
        if (this.#state === 'closed') return;
        this.#state = 'idle';
        this.#spare = this.#open({ segment: number, offset: 0, sizeBytes: segmentSizeBytes });
        this.#options.onReady();
      });
    });
    this.#preparation.start();
  }

  /** As `prepare`, waiting: a new journal has nothing to write into yet. */
  prepareSync(): void {
    if (this.#active !== null || this.#spare !== null) return;
    this.#spare = this.#make(this.#options.segmentSizeBytes);
  }

  /** Removes segments below `number` in the background; the last used one always stays. */
  removeBelow(number: number): void {
    this.#removeBelow = Math.max(this.#removeBelow, number);
    this.#removeNext();
  }

  /** The last segment in use. */
  lastUsed(): number {
    return this.#used.at(-1) ?? 0;
  }

  close(): void {
    this.#state = 'closed';
    this.#preparation?.cancel();
    this.#retry?.cancel();
    this.#active?.file.close();
    this.#spare?.file.close();
    this.#active = null;
    this.#spare = null;
  }

  #opening(segment: OpenSegment): Place {
    const opens = { version: FORMAT_VERSION, journalId: this.#journalId, number: segment.number, firstSequence: 0 };
    return { file: segment.file, segment: segment.number, offset: SEGMENT_START_BYTES, opens };
  }

  /** A group larger than a segment gets one of its own, made at once. */
  #reserveLarge(sizeBytes: number): Place | 'wait' | 'full' {
    if (this.#state === 'preparing') {
      this.#preparation?.hurry();
      return 'wait';
    }
    try {
      const { disk, folder } = this.#options;
      if (this.#spare !== null) {
        this.#spare.file.close();
        disk.unlink(segmentPath(folder, this.#spare.number));
        this.#spare = null;
      }
      this.#spare = this.#make(alignedSizeBytes(SEGMENT_START_BYTES + sizeBytes));
    } catch (error) {
      if ((error as DiskError).code !== 'ENOSPC') throw error;
      this.#failed(this.#highest, segmentPath(this.#options.folder, this.#highest), error as DiskError);
      return 'full';
    }
    return this.#opening(this.#spare);
  }

  #make(sizeBytes: number): OpenSegment {
    const { disk, folder } = this.#options;
    this.#highest += 1;
    disk.preallocateSync(segmentPath(folder, this.#highest), sizeBytes);
    disk.syncFolder(folder);
    return this.#open({ segment: this.#highest, offset: 0, sizeBytes });
  }

  #open(position: WritePosition): OpenSegment {
    const { disk, folder } = this.#options;
    const file = disk.open(segmentPath(folder, position.segment), 'write');
    return { file, number: position.segment, sizeBytes: position.sizeBytes };
  }

  /** Of the prepared segments found at the start the first whole one is the next; the rest is removed. */
  #adopt(unused: readonly WritePosition[]): void {
    const { disk, folder, segmentSizeBytes } = this.#options;
    for (const segment of unused) {
      if (this.#spare === null && segment.sizeBytes >= segmentSizeBytes) this.#spare = this.#open(segment);
      else disk.unlink(segmentPath(folder, segment.segment));
    }
  }

  #failed(number: number, path: string, error: DiskError): void {
    const { disk, clock, onError } = this.#options;
    if (this.#state === 'closed') return;
    this.#highest = number - 1;
    if (error.code !== 'ENOSPC') {
      onError(error);
      return;
    }
    this.#state = 'full';
    try {
      if (disk.exists(path)) disk.unlink(path);
    } catch (unlinkError) {
      onError(unlinkError as DiskError);
      return;
    }
    this.#retry = clock.setTimer(RETRY_MS, () => {
      this.#retry = null;
      this.prepare();
    });
    this.#options.onReady();
  }

  /** Calls back when no file is being removed any more, at once if none is; no further one is begun until then. */
  whenNoneIsRemoved(done: () => void): void {
    if (this.#removing) this.#removalEnded = done;
    else done();
  }

  #removeNext(): void {
    const oldest = this.#used[0];
    if (this.#removing || this.#state === 'closed' || oldest === undefined) return;
    if (oldest >= this.#removeBelow || this.#used.length === 1) return;
    const { disk, folder, onError, onRemoved } = this.#options;
    this.#removing = true;
    this.#used.shift();
    onRemoved(oldest);
    const done: DiskCallback = (error) => {
      this.#removing = false;
      const ended = this.#removalEnded;
      this.#removalEnded = null;
      if (error !== null) onError(error);
      else if (ended === null) this.#removeNext();
      ended?.();
    };
    disk.unlinkAsync(segmentPath(folder, oldest), (error) => {
      if (error === null) disk.syncFolderAsync(folder, done);
      else done(error);
    });
  }
}
