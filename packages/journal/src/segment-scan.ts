// What is found in one segment file: its groups in order, and where something should be and is not.
//
// Model: from the first block on, block by block. A block that begins with a head that checks (and belongs to this
// journal) is a group, intact or with a bad payload; its size leads to the next. Any other block that is not all zeros
// is foreign: the scan looks for the next head at the next block, so that one bad place does not hide what follows.
// The last head of a group stands in for a lost first one. No judgement here: `recovery.ts` decides torn or damaged.

import type { Disk } from '@baton/host';
import { BLOCK_SIZE_BYTES } from './block.ts';
import { decodeTermRuns, type TermRun } from './entry-record.ts';
import { decodeGroupHeader, GROUP_HEADER_SIZE_BYTES, type GroupHeader, groupHeaderCrc } from './group-header.ts';
import { payloadOfGroup } from './group-reader.ts';
import { bufferOf } from './number-codec.ts';
import { decodeSegmentHeader, SEGMENT_START_BYTES, type SegmentHeader, segmentPath } from './segment.ts';

const WINDOW_BLOCKS = 64;

/** A group as found. */
export interface FoundGroup {
  readonly segment: number;
  readonly offset: number;
  readonly header: GroupHeader;
  /** CRC under which the next head knows this one. */
  readonly crc: number;
  /** Index and term of its entries; null when the payload does not check. */
  readonly runs: readonly TermRun[] | null;
  /** The first head was lost, the last one was used. */
  readonly fromFooter: boolean;
}

export interface SegmentScan {
  readonly number: number;
  readonly sizeBytes: number;
  readonly header: SegmentHeader | null;
  /** In the order of their offsets. */
  readonly groups: readonly FoundGroup[];
  /** Offsets of blocks that hold something which is no part of a group found. */
  readonly foreignBlocks: readonly number[];
  /** No group and nothing foreign: prepared, never used. */
  readonly isUnused: boolean;
}

/** Reads a file block by block through a window. */
class BlockReader {
  readonly sizeBytes: number;
  readonly #read: (offset: number, lengthBytes: number) => Buffer;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;

  constructor(sizeBytes: number, read: (offset: number, lengthBytes: number) => Buffer) {
    this.sizeBytes = sizeBytes;
    this.#read = read;
  }

  block(offset: number): Buffer {
    const end = this.#windowStart + this.#window.length;
    if (offset < this.#windowStart || offset + BLOCK_SIZE_BYTES > end) {
      this.#window = this.#read(offset, Math.min(WINDOW_BLOCKS * BLOCK_SIZE_BYTES, this.sizeBytes - offset));
      this.#windowStart = offset;
    }
    const start = offset - this.#windowStart;
    return this.#window.subarray(start, start + BLOCK_SIZE_BYTES);
  }

  bytes(offset: number, lengthBytes: number): Buffer {
    return this.#read(offset, lengthBytes);
  }
}

const ZERO_BLOCK = Buffer.alloc(BLOCK_SIZE_BYTES);

function isZero(block: Buffer): boolean {
  return block.equals(block.length === BLOCK_SIZE_BYTES ? ZERO_BLOCK : ZERO_BLOCK.subarray(0, block.length));
}

/** Scans a segment file; `journalId` null accepts any journal's groups. */
export function scanSegment(disk: Disk, folder: string, number: number, journalId: number | null): SegmentScan {
  const file = disk.open(segmentPath(folder, number), 'read');
  try {
    const reader = new BlockReader(file.sizeBytes(), (offset, length) => bufferOf(file.read(offset, length)));
    const first = reader.sizeBytes > 0 ? reader.block(0) : Buffer.alloc(0);
    const header = decodeSegmentHeader(first);
    const groups: FoundGroup[] = [];
    const foreignBlocks: number[] = [];
    if (header === null && !isZero(first)) foreignBlocks.push(0);
    for (let offset = SEGMENT_START_BYTES; offset < reader.sizeBytes; ) {
      const block = reader.block(offset);
      const found = isZero(block) ? null : groupAt(reader, block, number, offset, journalId);
      if (found !== null) groups.push(found);
      else if (!isZero(block)) foreignBlocks.push(offset);
      offset += found === null ? BLOCK_SIZE_BYTES : found.header.sizeBytes;
    }
    const recovered = withFooters(reader, number, journalId, groups, foreignBlocks);
    const isUnused = recovered.groups.length === 0 && recovered.foreignBlocks.length === 0;
    return { number, sizeBytes: reader.sizeBytes, header, ...recovered, isUnused: isUnused && header === null };
  } finally {
    file.close();
  }
}

function groupAt(
  reader: BlockReader,
  block: Buffer,
  segment: number,
  offset: number,
  journalId: number | null,
): FoundGroup | null {
  const header = decodeGroupHeader(block, 0);
  if (header === null || !fits(header, reader.sizeBytes, offset, journalId)) return null;
  return foundGroup(reader, segment, offset, header, groupHeaderCrc(block, 0), false);
}

function fits(header: GroupHeader, fileSizeBytes: number, offset: number, journalId: number | null): boolean {
  return (
    (journalId === null || header.journalId === journalId) &&
    header.sizeBytes >= BLOCK_SIZE_BYTES &&
    header.sizeBytes % BLOCK_SIZE_BYTES === 0 &&
    header.payloadSizeBytes + 2 * GROUP_HEADER_SIZE_BYTES <= header.sizeBytes &&
    offset + header.sizeBytes <= fileSizeBytes
  );
}

function foundGroup(
  reader: BlockReader,
  segment: number,
  offset: number,
  header: GroupHeader,
  crc: number,
  fromFooter: boolean,
): FoundGroup {
  const payload = payloadOfGroup(reader.bytes(offset, header.sizeBytes), header);
  const runs = payload === null ? null : decodeTermRuns(payload, header.entryCount);
  return { segment, offset, header, crc, runs, fromFooter };
}

/** Looks in foreign blocks for the last head of a group whose first head was lost. */
function withFooters(
  reader: BlockReader,
  segment: number,
  journalId: number | null,
  groups: readonly FoundGroup[],
  foreignBlocks: readonly number[],
): { readonly groups: readonly FoundGroup[]; readonly foreignBlocks: readonly number[] } {
  const all = [...groups];
  const claimed = new Set<number>();
  for (const blockOffset of foreignBlocks) {
    if (blockOffset === 0) continue;
    const block = reader.block(blockOffset);
    const at = block.length - GROUP_HEADER_SIZE_BYTES;
    const header = decodeGroupHeader(block, at);
    if (header === null) continue;
    const offset = blockOffset + BLOCK_SIZE_BYTES - header.sizeBytes;
    if (offset < SEGMENT_START_BYTES || !fits(header, reader.sizeBytes, offset, journalId)) continue;
    all.push(foundGroup(reader, segment, offset, header, groupHeaderCrc(block, at), true));
    for (let inside = offset; inside <= blockOffset; inside += BLOCK_SIZE_BYTES) claimed.add(inside);
  }
  return {
    groups: all.sort((a, b) => a.offset - b.offset),
    foreignBlocks: foreignBlocks.filter((offset) => !claimed.has(offset)),
  };
}
