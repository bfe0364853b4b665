// The write path: appends are queued, and become groups of one write and one sync each.
//
// Model: what is accepted in one turn of the event loop is written at its end; what arrives while a sync runs waits
// and shares the next one (group commit). There is never more than one group that is written and not synced, which is
// what recovery rests on. A short queue is synced in line (saves a thread hop); a long queue, or a disk that was slow
// lately, on the thread pool, so that the event loop never waits for a slow disk twice in a row. With `memory` nobody
// waits for the disk: a group is written every few milliseconds, and a commit costs no system call.
// Rule decided here: nothing is acknowledged before its sync, except with `memory`, and there a change of term or vote
// still waits (a vote may not be given twice, whatever is promised about entries).

import { type Clock, DiskError, type Timer } from '@baton/host';
import type { Snapshot } from '@baton/raft';
import { AppendQueue, type Group, type QueuedAppend } from './append-queue.ts';
import { JournalFatalError } from './errors.ts';
import { GroupEncoder, groupSizeBytes, payloadSizeBytes } from './group-encoder.ts';
import type { MarkWriter } from './mark.ts';
import type { Durability, SyncMode, SyncSample } from './options.ts';
import type { Place, SegmentFiles } from './segment-files.ts';
import type { SpanIndex } from './span-index.ts';
import { type WriterState, WrittenLog } from './written-log.ts';

/** Up to here a group is synced in line: beyond, appends are queueing and overlap wins (performance.md A6). */
const INLINE_MAX_ENTRIES = 64;
const INLINE_MAX_BYTES = 64 * 1024;
/**
 * Inline syncs that take longer than the event loop's budget on average, or one of two heartbeats, move the next ones to
 * the thread pool … A single one of 2 to 10 ms does not: on a machine whose processors are shared it says more about them
 * than about the disk, and the three thread hops of the pool then take longer still (p50 1.4 instead of 0.5 ms, p90 6
 * instead of 2, while nodes start beside).
 */
const SLOW_AVERAGE_US = 2000;
const SLOW_SYNC_US = 20_000;
/** Weight of the newest sync in the average. */
const AVERAGE_SHARE = 1 / 16;
/** … for this long, and twice as long each time, while the disk is slow again soon after. */
const SLOW_SYNC_PENALTY_US = 1_000_000;
const MAX_SLOW_SYNC_PENALTY_US = 8_000_000;

/** `memory`: how long the disk may follow behind, and with how much it is written at once all the same. */
const MEMORY_PACE_MS = 5;
const MEMORY_PACE_BYTES = 1024 * 1024;

/** After a write that failed for lack of space, how long until the next attempt. */
const RETRY_MS = 100;
/** `memory`: with more than this waiting for the disk, appends are acknowledged at its pace again. */
const MAX_EARLY_BYTES = 64 * 1024 * 1024;

export interface GroupWriterOptions {
  readonly clock: Clock;
  readonly durability: Durability;
  readonly sync: SyncMode;
  readonly files: SegmentFiles;
  readonly mark: MarkWriter;
  /** Spans of the whole journal: the writer adds what it wrote. */
  readonly spans: SpanIndex;
  readonly onSync: ((sample: SyncSample) => void) | undefined;
  readonly onFatal: (error: JournalFatalError) => void;
  /** Makes a snapshot from the leader durable; throws DiskError. */
  readonly installSnapshot: (snapshot: Snapshot) => void;
  /** Entries up to here are on disk (written, perhaps not synced); called after each write. */
  readonly onWritten: () => void;
}

/** A group on its way to the disk. */
interface GroupJob {
  readonly group: Group;
  readonly place: Place;
  readonly startUs: number;
  readonly sizeBytes: number;
  readonly isInline: boolean;
}

/** Writes groups. */
export class GroupWriter {
  readonly #options: GroupWriterOptions;
  readonly #encoder = new GroupEncoder();
  readonly #log: WrittenLog;
  readonly #queue = new AppendQueue();
  #inFlight: Group | null = null;
  /** A look at the queue is owed; and who pays it is a turn of the event loop. */
  #isDue = false;
  #isScheduled = false;
  #isStopped = false;
  #isFull = false;
  #slowUntilUs = 0;
  #averageUs = 0;
  #penaltyUs = 0;
  #whenIdle: (() => void)[] = [];
  #whenQuiet: (() => void)[] = [];
  /** `memory`: until it fires, what is queued may wait for more. */
  #pace: Timer | null = null;
  #isPaceOver = false;
  /** All of the group in flight was acknowledged before its sync. */
  #isInFlightEarly = false;
  /** Somebody else keeps the disk busy: the loop must not wait for it, however short the queue. */
  isDiskShared = false;
  durableIndex: number;
  syncs = 0;
  writtenBytes = 0;

  constructor(options: GroupWriterOptions, state: WriterState) {
    this.#options = options;
    this.#log = new WrittenLog(state);
    this.durableIndex = this.#log.lastIndex;
  }

  get queuedBytes(): number {
    return this.#queue.sizeBytes;
  }

