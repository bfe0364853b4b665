// From appends to the bytes of one group.
//
// Model: one scratch buffer, reused: writes go to the page cache before the call returns, so nobody holds it. The first
// group of a segment is written together with the segment's first block, in one call and under one sync.

import { crc32 } from 'node:zlib';
import type { Entry, HardState } from '@baton/raft';
import { alignedSizeBytes, BLOCK_SIZE_BYTES } from './block.ts';
import { encodeEntry, entrySizeBytes } from './entry-record.ts';
import { encodeGroupHeader, GROUP_HEADER_SIZE_BYTES } from './group-header.ts';
import { encodeSegmentHeader, type SegmentHeader } from './segment.ts';

/** What a group is made of. */
export interface GroupContent {
  readonly flags: number;
  readonly sequence: number;
  readonly entries: readonly Entry[];
  readonly baseIndex: number;
  readonly baseTerm: number;
  readonly priorLastIndex: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  readonly hardState: HardState;
  readonly journalId: number;
  readonly priorCrc: number;
}

/** Bytes on disk of a group with this much payload. */
export function groupSizeBytes(payloadSizeBytes: number): number {
  return alignedSizeBytes(payloadSizeBytes + 2 * GROUP_HEADER_SIZE_BYTES);
}

export function payloadSizeBytes(entries: readonly Entry[]): number {
  let size = 0;
  for (const entry of entries) size += entrySizeBytes(entry);
  return size;
}

/** Encodes groups, one at a time. */
export class GroupEncoder {
  #scratch = Buffer.allocUnsafeSlow(16 * BLOCK_SIZE_BYTES);

  /**
   * The bytes of a group, preceded by its segment's first block when `opens` is given. Valid until the next call.
   */
  encode(content: GroupContent, opens: SegmentHeader | null): { readonly bytes: Buffer; readonly crc: number } {
    const start = opens === null ? 0 : BLOCK_SIZE_BYTES;
    const payloadSize = payloadSizeBytes(content.entries);
    const sizeBytes = groupSizeBytes(payloadSize);
    const scratch = this.#reserve(start + sizeBytes);
    if (opens !== null) encodeSegmentHeader(opens, scratch);
    const payloadStart = start + GROUP_HEADER_SIZE_BYTES;
    let offset = payloadStart;
    for (const entry of content.entries) offset = encodeEntry(entry, scratch, offset);
    const header = {
      ...content,
      sizeBytes,
      payloadSizeBytes: payloadSize,
      payloadCrc: crc32(scratch.subarray(payloadStart, offset)),
      entryCount: content.entries.length,
    };
    const footer = start + sizeBytes - GROUP_HEADER_SIZE_BYTES;
    scratch.fill(0, offset, footer);
    const crc = encodeGroupHeader(header, scratch, start);
    encodeGroupHeader(header, scratch, footer);
    return { bytes: scratch.subarray(0, start + sizeBytes), crc };
  }

  #reserve(sizeBytes: number): Buffer {
    if (this.#scratch.length < sizeBytes)
      this.#scratch = Buffer.allocUnsafeSlow(Math.max(sizeBytes, this.#scratch.length * 2));
    return this.#scratch;
  }
}
