// Making the next segment in the background: zeros, piece by piece, each piece synced, with pauses.
//
// Rule decided here: 16 MiB of zeros in one go keep the disk busy for about 20 ms, and every commit of that time waits
// behind them. A piece takes well under a millisecond; the pauses spread the whole over most of a second. When the
// writer has to wait for the segment, the pauses are left out.

import type { Clock, Disk, DiskCallback, DiskError, DiskFile, Timer } from '@baton/host';

const PIECE_BYTES = 256 * 1024;
const PAUSE_MS = 10;
const ZEROS = new Uint8Array(PIECE_BYTES);

/** One file being filled with zeros. */
export class SegmentPreparation {
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #path: string;
  readonly #sizeBytes: number;
  readonly #done: DiskCallback;
  #file: DiskFile | null = null;
  #offset = 0;
  #pause: Timer | null = null;
  #isHurried = false;
  #isOver = false;

  /** `done` once the zeros are durable (the name is not), or with the reason why they are not. */
  constructor(disk: Disk, clock: Clock, path: string, sizeBytes: number, done: DiskCallback) {
    this.#disk = disk;
    this.#clock = clock;
    this.#path = path;
    this.#sizeBytes = sizeBytes;
    this.#done = done;
  }

  start(): void {
    try {
      this.#file = this.#disk.open(this.#path, 'create');
    } catch (error) {
      // Not inside the call of whoever starts it.
      this.#clock.defer(() => this.#finish(error as DiskError));
      return;
    }
    this.#fill();
  }

  /** Somebody waits: no more pauses. */
  hurry(): void {
    this.#isHurried = true;
    if (this.#pause === null) return;
    this.#pause.cancel();
    this.#pause = null;
    this.#fill();
  }

  /** The journal closes: what is there is left unfinished, and replaced at the next start. */
  cancel(): void {
    this.#isOver = true;
    this.#pause?.cancel();
    // A write or sync that is under way holds the file; it is closed when that ends.
    if (this.#pause !== null) this.#file?.close();
  }

  #fill(): void {
    const file = this.#file as DiskFile;
    const piece = ZEROS.subarray(0, Math.min(PIECE_BYTES, this.#sizeBytes - this.#offset));
    file.writeAsync(piece, this.#offset, (writeError) => {
      if (writeError !== null || this.#isOver) return this.#finish(writeError);
      file.datasyncAsync((syncError) => {
        this.#offset += piece.length;
        if (syncError !== null || this.#isOver || this.#offset >= this.#sizeBytes) return this.#finish(syncError);
        if (this.#isHurried) return this.#fill();
        this.#pause = this.#clock.setTimer(PAUSE_MS, () => {
          this.#pause = null;
          this.#fill();
        });
      });
    });
  }

  #finish(error: DiskError | null): void {
    this.#file?.close();
    if (!this.#isOver) this.#done(error);
  }
}
