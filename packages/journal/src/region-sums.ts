// Checksums of a checkpoint's bytes, region by region: they tell where a damaged one is damaged.
//
// Model: regions of 1 MiB, the last one shorter, a CRC-32 each; the table of them stands behind the bytes, its own CRC-32 in
// the head.

import { crc32 } from 'node:zlib';
import type { DiskFile } from '@baton/host';
import { bufferOf } from './number-codec.ts';

export const REGION_BYTES = 1024 * 1024;
const SUM_BYTES = 4;

/** Size of the table for so many bytes. */
export function regionTableBytes(sizeBytes: number): number {
  return Math.ceil(sizeBytes / REGION_BYTES) * SUM_BYTES;
}

/** Sums made while the bytes come. */
export class RegionSums {
  readonly #sums: number[] = [];
  #crc = 0;
  #filled = 0;

  add(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + REGION_BYTES - this.#filled);
      this.#crc = crc32(part, this.#crc);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === REGION_BYTES) this.#close();
    }
  }

  /** All bytes have come. */
  table(): Buffer {
    if (this.#filled > 0) this.#close();
    const table = Buffer.alloc(this.#sums.length * SUM_BYTES);
    for (const [at, sum] of this.#sums.entries()) table.writeUInt32LE(sum, at * SUM_BYTES);
    return table;
  }

  #close(): void {
    this.#sums.push(this.#crc);
    this.#crc = 0;
    this.#filled = 0;
  }
}

/** Where in a checkpoint file its bytes are. */
export interface RegionPlaces {
  readonly bytesOffset: number;
  readonly bytesSize: number;
  readonly regionsCrc: number;
}

/** In words, which bytes of the file do not match; '' when the table itself does not, or all match. */
export function damagedRegions(file: DiskFile, { bytesOffset, bytesSize, regionsCrc }: RegionPlaces): string {
  const table = bufferOf(file.read(bytesOffset + bytesSize, regionTableBytes(bytesSize)));
  if (crc32(table) !== regionsCrc) return '';
  const found: string[] = [];
  for (let at = 0; at < bytesSize; at += REGION_BYTES) {
    const size = Math.min(REGION_BYTES, bytesSize - at);
    const sum = crc32(file.read(bytesOffset + at, size));
    if (sum === table.readUInt32LE((at / REGION_BYTES) * SUM_BYTES)) continue;
    found.push(`${bytesOffset + at} to ${bytesOffset + at + size - 1}`);
  }
  return found.length === 0 ? '' : `, bytes ${found.join(', ')} of the file`;
}