  /** The disk has no room for what is queued; nothing of it is acknowledged, it is tried again. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** When the oldest append that is not acknowledged was accepted; null when none waits. */
  oldestPendingUs(): number | null {
    return (this.#inFlight?.items[0] ?? this.#queue.items[0])?.acceptedUs ?? null;
  }

  /** Lowest index that is queued and not written. */
  firstUnwrittenIndex(): number {
    return this.#queue.firstIndex();
  }

  /** `isFlushed`: the owner calls `flush` in this turn. */
  push(item: QueuedAppend, isFlushed = false): void {
    this.#queue.push(item);
    if (isFlushed) this.#isDue = true;
    else this.#schedule();
  }

  /** The next segment became ready, or space was made. */
  resume(): void {
    this.#isFull = false;
    if (this.#queue.length > 0) this.#schedule();
  }

  /** What is due at the end of this turn, now: the owner has nothing more to add. */
  flush(): void {
    if (!this.#isDue || this.#isStopped) return;
    this.#isDue = false;
    this.#flush();
  }

  /** Calls `done` when nothing is queued or being synced, or nothing more can be: full disk, failure. */
  whenIdle(done: () => void): void {
    this.#whenIdle.push(done);
    this.#schedule();
  }

  /** Nothing more is written or acknowledged. */
  stop(): void {
    this.#isStopped = true;
    this.#pace?.cancel();
    this.#releaseWaiters();
  }

  /** Writes the mark as of the last synced group. */
  writeMark(closed: boolean): void {
    this.#options.mark.write(this.#log.mark(closed));
  }

  #schedule(): void {
    this.#isDue = true;
    if (this.#isScheduled || this.#isStopped) return;
    this.#isScheduled = true;
    this.#options.clock.defer(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  #flush(): void {
    if (this.#options.durability === 'memory') {
      this.#acknowledgeEarly();
      if (this.#maySettleLater()) return;
    }
    while (this.#queue.length > 0 && this.#inFlight === null && !this.#isStopped) {
      const group = this.#queue.nextGroup();
      if (group.needsWrite) {
        if (!this.#write(group)) return;
        // One sync a turn: what its acknowledgement caused to be sent leaves before the next.
        if (this.#queue.length > 0 && this.#inFlight === null) {
          this.#schedule();
          return;
        }
      } else {
        this.#take(group);
        this.#acknowledge(group.items);
      }
    }
    if (this.#queue.length > 0 || this.#inFlight !== null || this.#isStopped) return;
    this.#releaseWaiters();
  }

  #releaseWaiters(): void {
    for (const done of this.#whenIdle.splice(0)) done();
  }

  /** `memory`: in order, up to the first that has to be synced, or as far as the disk is not hopelessly behind. */
  #acknowledgeEarly(): void {
    if (this.#queue.sizeBytes > MAX_EARLY_BYTES) return;
    if (this.#inFlight !== null && !this.#isInFlightEarly) return;
    for (let item = this.#queue.nextEarly(); item !== null; item = this.#queue.nextEarly()) {
      item.isAcknowledged = true;
      item.onDurable();
    }
  }

  /** `memory`: nobody waits for what is queued, it is little, and its time has not come. */
  #maySettleLater(): boolean {
    const { length, sizeBytes, areAllEarly } = this.#queue;
    if (length === 0 || !areAllEarly || sizeBytes >= MEMORY_PACE_BYTES) return false;
    if (this.#isPaceOver || this.#whenIdle.length > 0) return false;
    this.#pace ??= this.#options.clock.setTimer(MEMORY_PACE_MS, () => {
      this.#isPaceOver = true;
      this.#schedule();
    });
    return true;
  }

  #endPace(): void {
    this.#pace?.cancel();
    this.#pace = null;
    this.#isPaceOver = false;
  }

  #take(group: Group): void {
    this.#queue.take(group);
    for (const item of group.items) if (item.hardState !== null) this.#log.hardState = item.hardState;
  }

  /** Writes a group and syncs it. False when it has to wait: for a segment, for space, or for ever. */
  #write(group: Group): boolean {
    const { clock, files, installSnapshot } = this.#options;
    const startUs = clock.monotonicUs();
    const sizeBytes = groupSizeBytes(payloadSizeBytes(group.entries));
    try {
      const place = files.reserve(sizeBytes);
      if (typeof place === 'string') {
        this.#isFull = place === 'full';
        if (this.#isFull) this.#releaseWaiters();
        return false;
      }
      if (group.snapshot !== null) installSnapshot(group.snapshot);
      this.#start({ group, place, startUs, sizeBytes, isInline: this.#isInline(group, sizeBytes, startUs) });
    } catch (error) {
      this.#writeFailed(error);
      return false;
    }
    return !this.#isStopped;
  }

  #isInline(group: Group, sizeBytes: number, nowUs: number): boolean {
    const { sync, durability } = this.#options;
    const isShort = group.entries.length <= INLINE_MAX_ENTRIES && sizeBytes <= INLINE_MAX_BYTES;
    const isQuick = isShort && !this.isDiskShared && nowUs >= this.#slowUntilUs;
    return sync === 'inline' || (sync === 'auto' && durability === 'disk' && isQuick);
  }

  /**
   * Write, sync, mark, in this order: the mark comes before the acknowledgement, so that whatever was acknowledged can be
   * told from a torn tail after a kill. Even a write to the page cache may wait for a busy disk: unless the sync is in
   * line, all three are off the loop.
   */
  #start(job: GroupJob): void {
    const { group, place, isInline } = job;
    const content = this.#log.contentOf(group);
    const opens = place.opens === null ? null : { ...place.opens, firstSequence: content.sequence };
    const { bytes, crc } = this.#encoder.encode(content, opens);
    const offset = opens === null ? place.offset : 0;
    const wrote = (): void => {
      this.#options.files.advance(place, job.sizeBytes);
      if (group.snapshot !== null) this.#options.spans.clear();
      const span = this.#log.wrote(group, content, crc, place, job.sizeBytes);
      if (span !== null) this.#options.spans.add(span);
      this.writtenBytes += bytes.length;
      this.#take(group);
      this.#endPace();
      this.#options.onWritten();
    };
    if (isInline) {
      place.file.write(bytes, offset);
      wrote();
      this.#attemptSync(() => {
        place.file.datasync();
        this.writeMark(false);
        this.#synced(job);
      });
      return;
    }
    this.#inFlight = group;
    this.#isInFlightEarly = this.#options.durability === 'memory' && group.items.every((item) => item.isAcknowledged);
    place.file.writeAsync(bytes, offset, (error) => {
      if (this.#isStopped) return this.#ended();
      if (error !== null) {
        this.#inFlight = null;
        this.#writeFailed(error);
        return;
      }
      wrote();
      const finish = (failure: DiskError | null): void => {
        if (this.#isStopped) {
          this.#ended();
          return;
        }
        this.#attemptSync(() => {
          if (failure !== null) throw failure;
          this.#synced(job);
        });
        if (!this.#isStopped) this.#flush();
      };
      place.file.datasyncAsync((syncError) => {
        if (syncError !== null || this.#isStopped) finish(syncError);
        else this.#options.mark.writeAsync(this.#log.mark(false), finish);
      });
    });
  }

