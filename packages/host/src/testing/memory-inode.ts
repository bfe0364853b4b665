// The bytes of one file in memory: as the process sees them, as they would be found after a power loss, and the
// writes in between.
//
// Model: a write changes the seen bytes at once and is remembered, cut into sectors. A data sync makes everything up to
// it durable. A power loss keeps any subset of the remembered sectors: order between sectors is not kept, except that
// two writes of one sector keep theirs; a sector itself is old or new, never mixed, or, when asked for, garbage.

import type { SeededRandom } from './seeded-random.ts';

/** What a power loss does to writes that were not synced. */
export interface PowerLoss {
  readonly random: SeededRandom;
  /** Size of what is written at once: 512 or 4096. */
  readonly sectorSizeBytes: number;
  /** Probability that a sector's pending writes reach the disk (all up to some point); 0 loses all. */
  readonly keep: number;
  /** Probability that a sector that was being written is garbage afterwards; 0 for powersafe overwrite. */
  readonly garbage: number;
}

interface PendingWrite {
  readonly order: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

const EMPTY = new Uint8Array(0);

/** Grows an array to hold `sizeBytes`, in steps, keeping its content. */
function grown(bytes: Uint8Array, sizeBytes: number): Uint8Array {
  if (bytes.length >= sizeBytes) return bytes;
  const larger = new Uint8Array(Math.max(sizeBytes, bytes.length * 2));
  larger.set(bytes);
  return larger;
}

/** One file's content. */
export class MemoryInode {
  sizeBytes = 0;
  #seen: Uint8Array = EMPTY;
  #durable: Uint8Array = EMPTY;
  #durableSizeBytes = 0;
  #pending: PendingWrite[] = [];
  #order = 0;

  /** A file as it is after a restart: all of it durable. */
  static from(bytes: Uint8Array): MemoryInode {
    const inode = new MemoryInode();
    inode.sizeBytes = bytes.length;
    inode.#seen = new Uint8Array(bytes);
    inode.#durable = new Uint8Array(bytes);
    inode.#durableSizeBytes = bytes.length;
    return inode;
  }

  read(offset: number, lengthBytes: number): Uint8Array {
    return this.#seen.slice(offset, Math.min(offset + lengthBytes, this.sizeBytes));
  }

  write(bytes: Uint8Array, offset: number): void {
    const end = offset + bytes.length;
    this.#seen = grown(this.#seen, end);
    this.#seen.set(bytes, offset);
    this.sizeBytes = Math.max(this.sizeBytes, end);
    this.#order += 1;
    this.#pending.push({ order: this.#order, offset, bytes: new Uint8Array(bytes) });
  }

  /** Cuts or extends with zeros. Durable at once: who truncates must not rely on the old tail, and nobody does. */
  truncate(sizeBytes: number): void {
    this.#seen = grown(this.#seen, sizeBytes);
    if (sizeBytes < this.sizeBytes) this.#seen.fill(0, sizeBytes, this.sizeBytes);
    this.sizeBytes = sizeBytes;
    this.sync(this.mark());
    this.#durableSizeBytes = sizeBytes;
    this.#durable = this.#seen.slice(0, sizeBytes);
  }

  /** A point in the order of writes, for `sync`. */
  mark(): number {
    return this.#order;
  }

  /** Writes up to the point are durable. */
  sync(mark: number): void {
    for (const write of this.#pending) {
      if (write.order <= mark) this.#applyDurable(write.offset, write.bytes);
    }
    this.#pending = this.#pending.filter((write) => write.order > mark);
  }

  /** The bytes that the process saw: what a killed process leaves in the page cache. */
  seenBytes(): Uint8Array {
    return this.#seen.slice(0, this.sizeBytes);
  }

  /** The bytes found after a power loss. */
  bytesAfter(loss: PowerLoss): Uint8Array {
    const { random, sectorSizeBytes } = loss;
    const sectors = new Map<number, PendingWrite[]>();
    for (const write of this.#pending) {
      const last = Math.floor((write.offset + write.bytes.length - 1) / sectorSizeBytes);
      for (let sector = Math.floor(write.offset / sectorSizeBytes); sector <= last; sector += 1) {
        const start = Math.max(write.offset, sector * sectorSizeBytes);
        const end = Math.min(write.offset + write.bytes.length, (sector + 1) * sectorSizeBytes);
        const piece = {
          order: write.order,
          offset: start,
          bytes: write.bytes.subarray(start - write.offset, end - write.offset),
        };
        const pieces = sectors.get(sector);
        if (pieces === undefined) sectors.set(sector, [piece]);
        else pieces.push(piece);
      }
    }
    const survivor = new MemoryInode();
    survivor.#durable = this.#durable.slice(0, this.#durableSizeBytes);
    survivor.#durableSizeBytes = this.#durableSizeBytes;
    for (const [sector, pieces] of sectors) {
      if (random.chance(loss.garbage)) {
        const start = sector * sectorSizeBytes;
        const size = Math.min(sectorSizeBytes, Math.max(this.sizeBytes - start, 0));
        survivor.#applyDurable(
          start,
          Uint8Array.from({ length: size }, () => random.below(256)),
        );
      } else if (random.chance(loss.keep)) {
        const kept = 1 + random.below(pieces.length);
        for (const piece of pieces.slice(0, kept)) survivor.#applyDurable(piece.offset, piece.bytes);
      }
    }
    return survivor.#durable.slice(0, survivor.#durableSizeBytes);
  }

  #applyDurable(offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length;
    this.#durable = grown(this.#durable, end);
    this.#durable.set(bytes, offset);
    this.#durableSizeBytes = Math.max(this.#durableSizeBytes, end);
  }
}
