// The journal of one node: the durable log, term and vote, and the checkpoints.
//
// Model: what `append` accepts is visible to the reads at once (Raft's core asks for it as stable), is written and
// synced in groups (`group-writer.ts`), and is read back through `log-view.ts`. Recovery is in `recovery.ts`, files in
// `segment-files.ts`, damage and its repair in `repair.ts`.
// Rules decided here: term and vote never go back (a broken invariant ends the process); a damaged journal reads up to
// the damage and accepts nothing but its repair or a snapshot that covers it.

import type { ConfState, Entry, HardState, Snapshot, Storage } from '@baton/raft';
import { StorageRefusal } from '@baton/raft';
import type { Checkpoint, CheckpointInfo } from './checkpoint.ts';
import type { CheckpointSaving } from './checkpoint-saving.ts';
import type { CheckpointOffer, CheckpointReader, CheckpointReceiver } from './checkpoint-transfer.ts';
import type { CheckpointPlace } from './checkpoint-writer.ts';
import { EntryCache } from './entry-cache.ts';
import { JournalFatalError } from './errors.ts';
import { groupSizeBytes, payloadSizeBytes } from './group-encoder.ts';
import { GroupReader } from './group-reader.ts';
import { GroupWriter } from './group-writer.ts';
import { LogView } from './log-view.ts';
import type { LogHole, LogPiece } from './log-walk.ts';
import { MarkWriter } from './mark.ts';
import { guarded, type OpenedJournal, openFolder } from './opening.ts';
import { type JournalConfig, type JournalOptions, resolveJournalOptions } from './options.ts';
import { type AppendOutcome, AppendRefusal } from './refusal.ts';
import { planRepair } from './repair.ts';
import type { Damage, RecoveryReport } from './report.ts';
import { segmentPath } from './segment.ts';
import { SegmentFiles } from './segment-files.ts';
import type { Span } from './span-index.ts';
import type { JournalStatus } from './status.ts';

/** One unit of work, as a Ready or a StorageAppend message carries it. */
export interface JournalAppend {
  /** Term, vote and commit, when they changed; a change of commit alone waits for no sync. */
  readonly hardState: HardState | null;
  /** Contiguous; a first index at or below `lastIndex()` replaces the log from there. */
  readonly entries: readonly Entry[];
  /** A snapshot from the leader: becomes the newest checkpoint and the log starts after it. */
  readonly snapshot: Snapshot | null;
}

/** Room kept in the last segment for changes of term and vote when the disk is full. */
const VOTE_RESERVE_BYTES = 32 * 1024;

/** The journal of one node. Made by `Journal.open`. */
export class Journal implements Storage {
  /** What opening found. */
  readonly report: RecoveryReport;
  readonly #config: JournalConfig;
  readonly #opened: OpenedJournal;
  readonly #log: LogView;
  readonly #files: SegmentFiles;
  readonly #mark: MarkWriter;
  readonly #writer: GroupWriter;
  readonly #reader: GroupReader;
  /** What is known behind the first hole; empty when nothing is damaged. */
  #behind: readonly LogPiece[];
  #hardState: HardState;
  #confState: ConfState;
  #state: 'open' | 'damaged' | 'failed' | 'closed';

