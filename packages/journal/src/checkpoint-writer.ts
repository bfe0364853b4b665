// A checkpoint on its way into a file while its bytes are still being made.
//
// Model: pieces are taken in order, gathered in one buffer and written on the thread pool, one write at a time; size and
// CRC-32 are known at the end, so the head is written last. Whoever makes the pieces is never kept waiting: what the disk
// has not taken yet is held (`backlogBytes`).
// Rule decided here: the file is closed only when no write to it is under way: its descriptor may be another file's a
// moment later. What was written is synced every MiB: hundreds of MB at once would keep the log's own syncs waiting.

import { crc32 } from 'node:zlib';
import type { Disk, DiskFile } from '@baton/host';
import type { Checkpoint } from './checkpoint.ts';
import { CHECKPOINT_PIECE_BYTES, encodeCheckpointHead, NO_SUMS } from './checkpoint-file.ts';
import { settled } from './checkpoint-transfer.ts';
import { RegionSums } from './region-sums.ts';

/** A few milliseconds of a disk's time: what a sync of the log waits for at most. */
const SYNC_EVERY_BYTES = 1024 * 1024;

/** What a checkpoint is of. */
export type CheckpointPlace = Pick<Checkpoint, 'index' | 'term' | 'confState' | 'stateHash'>;

export class CheckpointWriter {
  readonly #place: CheckpointPlace;
  readonly #file: DiskFile;
  readonly #start: number;
  #waiting: Uint8Array[] = [];
  /** Only one write at a time: its bytes may all use the same memory. */
  readonly #scratch = Buffer.allocUnsafeSlow(CHECKPOINT_PIECE_BYTES);
  #backlogBytes = 0;
  #writtenBytes = 0;
  #unsyncedBytes = 0;
  #sizeBytes = 0;
  readonly #regions = new RegionSums();
  #crc = 0;
  #writing: Promise<void> | null = null;
  #error: Error | null = null;
  #isOver = false;

  /** Makes the file; it must not exist. Throws DiskError. */
  constructor(disk: Disk, path: string, place: CheckpointPlace) {
    this.#place = place;
    this.#file = disk.open(path, 'create');
    this.#start = encodeCheckpointHead(place, NO_SUMS).length;
  }

  /** Bytes taken and not yet written. */
  get backlogBytes(): number {
    return this.#backlogBytes;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Takes the next bytes, which must not change any more. What goes wrong is told by `finish`. */
  add(piece: Uint8Array): void {
    this.#crc = crc32(piece, this.#crc);
    this.#regions.add(piece);
    this.#sizeBytes += piece.length;
    this.#backlogBytes += piece.length;
    this.#waiting.push(piece);
    if (this.#backlogBytes >= CHECKPOINT_PIECE_BYTES) this.#pump();
  }

  /** Resolves when the backlog is written, or cannot be. */
  async drained(): Promise<void> {
    this.#pump();
    while (this.#writing !== null) await this.#writing;
  }

  /** All pieces were given: resolves when the whole file is durable (its name is not); rejects with a DiskError. */
  async finish(): Promise<void> {
    await this.drained();
    try {
      if (this.#error !== null) throw this.#error;
      const table = this.#regions.table();
      const sums = { bytesSize: this.#sizeBytes, bytesCrc: this.#crc, regionsCrc: crc32(table), isVerified: false };
      const head = encodeCheckpointHead(this.#place, sums);
      const end = this.#start + this.#sizeBytes;
      if (table.length > 0) await settled((done) => this.#file.writeAsync(table, end, done));
      await settled((done) => this.#file.writeAsync(head, 0, done));
      await settled((done) => this.#file.datasyncAsync(done));
    } finally {
      this.#close();
    }
  }

  /** Gives it up; resolves when nothing of it is open any more. */
  async abort(): Promise<void> {
    this.#waiting = [];
    while (this.#writing !== null) await this.#writing;
    this.#close();
  }

  #close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#file.close();
  }

  #pump(): void {
    if (this.#writing !== null || this.#error !== null || this.#waiting.length === 0) return;
    const batch = this.#take();
    this.#writing = this.#write(batch).then(
      () => {
        this.#writtenBytes += batch.length;
        this.#wrote(batch.length);
      },
      (error: Error) => {
        this.#error = error;
        this.#waiting = [];
        this.#wrote(batch.length);
      },
    );
  }

  async #write(batch: Uint8Array): Promise<void> {
    await settled((done) => this.#file.writeAsync(batch, this.#start + this.#writtenBytes, done));
    this.#unsyncedBytes += batch.length;
    if (this.#unsyncedBytes < SYNC_EVERY_BYTES) return;
    this.#unsyncedBytes = 0;
    await settled((done) => this.#file.datasyncAsync(done));
  }

  #wrote(sizeBytes: number): void {
    this.#writing = null;
    this.#backlogBytes -= sizeBytes;
    this.#pump();
  }

  #take(): Uint8Array {
    let count = 0;
    let sizeBytes = 0;
    for (const piece of this.#waiting) {
      if (count > 0 && sizeBytes + piece.length > CHECKPOINT_PIECE_BYTES) break;
      sizeBytes += piece.length;
      count += 1;
    }
    const batch = this.#waiting.splice(0, count);
    if (batch.length === 1) return batch[0] as Uint8Array;
    let end = 0;
    for (const piece of batch) {
      this.#scratch.set(piece, end);
      end += piece.length;
    }
    return this.#scratch.subarray(0, end);
  }
}
