// A checkpoint on its way to a follower, piece by piece: read at one end, received at the other.
//
// Rules decided here: neither end holds more than a piece in memory; pieces arrive in order, and a transfer that was
// interrupted goes on where it stopped, by the end of the receiving process too: what it had written is kept; the whole is checked by its CRC-32 before it counts as a checkpoint. Pacing and
// repetition belong to whoever sends.

import { crc32 } from 'node:zlib';
import type { Disk, DiskFile } from '@baton/host';
import type { ConfState } from '@baton/raft';
import type { CheckpointInfo } from './checkpoint.ts';
import {
  type CheckpointFault,
  type CheckpointHead,
  checkpointPartPath,
  checkpointPath,
  encodeCheckpointHead,
  readCheckpointHead,
} from './checkpoint-file.ts';
import { damagedRegions, type RegionPlaces, RegionSums } from './region-sums.ts';

/**
 * Writes that were on their way when a process was killed may be missing before others that are there: so much before the
 * end of what is found is fetched again. More than any receiver keeps on its way (checkpoint-pull.ts of replica: 512 KiB).
 */
const UNSURE_BYTES = 1024 * 1024;

/** What the receiver has to know before the first piece. */
export interface CheckpointOffer {
  readonly index: number;
  readonly term: number;
  readonly confState: ConfState;
  /** Size of the state machine's bytes, and their CRC-32. */
  readonly sizeBytes: number;
  readonly crc: number;
}

/** Reads a checkpoint in pieces. Close it when done. */
export class CheckpointReader {
  readonly offer: CheckpointOffer;
  /** What the head says of the state, and whether it was verified when it was written. */
  readonly stateHash: string;
  readonly isVerified: boolean;
  readonly #places: RegionPlaces;
  readonly #file: DiskFile;
  readonly #start: number;

  /** Null when the file's head does not check. */
  static open(disk: Disk, path: string): CheckpointReader | null {
    const opened = CheckpointReader.tryOpen(disk, path);
    return opened instanceof CheckpointReader ? opened : null;
  }

  /** As `open`, with what is wrong with the head. Throws DiskError when there is no such file. */
  static tryOpen(disk: Disk, path: string): CheckpointReader | CheckpointFault {
    const file = disk.open(path, 'read');
    const head = readCheckpointHead(file);
    if (!('fault' in head)) return new CheckpointReader(file, head);
    file.close();
    return head;
  }

  private constructor(file: DiskFile, head: CheckpointHead) {
    const { index, term, confState, bytesSize, bytesCrc, bytesOffset, stateHash, isVerified } = head;
    this.#file = file;
    this.offer = { index, term, confState, sizeBytes: bytesSize, crc: bytesCrc };
    this.stateHash = stateHash;
    this.isVerified = isVerified;
    this.#places = head;
    this.#start = bytesOffset;
  }

  /** In words, which bytes of the file do not match their checksums; '' when that cannot be told. Reads all of it. */
  damagedRegions(): string {
    return damagedRegions(this.#file, this.#places);
  }

  /** Up to `lengthBytes` of the state from `offset`. */
  read(offset: number, lengthBytes: number): Uint8Array {
    return this.#file.read(this.#start + offset, Math.min(lengthBytes, this.offer.sizeBytes - offset));
  }

  close(): void {
    this.#file.close();
  }
}

/** Makes a received checkpoint count. */
type KeepCheckpoint = (offer: CheckpointOffer, path: string) => CheckpointInfo;

/** CRC-32 of a file's bytes from `start`, read without stalling the event loop. */
type ReadCrc = (file: DiskFile, start: number, sizeBytes: number, regions: RegionSums) => Promise<number>;

export interface ReceiverParts {
  readonly disk: Disk;
  readonly folder: string;
  readonly keep: KeepCheckpoint;
  readonly readCrc: ReadCrc;
}

/** Receives a checkpoint in pieces. */
export class CheckpointReceiver {
  readonly offer: CheckpointOffer;
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: DiskFile;
  readonly #start: number;
  readonly #keep: KeepCheckpoint;
  readonly #readCrc: ReadCrc;
  /** Begun by a process before this one. */
  readonly #isResumed: boolean;
  #received = 0;
  #written = 0;
  #crc = 0;
  #regions = new RegionSums();
  #isOver = false;

