// The head of a group: what one write and one sync of the journal put on disk together.
//
// Model: groups are numbered without gaps; only one is ever written and not yet synced. So whatever lies before an
// intact group had been synced, and a group that does not check while a later one exists is damage, not a torn write.
// The head is stored twice, first and last in its group, each with a CRC-32 of its own: one bad place does not lose
// term and vote. It says what the log was before and after, so that a lost group's reach can be bounded by its
// neighbours. Each head carries the CRC of the one before it: an older copy of a file does not fit the chain.
// Layout (little endian, 128 bytes) in the constants below; never reuse a flag or change an offset without a new version.

import { crc32 } from 'node:zlib';
import type { HardState } from '@baton/raft';
import { getInteger, putInteger } from './number-codec.ts';

export const GROUP_HEADER_SIZE_BYTES = 128;
/** Version of the format of groups, segments and marks. */
export const FORMAT_VERSION = 1;
/** "BGRP" */
const MAGIC = 0x50524742;
const CRC_OFFSET = 120;

/** The log was replaced by a snapshot: it begins anew after `baseIndex`. */
export const GROUP_RESET = 1;
/** Refetched entries: damage in earlier groups is superseded by this one. */
export const GROUP_REPAIR = 2;

export interface GroupHeader {
  readonly flags: number;
  /** Number of the group, from 1, without gaps over all segments. */
  readonly sequence: number;
  /** Bytes of the group on disk, both heads and the padding included. */
  readonly sizeBytes: number;
  readonly payloadSizeBytes: number;
  readonly payloadCrc: number;
  readonly entryCount: number;
  /** The entry before the lowest that this group writes; the last of the log when it writes none. */
  readonly baseIndex: number;
  readonly baseTerm: number;
  /** Last index before this group. */
  readonly priorLastIndex: number;
  /** Last index and its term after this group. */
  readonly lastIndex: number;
  readonly lastTerm: number;
  readonly hardState: HardState;
  /** Identity of the journal, so that another's file is not taken for ours. */
  readonly journalId: number;
  /** CRC of the head before this one. */
  readonly priorCrc: number;
}

/** Writes a head at `offset`; returns its CRC. */
export function encodeGroupHeader(header: GroupHeader, target: Buffer, offset: number): number {
  target.fill(0, offset, offset + GROUP_HEADER_SIZE_BYTES);
  target.writeUInt32LE(MAGIC, offset);
  target.writeUInt16LE(FORMAT_VERSION, offset + 4);
  target.writeUInt16LE(header.flags, offset + 6);
  putInteger(target, header.sequence, offset + 8);
  target.writeUInt32LE(header.payloadSizeBytes, offset + 16);
  target.writeUInt32LE(header.payloadCrc, offset + 20);
  target.writeUInt32LE(header.entryCount, offset + 24);
  target.writeUInt32LE(header.sizeBytes, offset + 28);
  putInteger(target, header.baseIndex, offset + 32);
  putInteger(target, header.baseTerm, offset + 40);
  putInteger(target, header.priorLastIndex, offset + 48);
  putInteger(target, header.lastIndex, offset + 56);
  putInteger(target, header.lastTerm, offset + 64);
  putInteger(target, header.hardState.term, offset + 72);
  putInteger(target, header.hardState.vote, offset + 80);
  putInteger(target, header.hardState.commit, offset + 88);
  putInteger(target, header.journalId, offset + 96);
  target.writeUInt32LE(header.priorCrc, offset + 104);
  const crc = crc32(target.subarray(offset, offset + CRC_OFFSET));
  target.writeUInt32LE(crc, offset + CRC_OFFSET);
  return crc;
}

/** The CRC under which an intact head is known. */
export function groupHeaderCrc(source: Buffer, offset: number): number {
  return source.readUInt32LE(offset + CRC_OFFSET);
}

/** The head at `offset`, or null when there is none that checks. */
export function decodeGroupHeader(source: Buffer, offset: number): GroupHeader | null {
  if (offset < 0 || offset + GROUP_HEADER_SIZE_BYTES > source.length) return null;
  if (source.readUInt32LE(offset) !== MAGIC) return null;
  if (crc32(source.subarray(offset, offset + CRC_OFFSET)) !== groupHeaderCrc(source, offset)) return null;
  if (source.readUInt16LE(offset + 4) !== FORMAT_VERSION) return null;
  return {
    flags: source.readUInt16LE(offset + 6),
    sequence: getInteger(source, offset + 8),
    payloadSizeBytes: source.readUInt32LE(offset + 16),
    payloadCrc: source.readUInt32LE(offset + 20),
    entryCount: source.readUInt32LE(offset + 24),
    sizeBytes: source.readUInt32LE(offset + 28),
    baseIndex: getInteger(source, offset + 32),
    baseTerm: getInteger(source, offset + 40),
    priorLastIndex: getInteger(source, offset + 48),
    lastIndex: getInteger(source, offset + 56),
    lastTerm: getInteger(source, offset + 64),
    hardState: {
      term: getInteger(source, offset + 72),
      vote: getInteger(source, offset + 80),
      commit: getInteger(source, offset + 88),
    },
    journalId: getInteger(source, offset + 96),
    priorCrc: source.readUInt32LE(offset + 104),
  };
}
