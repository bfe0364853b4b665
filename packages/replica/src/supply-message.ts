// What nodes ask of each other beside raft: entries of the log, and checkpoints in pieces. Messages in bytes.
//
// Rules decided here: one message is one frame on one channel of the wire: CRC-32 of the rest, length of the head, the
// head as JSON (a dozen small fields, told a few times a second), then raw bytes. What does not check is null, and
// counts as lost: whoever asked asks again.

import { crc32 } from 'node:zlib';
import { type ConfState, type Entry, EntryType } from '@baton/raft';

/** Wire channel of these messages; part of the protocol between nodes. */
export const SUPPLY_CHANNEL = 2;

/**
 * A batch of entries, or a piece of a checkpoint (both ends count with it): some 0.1 ms of the event loop, 0.5 ms of a
 * link of 1 Gbit/s.
 */
export const PIECE_BYTES = 64 * 1024;

/** Why a node does not give entries. */
export type SupplyRefusal = 'compacted' | 'not-leader' | 'differs' | 'busy';

export type SupplyMessage =
  /** Entries from `from` on, which follow one of `prevTerm`, as far as that of (`to`, `toTerm`); -2: unknown. */
  | { kind: 'ask-entries'; from: number; prevTerm: number; to: number; toTerm: number }
  /** The bytes are entries from `from` on. `term`: of the leader whose log ends at `last`; 0: they are those that were lost. */
  | { kind: 'entries'; from: number; term: number; last: number }
  | { kind: 'no-entries'; from: number; reason: SupplyRefusal; isDamaged: boolean; readableTo: number }
  /** The checkpoint at `index`; 0 for the newest, and one that reaches `minIndex` is to be made if there is none. */
  | { kind: 'ask-offer'; index: number; minIndex: number }
  | { kind: 'offer'; index: number; term: number; sizeBytes: number; crc: number; confState: ConfState }
  | { kind: 'ask-piece'; index: number; crc: number; offset: number }
  | { kind: 'piece'; index: number; crc: number; offset: number }
  /** The checkpoint that was asked for is not there (any more). */
  | { kind: 'gone'; index: number }
  /** The receiver gave up a checkpoint that was announced to it. */
  | { kind: 'not-received'; index: number; reason: string };

export type SupplyKind = SupplyMessage['kind'];

export interface SupplyFrame {
  readonly message: SupplyMessage;
  readonly bytes: Uint8Array;
}

const HEAD_BYTES = 8;
const NOTHING = new Uint8Array(0);

/** Fields that must be integers, by kind. */
const INTEGERS: Readonly<Record<SupplyKind, readonly string[]>> = {
  'ask-entries': ['from', 'prevTerm', 'to', 'toTerm'],
  entries: ['from', 'term', 'last'],
  'no-entries': ['from', 'readableTo'],
  'ask-offer': ['index', 'minIndex'],
  offer: ['index', 'term', 'sizeBytes', 'crc'],
  'ask-piece': ['index', 'crc', 'offset'],
  piece: ['index', 'crc', 'offset'],
  gone: ['index'],
  'not-received': ['index'],
};
const MEMBER_LISTS = ['voters', 'learners', 'votersOutgoing', 'learnersNext'] as const;

export function encodeSupply(message: SupplyMessage, bytes: Uint8Array = NOTHING): Uint8Array {
  const head = Buffer.from(JSON.stringify(message), 'utf8');
  const frame = Buffer.allocUnsafe(HEAD_BYTES + head.length + bytes.length);
  frame.writeUInt32BE(head.length, 4);
  frame.set(head, HEAD_BYTES);
  frame.set(bytes, HEAD_BYTES + head.length);
  frame.writeUInt32BE(crc32(frame.subarray(4)), 0);
  return frame;
}

/** Null for what is malformed or damaged. The bytes are a view of `frame`. */
export function decodeSupply(frame: Uint8Array): SupplyFrame | null {
  if (frame.length < HEAD_BYTES) return null;
  const buffer = Buffer.from(frame.buffer, frame.byteOffset, frame.length);
  const end = HEAD_BYTES + buffer.readUInt32BE(4);
  if (end > buffer.length || crc32(buffer.subarray(4)) !== buffer.readUInt32BE(0)) return null;
  let message: unknown;
  try {
    message = JSON.parse(buffer.toString('utf8', HEAD_BYTES, end));
  } catch {
    return null;
  }
  return isSupplyMessage(message) ? { message, bytes: buffer.subarray(end) } : null;
}

function isSupplyMessage(value: unknown): value is SupplyMessage {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  const { kind } = fields;
  if (typeof kind !== 'string' || !Object.hasOwn(INTEGERS, kind)) return false;
  if (!INTEGERS[kind as SupplyKind].every((name) => Number.isSafeInteger(fields[name]))) return false;
  return kind !== 'offer' || isConfState(fields['confState']);
}

function isConfState(value: unknown): value is ConfState {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  if (typeof fields['autoLeave'] !== 'boolean') return false;
  return MEMBER_LISTS.every((name) => {
    const list = fields[name];
    return Array.isArray(list) && list.every((id) => Number.isSafeInteger(id));
  });
}

/** Around the data of an entry: term, type, length. */
const ENTRY_HEAD_BYTES = 13;

/** Entries that follow each other. */
export function encodeEntries(entries: readonly Entry[]): Uint8Array {
  const sizeBytes = entries.reduce((sum, { data }) => sum + ENTRY_HEAD_BYTES + data.length, 0);
  const bytes = Buffer.allocUnsafe(sizeBytes);
  let at = 0;
  for (const { term, type, data } of entries) {
    bytes.writeDoubleBE(term, at);
    bytes.writeUInt8(type, at + 8);
    bytes.writeUInt32BE(data.length, at + 9);
    bytes.set(data, at + ENTRY_HEAD_BYTES);
    at += ENTRY_HEAD_BYTES + data.length;
  }
  return bytes;
}

/** The entries from index `from` on, with data of their own; null when they are malformed. */
export function decodeEntries(bytes: Uint8Array, from: number): Entry[] | null {
  const types: readonly number[] = Object.values(EntryType);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: Entry[] = [];
  for (let at = 0; at < buffer.length; ) {
    if (at + ENTRY_HEAD_BYTES > buffer.length) return null;
    const term = buffer.readDoubleBE(at);
    const type = buffer.readUInt8(at + 8);
    const start = at + ENTRY_HEAD_BYTES;
    const end = start + buffer.readUInt32BE(at + 9);
    if (end > buffer.length || !types.includes(type) || !Number.isSafeInteger(term)) return null;
    const data = Uint8Array.prototype.slice.call(buffer, start, end);
    entries.push({ term, index: from + entries.length, type: type as Entry['type'], data });
    at = end;
  }
  return entries;
}