  /** Calls `done` once no write or sync of this journal is under way, stopped or not: files may be closed then. */
  whenQuiet(done: () => void): void {
    if (this.#inFlight === null) done();
    else this.#whenQuiet.push(done);
  }

  #ended(): void {
    this.#inFlight = null;
    for (const done of this.#whenQuiet.splice(0)) done();
  }

  #attemptSync(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#syncFailed(error);
    }
  }

  #synced({ group, startUs, sizeBytes, isInline: inline }: GroupJob): void {
    const { clock, onSync } = this.#options;
    const nowUs = clock.monotonicUs();
    const durationUs = nowUs - startUs;
    if (inline) this.#judgeInline(durationUs, nowUs);
    this.#inFlight = null;
    this.durableIndex = this.#log.lastIndex;
    this.syncs += 1;
    onSync?.({ durationUs, entries: group.entries.length, sizeBytes, inline });
    this.#acknowledge(group.items);
  }

  #judgeInline(durationUs: number, nowUs: number): void {
    this.#averageUs += (durationUs - this.#averageUs) * AVERAGE_SHARE;
    if (durationUs <= SLOW_SYNC_US && this.#averageUs <= SLOW_AVERAGE_US) return;
    this.#averageUs = 0;
    const isAgain = nowUs - this.#slowUntilUs < this.#penaltyUs;
    this.#penaltyUs = isAgain ? Math.min(this.#penaltyUs * 2, MAX_SLOW_SYNC_PENALTY_US) : SLOW_SYNC_PENALTY_US;
    this.#slowUntilUs = nowUs + this.#penaltyUs;
  }

  #acknowledge(items: readonly QueuedAppend[]): void {
    for (const item of items) {
      if (item.isAcknowledged) continue;
      item.isAcknowledged = true;
      item.onDurable();
    }
  }

  /** Nothing of the group is acknowledged. For lack of space it is written again later, at the same place. */
  #writeFailed(error: unknown): void {
    if (!(error instanceof DiskError)) throw error;
    if (error.code !== 'ENOSPC') {
      this.#fatal(error);
      return;
    }
    this.#isFull = true;
    this.#releaseWaiters();
    this.#options.clock.setTimer(RETRY_MS, () => this.resume());
  }

  /** After a failed sync nobody knows what is on disk, a lack of space included: no second attempt. */
  #syncFailed(error: unknown): void {
    this.#inFlight = null;
    if (!(error instanceof DiskError)) throw error;
    this.#fatal(error);
  }

  #fatal(error: DiskError): void {
    this.#isStopped = true;
    this.#releaseWaiters();
    this.#options.onFatal(new JournalFatalError(error.path, error.message, error));
  }
}
