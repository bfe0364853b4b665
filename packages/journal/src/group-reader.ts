// Entries read back from disk: whole groups, checked, the last few kept.

import { crc32 } from 'node:zlib';
import type { Disk, DiskFile } from '@baton/host';
import type { Entry } from '@baton/raft';
import { decodeEntries } from './entry-record.ts';
import { decodeGroupHeader, GROUP_HEADER_SIZE_BYTES, type GroupHeader } from './group-header.ts';
import { bufferOf } from './number-codec.ts';
import { segmentPath } from './segment.ts';
import type { Span } from './span-index.ts';

/** Groups kept decoded: a follower that catches up reads each group in several pieces. */
const KEPT_GROUPS = 4;

/** The head at either end of a group's bytes. */
export function eitherHeader(group: Buffer): GroupHeader | null {
  return decodeGroupHeader(group, 0) ?? decodeGroupHeader(group, group.length - GROUP_HEADER_SIZE_BYTES);
}

/** The payload of a group; null when it does not check. */
export function payloadOfGroup(group: Buffer, header: GroupHeader): Buffer | null {
  const payload = group.subarray(GROUP_HEADER_SIZE_BYTES, GROUP_HEADER_SIZE_BYTES + header.payloadSizeBytes);
  return payload.length === header.payloadSizeBytes && crc32(payload) === header.payloadCrc ? payload : null;
}

interface KeptGroup {
  readonly segment: number;
  readonly offset: number;
  readonly firstIndex: number;
  /** Without gaps. */
  readonly entries: readonly Entry[];
}

/** Reads entries of written groups. */
export class GroupReader {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #files = new Map<number, DiskFile>();
  #kept: KeptGroup[] = [];

  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
  }

  /** The entry at an index of a span; null when the group does not check (damage). */
  read(span: Span, index: number): Entry | null {
    const kept = this.#kept.find((group) => group.segment === span.segment && group.offset === span.offset);
    if (kept !== undefined) return kept.entries[index - kept.firstIndex] ?? null;
    const group = bufferOf(this.#file(span.segment).read(span.offset, span.sizeBytes));
    const header = eitherHeader(group);
    const payload = header === null ? null : payloadOfGroup(group, header);
    const entries = header === null || payload === null ? null : decodeEntries(payload, header.entryCount);
    if (entries === null) return null;
    const { segment, offset } = span;
    const firstIndex = entries[0]?.index ?? index;
    this.#kept = [{ segment, offset, firstIndex, entries }, ...this.#kept.slice(0, KEPT_GROUPS - 1)];
    const entry = entries[index - firstIndex];
    return entry?.index === index ? entry : null;
  }

  /** A segment is about to be removed. */
  forget(segment: number): void {
    this.#files.get(segment)?.close();
    this.#files.delete(segment);
    this.#kept = this.#kept.filter((group) => group.segment !== segment);
  }

  close(): void {
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
    this.#kept = [];
  }

  #file(segment: number): DiskFile {
    let file = this.#files.get(segment);
    if (file === undefined) {
      file = this.#disk.open(segmentPath(this.#folder, segment), 'read');
      this.#files.set(segment, file);
    }
    return file;
  }
}