  private constructor(config: JournalConfig, opened: OpenedJournal) {
    const { recovered } = opened;
    const { disk, clock, folder } = config;
    this.#config = config;
    this.#opened = opened;
    this.report = opened.report;
    this.#behind = recovered.pieces.slice(1);
    this.#hardState = recovered.hardState;
    this.#confState = recovered.confState;
    this.#state = this.#behind.length > 0 ? 'damaged' : 'open';
    this.#reader = new GroupReader(disk, folder);
    const piece = recovered.pieces[0] as LogPiece;
    const cache = new EntryCache(config.cacheSizeBytes);
    this.#log = new LogView({ piece, cache, reader: this.#reader, onDamage: (span) => this.#foundDamage(span) });
    this.#mark = new MarkWriter(disk, folder, recovered.markCount);
    this.#files = new SegmentFiles(
      {
        disk,
        clock,
        folder,
        segmentSizeBytes: config.segmentSizeBytes,
        onReady: () => this.#writer.resume(),
        onError: (error) => this.#fail(new JournalFatalError(error.path, error.message, error)),
        onRemoved: (segment) => this.#reader.forget(segment),
      },
      recovered,
    );
    this.#writer = new GroupWriter(
      {
        clock,
        durability: config.durability,
        sync: config.sync,
        files: this.#files,
        mark: this.#mark,
        spans: this.#log.spans,
        onSync: config.onSync,
        onFatal: (error) => this.#fail(error),
        installSnapshot: (snapshot) => this.#install(snapshot),
        onWritten: () => this.#evict(),
      },
      { ...recovered, terms: piece.terms.clone() },
    );
    this.#files.prepareSync();
    if (this.#state === 'open') this.#writer.writeMark(false);
    this.#files.prepare();
  }

  /** Opens or makes the journal of a folder and owns it. Throws JournalOpenError. */
  static async open(options: JournalOptions): Promise<Journal> {
    return Journal.openSync(options);
  }

  /** As `open`, without a promise (simulation). */
  static openSync(options: JournalOptions): Journal {
    const config = resolveJournalOptions(options);
    const opened = openFolder(config);
    try {
      return guarded(config.folder, () => new Journal(config, opened));
    } catch (error) {
      opened.lock.release();
      throw error;
    }
  }

  /**
   * Accepts a unit of work. When it returns ok, entries and hard state are visible to the reads at once; `onDurable` is
   * called later (never inside this call), in the order of the appends, once everything up to and including this one is
   * durable in the sense of `durability`. A refusal changes nothing and never calls `onDurable`. `isFlushed`: the caller
   * calls `flush` before the turn ends, so that no other turn is needed for the write.
   */
  append(append: JournalAppend, onDurable: () => void, isFlushed = false): AppendOutcome {
    const { hardState, entries, snapshot } = append;
    const sizeBytes = payloadSizeBytes(entries);
    const isVote = hardState !== null && this.#isVote(hardState);
    const refusal = this.#refusalOf(append, sizeBytes);
    if (refusal !== null) return { ok: false, reason: refusal };
    if (snapshot !== null) this.#startAfter(snapshot);
    this.#log.append(entries);
    if (hardState !== null) this.#hardState = hardState;
    const acceptedUs = this.#config.clock.monotonicUs();
    const item = { hardState, entries, snapshot, isVote, onDurable, sizeBytes, acceptedUs, isAcknowledged: false };
    this.#writer.push(item, isFlushed);
    return { ok: true };
  }

  /**
   * Writes what was accepted in this turn now instead of at its end: the caller has nothing more to add. With a sync in
   * line `onDurable` is called inside this call.
   */
  flush(): void {
    this.#writer.flush();
  }

  initialState(): { readonly hardState: HardState; readonly confState: ConfState } {
    return { hardState: this.#hardState, confState: this.#confState };
  }

  entries(lo: number, hi: number, maxBytes: number): readonly Entry[] | StorageRefusal {
    return this.#log.entries(lo, hi, maxBytes);
  }

  term(index: number): number | StorageRefusal {
    return this.#log.term(index);
  }

  firstIndex(): number {
    return this.#log.firstIndex;
  }

  lastIndex(): number {
    return this.#log.lastIndex;
  }

  /** The newest intact checkpoint with its bytes, read from disk. */
  snapshot(): Snapshot | StorageRefusal {
    const checkpoint = this.#opened.checkpoints.load();
    if (checkpoint === null) return StorageRefusal.SnapshotTemporarilyUnavailable;
    const { index, term, confState, bytes } = checkpoint;
    return { index, term, confState, data: bytes };
  }

  /**
   * Saves a checkpoint (temporary file, sync, check, rename, folder sync) and removes the eleventh oldest. Its index
   * must be durable in the log (`status().durableIndex`), or a crash would leave a gap behind it. The bytes must not change until the promise is settled; it rejects with a DiskError when the disk refuses.
   */
  saveCheckpoint(checkpoint: Checkpoint): Promise<CheckpointInfo> {
    return this.#opened.checkpoints.save(checkpoint);
  }

  /** As `saveCheckpoint`, for bytes that come in pieces; to be finished or given up before the journal closes. */
  beginCheckpoint(place: CheckpointPlace): CheckpointSaving {
    return this.#opened.checkpoints.begin(place);
  }

  /** The newest intact checkpoint, of `atMost` or before; null when there is none but the empty beginning. */
  loadCheckpoint(atMost = Number.MAX_SAFE_INTEGER): Checkpoint | null {
    const checkpoint = this.#opened.checkpoints.load(atMost);
    return checkpoint === null || checkpoint.index === 0 ? null : checkpoint;
  }

  /** Newest first, the empty beginning (index 0) included. */
  checkpoints(): readonly CheckpointInfo[] {
    return this.#opened.checkpoints.infos;
  }

  /** A checkpoint that another process put into the folder, whole and verified, counts from now on; false if it does not. */
  adoptCheckpoint(index: number): boolean {
    return this.#opened.checkpoints.adopt(index);
  }

  /** Another process writes much to this disk, or no longer does: until then no sync waits for the disk on the event loop. */
  shareDisk(isShared: boolean): void {
    this.#writer.isDiskShared = isShared;
  }

  /** A checkpoint to be sent in pieces; null when it is not there or does not check. Close it when done. */
  readCheckpoint(index: number): CheckpointReader | null {
    return this.#opened.checkpoints.read(index);
  }

  /** The checkpoint that was being received when an earlier process ended; null for none. */
  unfinishedCheckpoint(): CheckpointOffer | null {
    return this.#opened.checkpoints.unfinished();
  }

  /**
   * Receives a checkpoint in pieces, from where an earlier process stopped if it is the same one. Once finished it is installed by an `append` with a snapshot of the same index and
   * term and no data: the log then begins after it.
   */
  receiveCheckpoint(offer: CheckpointOffer): CheckpointReceiver {
    return this.#opened.checkpoints.receive(offer);
  }

  /**
   * Entries up to `index` are no longer needed: whole segments of them are removed in the background. Never beyond the
   * newest checkpoint, nor beyond what is written. Reads below answer `compacted`; the term of `index` stays known.
   */
  compact(index: number): void {
    const newest = this.#opened.checkpoints.infos[0]?.index ?? 0;
    const upTo = Math.min(index, newest, this.#writer.firstUnwrittenIndex() - 1, this.#log.lastIndex);
    if (this.#state !== 'open' || upTo < this.#log.firstIndex) return;
    this.#log.terms.compactTo(upTo);
    this.#log.spans.compactTo(upTo);
    this.#log.cache.evict(upTo + 1, upTo);
    this.#files.removeBelow(this.#log.spans.lowestSegment(this.#files.lastUsed()));
  }

  /** Acknowledged entries are damaged: this node must not lead, grant votes or count in quorums until repaired. */
  isDamaged(): boolean {
    return this.#state === 'damaged';
  }

  /** The first damaged range, and the term of its last entry (-2 when every trace of it is lost); null when none. */
  hole(): LogHole | null {
    return this.#behind[0]?.hole ?? null;
  }

  /**
   * Takes entries of the leader's log for the first damaged range (`hole`). They begin at its start, or before; they
   * reach its end, or `isComplete` says that the leader's log ends with them. What lies behind the hole is kept when
   * the entry at the hole's end has the term that it had (Log Matching), else it was never committed and gives way.
   * Throws RangeError when the entries do not fit.
   */
  repair(entries: readonly Entry[], isComplete: boolean, onDurable: () => void): AppendOutcome {
    if (this.#state !== 'damaged') return { ok: false, reason: this.#closedReason() };
    const plan = planRepair({ log: this.#log, behind: this.#behind, reader: this.#reader, entries, isComplete });
    this.#behind = plan.behind;
    if (this.#behind.length === 0) this.#state = 'open';
    this.#log.append(plan.entries);
    const sizeBytes = payloadSizeBytes(plan.entries);
    const acceptedUs = this.#config.clock.monotonicUs();
    // As a vote: never acknowledged early, whatever the durability.
    const item = {
      hardState: null,
      entries: plan.entries,
      snapshot: null,
      isVote: true,
      onDurable,
      sizeBytes,
      acceptedUs,
    };
    this.#writer.push({ ...item, isAcknowledged: false });
    return { ok: true };
  }

  status(): JournalStatus {
    const pendingUs = this.#writer.oldestPendingUs();
    const isFull = this.#state === 'open' && (this.#writer.isFull || this.#files.isFull);
    return {
      state: isFull ? 'disk-full' : this.#state,
      firstIndex: this.firstIndex(),
      appendedIndex: this.lastIndex(),
      durableIndex: this.#writer.durableIndex,
      checkpointIndex: this.#opened.checkpoints.infos[0]?.index ?? 0,
      queuedSizeBytes: this.#writer.queuedBytes,
      oldestPendingUs: pendingUs === null ? 0 : this.#config.clock.monotonicUs() - pendingUs,
      roomSizeBytes: this.#files.roomBytes(),
      syncs: this.#writer.syncs,
      writtenSizeBytes: this.#writer.writtenBytes,
      segments: this.#files.count,
      cachedEntries: this.#log.cache.count,
      cachedSizeBytes: this.#log.cache.sizeBytes,
    };
  }

  /**
   * Writes and syncs what was accepted, marks the journal as closed in order and gives the folder back. On a full disk
   * what could not be written is given up: it was never acknowledged.
   */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    const wasFailed = this.#state === 'failed';
    const canMark = this.#state === 'open';
    this.#state = 'closed';
    if (!wasFailed && !this.#writer.isFull) await new Promise<void>((resolve) => this.#writer.whenIdle(resolve));
    await this.#opened.checkpoints.idle();
    this.#writer.stop();
    await new Promise<void>((resolve) => this.#writer.whenQuiet(resolve));
    await new Promise<void>((resolve) => this.#files.whenNoneIsRemoved(resolve));
    if (canMark && !wasFailed) {
      this.#writer.writeMark(true);
      this.#mark.sync();
    }
    this.#release();
  }

  #release(): void {
    this.#files.close();
    this.#mark.close();
    this.#reader.close();
    this.#opened.lock.release();
  }

  #isVote({ term, vote }: HardState): boolean {
    const before = this.#hardState;
    if (term < before.term) throw new Error(`term went back from ${before.term} to ${term}`);
    if (term === before.term && before.vote !== 0 && vote !== before.vote) {
      throw new Error(`the vote of term ${term} changed from ${before.vote} to ${vote}`);
    }
    return term !== before.term || vote !== before.vote;
  }

  #refusalOf(append: JournalAppend, sizeBytes: number): AppendRefusal | null {
    const covers = append.snapshot !== null && append.snapshot.index >= (this.#behind.at(-1)?.hole?.toIndex ?? 0);
    if (this.#state !== 'open' && !(this.#state === 'damaged' && covers)) return this.#closedReason();
    if (!this.#files.isFull && !this.#writer.isFull) return null;
    const isSmall = append.entries.length === 0 && append.snapshot === null;
    const neededBytes = this.#writer.queuedBytes + groupSizeBytes(sizeBytes) + (isSmall ? 0 : VOTE_RESERVE_BYTES);
    return neededBytes > this.#files.roomBytes() ? AppendRefusal.DiskFull : null;
  }

  #closedReason(): AppendRefusal {
    if (this.#state === 'damaged') return AppendRefusal.Damaged;
    return this.#state === 'failed' ? AppendRefusal.Failed : AppendRefusal.Closed;
  }

  #startAfter(snapshot: Snapshot): void {
    this.#log.reset(snapshot.index, snapshot.term);
    this.#confState = snapshot.confState;
    this.#behind = [];
    this.#state = 'open';
  }

  #install({ index, term, confState, data }: Snapshot): void {
    // Received in pieces before: it is there.
    if (data.length === 0 && this.#opened.checkpoints.has(index, term)) return;
    this.#opened.checkpoints.saveSync({ index, term, confState, bytes: data });
  }

  #evict(): void {
    this.#log.cache.evict(this.#writer.firstUnwrittenIndex(), -1);
  }

  #foundDamage(span: Span): void {
    const file = segmentPath(this.#config.folder, span.segment);
    const reason = 'a group that was intact does not match its CRC-32 any more; restart this node to repair it';
    const damage: Damage = { file, offset: span.offset, fromIndex: span.firstIndex, toIndex: span.lastIndex, reason };
    this.#config.onDamage?.(damage);
    if (this.#state === 'open') this.#state = 'damaged';
  }

  #fail(error: JournalFatalError): void {
    if (this.#state === 'failed') return;
    this.#state = 'failed';
    this.#writer.stop();
    this.#config.onFatal(error);
  }
}
