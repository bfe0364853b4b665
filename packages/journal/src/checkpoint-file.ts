// One checkpoint on disk: a head, the membership, the bytes, a checksum for each region of them.
//
// Layout (little endian): magic, version, flags, index, term, size of the bytes, size of the membership, CRC of each and of
// the table of regions, the state's hash, CRC of the head; then membership; then bytes; then the table. The name carries
// the index, the head proves it. Rule decided here: magic, version and the head's CRC keep their places in every version,
// so that another build's file is told from a damaged one.

import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Disk, DiskFile } from '@baton/host';
import type { Checkpoint } from './checkpoint.ts';
import { decodeConfState, encodeConfState } from './conf-state-codec.ts';
import { bufferOf, getInteger, putInteger } from './number-codec.ts';
import { damagedRegions, regionTableBytes } from './region-sums.ts';

/** "BCKP" */
const MAGIC = 0x504b4342;
const VERSION = 2;
const HEAD_SIZE_BYTES = 64;
const VERIFIED_FLAG = 1;
const HASH_FLAG = 2;
const HASH_OFFSET = 52;
const HASH_BYTES = 8;
const CRC_OFFSET = 60;
/**
 * Checkpoints are written and checked in pieces of this size, with turns of the event loop in between: some 30 µs each.
 * Larger buffers come fresh from the system, and each of their pages costs a fault.
 */
export const CHECKPOINT_PIECE_BYTES = 128 * 1024;
const NAME = /^checkpoint-(\d{16})\.ckpt$/;
const PART = '.part.tmp';

export function checkpointPath(folder: string, index: number): string {
  return join(folder, `checkpoint-${String(index).padStart(16, '0')}.ckpt`);
}

/** Where a checkpoint is written that comes in pieces. */
export function checkpointPartPath(folder: string, index: number): string {
  return `${checkpointPath(folder, index)}${PART}`;
}

/** The index in the file name of a part of a checkpoint, or null for other files. */
export function checkpointPartIndex(name: string): number | null {
  return name.endsWith(PART) ? checkpointIndex(name.slice(0, -PART.length)) : null;
}

/** The index in a checkpoint's file name, or null for other files. */
export function checkpointIndex(name: string): number | null {
  const match = NAME.exec(name);
  return match === null ? null : Number(match[1]);
}

/** What is known of a checkpoint's bytes once they all have come. */
export interface CheckpointSums {
  readonly bytesSize: number;
  readonly bytesCrc: number;
  /** Of the table of regions. */
  readonly regionsCrc: number;
  /** It was restored, and the state had its hash. */
  readonly isVerified: boolean;
}

/** While the bytes are still coming: what the head says then does not check. */
export const NO_SUMS: CheckpointSums = { bytesSize: 0, bytesCrc: 0, regionsCrc: 0, isVerified: false };

/** Head and membership of a checkpoint. */
export function encodeCheckpointHead(
  checkpoint: Pick<Checkpoint, 'index' | 'term' | 'confState' | 'stateHash'>,
  { bytesSize, bytesCrc, regionsCrc, isVerified }: CheckpointSums,
): Buffer {
  const { stateHash = '' } = checkpoint;
  const confState = encodeConfState(checkpoint.confState);
  const head = Buffer.alloc(HEAD_SIZE_BYTES + confState.length);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt16LE(VERSION, 4);
  head.writeUInt16LE((isVerified ? VERIFIED_FLAG : 0) | (stateHash === '' ? 0 : HASH_FLAG), 6);
  putInteger(head, checkpoint.index, 8);
  putInteger(head, checkpoint.term, 16);
  putInteger(head, bytesSize, 24);
  head.writeUInt32LE(confState.length, 32);
  head.writeUInt32LE(crc32(confState), 36);
  head.writeUInt32LE(bytesCrc, 40);
  head.writeUInt32LE(regionsCrc, 44);
  if (stateHash !== '') head.write(stateHash, HASH_OFFSET, HASH_BYTES, 'hex');
  head.writeUInt32LE(crc32(head.subarray(0, CRC_OFFSET)), CRC_OFFSET);
  head.set(confState, HEAD_SIZE_BYTES);
  return head;
}

/** What the head of a checkpoint file says. */
export interface CheckpointHead {
  readonly index: number;
  readonly term: number;
  readonly confState: Checkpoint['confState'];
  /** 16 hex digits; '' when whoever wrote it did not say. */
  readonly stateHash: string;
  readonly isVerified: boolean;
  readonly bytesOffset: number;
  readonly bytesSize: number;
  readonly bytesCrc: number;
  readonly regionsCrc: number;
}

/** Why a checkpoint file cannot be trusted, or not be read by this build. */
export interface CheckpointFault {
  readonly fault: string;
  readonly kind: 'damaged' | 'version';
}

const damage = (fault: string): CheckpointFault => ({ fault, kind: 'damaged' });

/** The head of a checkpoint file, or why it cannot be trusted. `isPart`: the end of the file may be missing. */
export function readCheckpointHead(file: DiskFile, isPart = false): CheckpointHead | CheckpointFault {
  const head = bufferOf(file.read(0, HEAD_SIZE_BYTES));
  if (head.length < HEAD_SIZE_BYTES || head.readUInt32LE(0) !== MAGIC) return damage('no checkpoint head');
  if (crc32(head.subarray(0, CRC_OFFSET)) !== head.readUInt32LE(CRC_OFFSET))
    return damage('the head does not match its CRC-32');
  const version = head.readUInt16LE(4);
  if (version !== VERSION) return { fault: `format version ${version}, this build reads ${VERSION}`, kind: 'version' };
  const flags = head.readUInt16LE(6);
  const confSize = head.readUInt32LE(32);
  const bytesSize = getInteger(head, 24);
  const wanted = HEAD_SIZE_BYTES + confSize + bytesSize + regionTableBytes(bytesSize);
  const isWhole = isPart ? file.sizeBytes() <= wanted : file.sizeBytes() === wanted;
  if (!isWhole) return damage(`${file.sizeBytes()} bytes instead of ${wanted}`);
  const confBytes = bufferOf(file.read(HEAD_SIZE_BYTES, confSize));
  const confState = crc32(confBytes) === head.readUInt32LE(36) ? decodeConfState(confBytes) : null;
  if (confState === null) return damage('the membership does not match its CRC-32');
  return {
    index: getInteger(head, 8),
    term: getInteger(head, 16),
    confState,
    stateHash: (flags & HASH_FLAG) === 0 ? '' : head.toString('hex', HASH_OFFSET, HASH_OFFSET + HASH_BYTES),
    isVerified: (flags & VERIFIED_FLAG) !== 0,
    bytesOffset: HEAD_SIZE_BYTES + confSize,
    bytesSize,
    bytesCrc: head.readUInt32LE(40),
    regionsCrc: head.readUInt32LE(44),
  };
}

/** Reads and checks a whole checkpoint file, waiting. */
export function readCheckpoint(disk: Disk, path: string): { readonly checkpoint: Checkpoint } | CheckpointFault {
  const file = disk.open(path, 'read');
  try {
    const head = readCheckpointHead(file);
    if ('fault' in head) return head;
    const bytes = file.read(head.bytesOffset, head.bytesSize);
    if (bytes.length !== head.bytesSize || crc32(bytes) !== head.bytesCrc)
      return damage(`the bytes do not match their CRC-32${damagedRegions(file, head)}`);
    const { index, term, confState, stateHash } = head;
    return { checkpoint: { index, term, confState, bytes, stateHash } };
  } finally {
    file.close();
  }
}