  constructor({ disk, folder, keep, readCrc }: ReceiverParts, offer: CheckpointOffer) {
    this.#disk = disk;
    this.#folder = folder;
    this.offer = offer;
    this.#keep = keep;
    this.#readCrc = readCrc;
    this.#path = checkpointPath(folder, offer.index);
    this.#temporary = checkpointPartPath(folder, offer.index);
    const head = headOf(offer, 0);
    this.#start = head.length;
    const begun = reopen(disk, this.#temporary, head);
    this.#isResumed = begun !== null;
    this.#file = begun ?? disk.open(this.#temporary, 'create');
    if (begun === null) this.#file.write(head, 0);
    const foundBytes = this.#file.sizeBytes() - head.length;
    if (begun !== null && foundBytes > 0)
      this.#received = Math.min(offer.sizeBytes, Math.max(0, foundBytes - UNSURE_BYTES));
    this.#written = this.#received;
  }

  /** Bytes received so far: where the next piece begins, after an interruption too. */
  get receivedBytes(): number {
    return this.#received;
  }

  /**
   * Takes the piece that begins at `offset`; `done` once it is written (not yet durable). False, and nothing happens,
   * when it is not the next piece or reaches beyond the end.
   */
  write(offset: number, piece: Uint8Array, done: (error: Error | null) => void): boolean {
    if (this.#isOver || offset !== this.#received || offset + piece.length > this.offer.sizeBytes) return false;
    this.#received += piece.length;
    this.#crc = crc32(piece, this.#crc);
    this.#regions.add(piece);
    this.#file.writeAsync(piece, this.#start + offset, (error) => {
      if (error === null) this.#written += piece.length;
      done(error);
    });
    return true;
  }

  /**
   * All pieces are written: checks, syncs and names the checkpoint. Rejects when bytes are missing or the CRC differs
   * (the transfer has to begin again), or with a DiskError.
   */
  async finish(): Promise<CheckpointInfo> {
    const { sizeBytes, crc, index } = this.offer;
    const isWhole = this.#written === sizeBytes;
    // What an earlier process wrote may have been lost in part with the machine.
    if (isWhole && this.#isResumed) {
      this.#regions = new RegionSums();
      this.#crc = await this.#readCrc(this.#file, this.#start, sizeBytes, this.#regions);
    }
    if (!isWhole || this.#crc !== crc) {
      this.abort();
      const found =
        this.#written === sizeBytes ? 'another CRC-32 than was offered' : `${this.#written} of ${sizeBytes} bytes`;
      throw new Error(`receiving checkpoint ${index} failed: ${found}; ask for it again`);
    }
    this.#isOver = true;
    const table = this.#regions.table();
    if (table.length > 0) await settled((done) => this.#file.writeAsync(table, this.#start + sizeBytes, done));
    await settled((done) => this.#file.writeAsync(headOf(this.offer, crc32(table)), 0, done));
    await settled((done) => this.#file.datasyncAsync(done));
    this.#file.close();
    this.#disk.rename(this.#temporary, this.#path);
    await settled((done) => this.#disk.syncFolderAsync(this.#folder, done));
    return this.#keep(this.offer, this.#path);
  }

  /** Ends it for now: a later receiver of the same offer goes on where this one stopped. */
  suspend(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#file.close();
  }

  /** Gives the transfer up and removes what was received. */
  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#file.close();
    this.#disk.unlink(this.#temporary);
  }
}

/** `regionsCrc`: 0 until all of it was received. */
function headOf(offer: CheckpointOffer, regionsCrc: number): Buffer {
  const sums = { bytesSize: offer.sizeBytes, bytesCrc: offer.crc, regionsCrc, isVerified: false };
  return encodeCheckpointHead(offer, sums);
}

/** The file of a transfer that was begun for the very same offer; null, and nothing is left of it, otherwise. */
function reopen(disk: Disk, path: string, head: Uint8Array): DiskFile | null {
  if (!disk.exists(path)) return null;
  const file = disk.open(path, 'write');
  const isSame = Buffer.from(head).equals(file.read(0, head.length)) && !('fault' in readCheckpointHead(file, true));
  if (isSame) return file;
  file.close();
  disk.unlink(path);
  return null;
}

/** A callback of the disk as a promise. */
export function settled(start: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => start((error) => (error === null ? resolve() : reject(error))));
}
