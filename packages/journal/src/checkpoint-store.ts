// The checkpoints of a journal: written whole or not at all, checked after writing, the last ten kept.
//
// Rules decided here: temporary file, sync, rename, folder sync; a checkpoint counts only once it was read back and its
// CRC checked; the newest that was verified is never removed; a damaged one is passed over for the next older, kept
// for inspection, and reported.

import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Clock, Disk, DiskFile } from '@baton/host';
import type { Checkpoint, CheckpointInfo } from './checkpoint.ts';
import {
  CHECKPOINT_PIECE_BYTES,
  type CheckpointFault,
  checkpointIndex,
  checkpointPartIndex,
  checkpointPartPath,
  checkpointPath,
  encodeCheckpointHead,
  readCheckpoint,
  readCheckpointHead,
} from './checkpoint-file.ts';
import { CheckpointSaving } from './checkpoint-saving.ts';
import { type CheckpointOffer, CheckpointReader, CheckpointReceiver, settled } from './checkpoint-transfer.ts';
import { type CheckpointPlace, CheckpointWriter } from './checkpoint-writer.ts';
import { RegionSums } from './region-sums.ts';

/** Checkpoints kept, the newest included. */
export const KEPT_CHECKPOINTS = 10;

/** Restores what was written from the file, and rejects when it is not what it should be. */
export type VerifyCheckpoint = (path: string) => Promise<void>;

/** A checkpoint file that does not check. */
export interface DamagedCheckpoint {
  readonly index: number;
  readonly file: string;
  readonly fault: string;
  /** `version`: another build's, and perhaps intact. */
  readonly kind: CheckpointFault['kind'];
}

/** The checkpoints in a journal's folder. */
export class CheckpointStore {
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #folder: string;
  /** Newest first; those found damaged are not here. */
  #infos: CheckpointInfo[] = [];
  readonly #damaged: DamagedCheckpoint[] = [];
  #saving: Promise<unknown> = Promise.resolve();

  constructor(disk: Disk, clock: Clock, folder: string) {
    this.#disk = disk;
    this.#clock = clock;
    this.#folder = folder;
  }

  get infos(): readonly CheckpointInfo[] {
    return this.#infos;
  }

  get damaged(): readonly DamagedCheckpoint[] {
    return this.#damaged;
  }

  /** Removes unfinished files, finds what is there, and verifies from the newest down to the first intact one. */
  open(): Checkpoint | null {
    for (const name of this.#disk.list(this.#folder)) {
      const isUnfinished = /^checkpoint-.*\.tmp$/.test(name) && checkpointPartIndex(name) === null;
      if (isUnfinished) this.#disk.unlink(join(this.#folder, name));
    }
    const newest = this.find();
    const parts = this.#parts();
    for (const index of parts) if (index !== parts[0] || index <= (newest?.index ?? 0)) this.#dropPart(index);
    return newest;
  }

  /** The checkpoint that was being received when an earlier process ended; null for none. */
  unfinished(): CheckpointOffer | null {
    const [index] = this.#parts();
    if (index === undefined) return null;
    const file = this.#disk.open(checkpointPartPath(this.#folder, index), 'read');
    try {
      const head = readCheckpointHead(file, true);
      if ('fault' in head || head.index !== index) return null;
      const { term, confState, bytesSize, bytesCrc } = head;
      return { index, term, confState, sizeBytes: bytesSize, crc: bytesCrc };
    } finally {
      file.close();
    }
  }

