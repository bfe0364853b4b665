// Segments: the files that hold the groups, preallocated, numbered without gaps.
//
// Model: `segment-<number>.log`. The first block names the journal and the number (twice, each with a CRC); groups
// follow, each on its own blocks; zeros behind them are unused. The first block is written together with the first
// group, so a segment that was only prepared is all zeros.

import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { BLOCK_SIZE_BYTES } from './block.ts';
import { FORMAT_VERSION } from './group-header.ts';
import { getInteger, putInteger } from './number-codec.ts';

/** "BSEG" */
const MAGIC = 0x47455342;
const SIZE_BYTES = 40;
const CRC_OFFSET = 36;
const COPY_OFFSET = BLOCK_SIZE_BYTES / 2;
const NAME = /^segment-(\d{10})\.log$/;

/** Where the first group of a segment begins. */
export const SEGMENT_START_BYTES = BLOCK_SIZE_BYTES;

export interface SegmentHeader {
  readonly version: number;
  readonly journalId: number;
  readonly number: number;
  /** Number of the first group in this segment. */
  readonly firstSequence: number;
}

export function segmentPath(folder: string, number: number): string {
  return join(folder, `segment-${String(number).padStart(10, '0')}.log`);
}

/** The number in a segment's file name, or null for other files. */
export function segmentNumber(name: string): number | null {
  const match = NAME.exec(name);
  return match === null ? null : Number(match[1]);
}

/** Writes the first block of a segment. */
export function encodeSegmentHeader(header: SegmentHeader, target: Buffer): void {
  target.fill(0, 0, BLOCK_SIZE_BYTES);
  for (const offset of [0, COPY_OFFSET]) {
    target.writeUInt32LE(MAGIC, offset);
    target.writeUInt32LE(header.version, offset + 4);
    putInteger(target, header.journalId, offset + 8);
    putInteger(target, header.number, offset + 16);
    putInteger(target, header.firstSequence, offset + 24);
    target.writeUInt32LE(crc32(target.subarray(offset, offset + CRC_OFFSET)), offset + CRC_OFFSET);
  }
}

/** The header in a segment's first block (either copy), or null when neither checks. */
export function decodeSegmentHeader(block: Buffer): SegmentHeader | null {
  for (const offset of [0, COPY_OFFSET]) {
    if (block.length < offset + SIZE_BYTES || block.readUInt32LE(offset) !== MAGIC) continue;
    if (crc32(block.subarray(offset, offset + CRC_OFFSET)) !== block.readUInt32LE(offset + CRC_OFFSET)) continue;
    return {
      version: block.readUInt32LE(offset + 4),
      journalId: getInteger(block, offset + 8),
      number: getInteger(block, offset + 16),
      firstSequence: getInteger(block, offset + 24),
    };
  }
  return null;
}

export function isSupported(header: SegmentHeader): boolean {
  return header.version === FORMAT_VERSION;
}
