// Entries inside a group: a fixed head of 24 bytes (index, term, type, size of the data), then the data.
//
// Rule decided here: the records of a group are contiguous; a first index that was already written means that the log is
// cut there and goes on with this group (Raft, §5.3: the leader's log wins over a conflicting tail).

import type { Entry, EntryType } from '@baton/raft';
import { getInteger, putInteger } from './number-codec.ts';

export const ENTRY_HEADER_SIZE_BYTES = 24;
const HIGHEST_ENTRY_TYPE = 2;

/** Bytes of an entry on disk. */
export function entrySizeBytes(entry: Entry): number {
  return ENTRY_HEADER_SIZE_BYTES + entry.data.length;
}

/** Writes an entry at `offset`; returns the offset behind it. */
export function encodeEntry(entry: Entry, target: Buffer, offset: number): number {
  putInteger(target, entry.index, offset);
  putInteger(target, entry.term, offset + 8);
  target.writeUInt32LE(entry.type, offset + 16);
  target.writeUInt32LE(entry.data.length, offset + 20);
  target.set(entry.data, offset + ENTRY_HEADER_SIZE_BYTES);
  return offset + ENTRY_HEADER_SIZE_BYTES + entry.data.length;
}

/** All entries of a payload, their data as views of it; null when the records do not fill it exactly. */
export function decodeEntries(payload: Buffer, count: number): Entry[] | null {
  const entries: Entry[] = [];
  let offset = 0;
  while (offset < payload.length) {
    if (offset + ENTRY_HEADER_SIZE_BYTES > payload.length) return null;
    const dataStart = offset + ENTRY_HEADER_SIZE_BYTES;
    const dataEnd = dataStart + payload.readUInt32LE(offset + 20);
    const type = payload.readUInt32LE(offset + 16);
    if (dataEnd > payload.length || type > HIGHEST_ENTRY_TYPE) return null;
    entries.push({
      term: getInteger(payload, offset + 8),
      index: getInteger(payload, offset),
      type: type as EntryType,
      data: payload.subarray(dataStart, dataEnd),
    });
    offset = dataEnd;
  }
  return entries.length === count ? entries : null;
}

/** Entries of one term, in a row. */
export interface TermRun {
  readonly firstIndex: number;
  lastIndex: number;
  readonly term: number;
}

/**
 * The indexes and terms of a payload without making entries of it (recovery reads whole logs); null when the records
 * do not fill it exactly, or do not follow one another.
 */
export function decodeTermRuns(payload: Buffer, count: number): TermRun[] | null {
  const runs: TermRun[] = [];
  let run: TermRun | undefined;
  let offset = 0;
  for (let at = 0; at < count; at += 1) {
    if (offset + ENTRY_HEADER_SIZE_BYTES > payload.length) return null;
    const index = getInteger(payload, offset);
    const term = getInteger(payload, offset + 8);
    if (run !== undefined && index !== run.lastIndex + 1) return null;
    if (run?.term === term) run.lastIndex = index;
    else {
      run = { firstIndex: index, lastIndex: index, term };
      runs.push(run);
    }
    offset += ENTRY_HEADER_SIZE_BYTES + payload.readUInt32LE(offset + 20);
  }
  return offset === payload.length ? runs : null;
}