  /** Indexes of parts of checkpoints, descending. */
  #parts(): number[] {
    const names = this.#disk.list(this.#folder).map(checkpointPartIndex);
    return names.filter((index) => index !== null).sort((a, b) => b - a);
  }

  #dropPart(index: number): void {
    this.#disk.unlink(checkpointPartPath(this.#folder, index));
  }

  /** As `open`, and changes nothing. */
  find(): Checkpoint | null {
    this.look();
    return this.load();
  }

  /** As `find`, by their heads alone. */
  look(): void {
    this.#damaged.length = 0;
    const names = this.#disk.list(this.#folder);
    const indexes = names
      .map(checkpointIndex)
      .filter((index) => index !== null)
      .sort((a, b) => b - a);
    this.#infos = indexes.flatMap((index) => this.#infoOf(index));
  }

  /** The newest intact checkpoint with its bytes, of `atMost` or before; damaged ones are passed over and remembered. */
  load(atMost = Number.MAX_SAFE_INTEGER): Checkpoint | null {
    for (const info of [...this.#infos]) {
      if (info.index > atMost) continue;
      const read = readCheckpoint(this.#disk, info.file);
      if ('checkpoint' in read) return read.checkpoint;
      this.#setAside(info.index, info.file, read);
    }
    return null;
  }

  /** Saves in the background, one at a time. The bytes must not change until then. */
  save(checkpoint: Checkpoint): Promise<CheckpointInfo> {
    const saved = this.#saving.then(() => this.#save(checkpoint));
    this.#saving = saved.catch(() => {});
    return saved;
  }

  /** Resolves when no save is under way, and nothing is being removed. */
  async idle(): Promise<void> {
    for (let waited: unknown = null; waited !== this.#saving; ) {
      waited = this.#saving;
      await waited;
    }
  }

  /** Saves before it returns. */
  saveSync(checkpoint: Checkpoint): CheckpointInfo {
    const path = checkpointPath(this.#folder, checkpoint.index);
    const temporary = `${path}.now.tmp`;
    if (this.#disk.exists(temporary)) this.#disk.unlink(temporary);
    const file = this.#disk.open(temporary, 'create');
    try {
      const { bytes } = checkpoint;
      const regions = new RegionSums();
      regions.add(bytes);
      const table = regions.table();
      const sums = { bytesSize: bytes.length, bytesCrc: crc32(bytes), regionsCrc: crc32(table), isVerified: false };
      const head = encodeCheckpointHead(checkpoint, sums);
      file.write(head, 0);
      if (bytes.length > 0) file.write(bytes, head.length);
      if (table.length > 0) file.write(table, head.length + bytes.length);
      file.datasync();
    } finally {
      file.close();
    }
    this.#disk.rename(temporary, path);
    this.#disk.syncFolder(this.#folder);
    const read = readCheckpoint(this.#disk, path);
    if ('fault' in read) throw new Error(`checkpoint ${path} was written and does not check: ${read.fault}`);
    return this.#keep(checkpoint, path, checkpoint.bytes.length, false);
  }

  /** A checkpoint whose bytes come in pieces. */
  begin(place: CheckpointPlace, ending = '.pieces.tmp', verify?: VerifyCheckpoint): CheckpointSaving {
    const saving = this.#begin(place, `${checkpointPath(this.#folder, place.index)}${ending}`, verify);
    this.#saving = Promise.all([this.#saving, saving.ended]);
    return saving;
  }

  #begin(place: CheckpointPlace, temporary: string, verify?: VerifyCheckpoint): CheckpointSaving {
    if (this.#disk.exists(temporary)) this.#disk.unlink(temporary);
    const writer = new CheckpointWriter(this.#disk, temporary, place);
    const path = checkpointPath(this.#folder, place.index);
    return new CheckpointSaving(writer, async () => {
      await this.#verify(temporary);
      if (verify !== undefined) {
        await verify(temporary);
        await this.#markVerified(temporary);
      }
      this.#disk.rename(temporary, path);
      await settled((done) => this.#disk.syncFolderAsync(this.#folder, done));
      return this.#keep(place, path, writer.sizeBytes, verify !== undefined);
    });
  }

  async #save(checkpoint: Checkpoint): Promise<CheckpointInfo> {
    const { bytes } = checkpoint;
    const saving = this.#begin(checkpoint, `${checkpointPath(this.#folder, checkpoint.index)}.tmp`);
    for (let offset = 0; offset < bytes.length; offset += CHECKPOINT_PIECE_BYTES) {
      saving.add(bytes.subarray(offset, offset + CHECKPOINT_PIECE_BYTES));
      await saving.drained();
    }
    return await saving.finish();
  }

  async #markVerified(path: string): Promise<void> {
    const file = this.#disk.open(path, 'write');
    try {
      const head = readCheckpointHead(file);
      if ('fault' in head) throw new Error(`checkpoint ${path} was verified and does not check: ${head.fault}`);
      const bytes = encodeCheckpointHead(head, { ...head, isVerified: true });
      await settled((done) => file.writeAsync(bytes, 0, done));
      await settled((done) => file.datasyncAsync(done));
    } finally {
      file.close();
    }
  }

  async #verify(path: string): Promise<void> {
    const file = this.#disk.open(path, 'read');
    try {
      const head = readCheckpointHead(file);
      const fault =
        'fault' in head
          ? head.fault
          : (await this.#crcInPieces((offset, size) => file.read(head.bytesOffset + offset, size), head.bytesSize)) ===
              head.bytesCrc
            ? null
            : 'the bytes do not match their CRC-32';
      if (fault !== null) throw new Error(`checkpoint ${path} was written and does not check: ${fault}`);
    } finally {
      file.close();
    }
  }

  /** CRC-32 piece by piece, a turn of the event loop each. */
  async #crcInPieces(
    pieceAt: (offset: number, sizeBytes: number) => Uint8Array,
    sizeBytes: number,
    regions?: RegionSums,
  ): Promise<number> {
    let crc = 0;
    for (let offset = 0; offset < sizeBytes; offset += CHECKPOINT_PIECE_BYTES) {
      const piece = pieceAt(offset, Math.min(CHECKPOINT_PIECE_BYTES, sizeBytes - offset));
      crc = crc32(piece, crc);
      regions?.add(piece);
      await new Promise<void>((resolve) => this.#clock.defer(resolve));
    }
    return crc;
  }

  /** A checkpoint to be sent in pieces; null when it is not there or does not check. */
  read(index: number): CheckpointReader | null {
    const info = this.#infos.find((each) => each.index === index);
    return info === undefined ? null : CheckpointReader.open(this.#disk, info.file);
  }

  /** A checkpoint that comes in pieces; goes on where an earlier process stopped. Parts of others are given up. */
  receive(offer: CheckpointOffer): CheckpointReceiver {
    for (const index of this.#parts()) if (index !== offer.index) this.#dropPart(index);
    const parts = {
      disk: this.#disk,
      folder: this.#folder,
      keep: (received: CheckpointOffer, path: string) => this.#keep(received, path, received.sizeBytes, false),
      readCrc: (file: DiskFile, start: number, sizeBytes: number, regions: RegionSums) =>
        this.#crcInPieces((offset, size) => file.read(start + offset, size), sizeBytes, regions),
    };
    return new CheckpointReceiver(parts, offer);
  }

  /** Takes note of one that another process put here, and of those that it removed; false when its head does not check. */
  adopt(index: number): boolean {
    const here = this.#infos.filter((info) => info.index !== index && this.#disk.exists(info.file));
    const found = this.#disk.exists(checkpointPath(this.#folder, index)) ? this.#infoOf(index) : [];
    this.#infos = [...found, ...here].sort((a, b) => b.index - a.index);
    return found.length > 0;
  }

  /** Whether this very checkpoint is stored. */
  has(index: number, term: number): boolean {
    return this.#infos.some((info) => info.index === index && info.term === term);
  }

  #keep(
    { index, term, stateHash = '' }: Pick<Checkpoint, 'index' | 'term' | 'stateHash'>,
    file: string,
    sizeBytes: number,
    isVerified: boolean,
  ): CheckpointInfo {
    const info = { index, term, file, sizeBytes, stateHash, isVerified };
    this.#infos = [info, ...this.#infos.filter((other) => other.index !== index)].sort((a, b) => b.index - a.index);
    for (const old of this.surplus()) {
      this.#infos = this.#infos.filter((other) => other !== old);
      // In the background: giving hundreds of MB back takes the disk milliseconds. Another process may have removed it
      // already; what cannot be removed costs room only, and is found again at the next start.
      const removed = new Promise<void>((resolve) => this.#disk.unlinkAsync(old.file, () => resolve()));
      this.#saving = Promise.all([this.#saving, removed]);
    }
    return info;
  }

  /** Those that need not be kept: all but the newest ten, and never the newest verified one. */
  surplus(): CheckpointInfo[] {
    const verified = this.#infos.find(({ isVerified }) => isVerified);
    return this.#infos.slice(KEPT_CHECKPOINTS).filter((info) => info !== verified);
  }

  #infoOf(index: number): CheckpointInfo[] {
    const path = checkpointPath(this.#folder, index);
    const file = this.#disk.open(path, 'read');
    try {
      const head = readCheckpointHead(file);
      if (!('fault' in head) && head.index === index) {
        const { term, bytesSize: sizeBytes, stateHash, isVerified } = head;
        return [{ index, term, file: path, sizeBytes, stateHash, isVerified }];
      }
      const found: CheckpointFault =
        'fault' in head ? head : { fault: `it holds index ${head.index}`, kind: 'damaged' };
      this.#damaged.push({ index, file: path, ...found });
      return [];
    } finally {
      file.close();
    }
  }

  #setAside(index: number, file: string, { fault, kind }: CheckpointFault): void {
    this.#damaged.push({ index, file, fault, kind });
    this.#infos = this.#infos.filter((info) => info.index !== index);
  }
}
