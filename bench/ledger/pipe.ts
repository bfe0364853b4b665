/** Entries on their way from the process that makes them to the one that is measured: kind, length, bytes. */
import { ENTRY_KINDS, type EntryKind, type WorkloadEntry } from './workload.ts';

const HEADER_SIZE_BYTES = 5;
const CHUNK_SIZE_BYTES = 1 << 16;

/** Chunks of about 64 KiB. */
export function* chunksOf(entries: Iterable<WorkloadEntry>): Generator<Buffer, void, undefined> {
  let parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for (const { command, kind } of entries) {
    const header = Buffer.alloc(HEADER_SIZE_BYTES);
    header[0] = ENTRY_KINDS.indexOf(kind);
    header.writeUInt32BE(command.length, 1);
    parts.push(header, command);
    sizeBytes += HEADER_SIZE_BYTES + command.length;
    if (sizeBytes < CHUNK_SIZE_BYTES) continue;
    yield Buffer.concat(parts);
    parts = [];
    sizeBytes = 0;
  }
  yield Buffer.concat(parts);
}

/** Hands out what has arrived whole; keeps one buffer for ever, so that reading weighs nothing. */
export class EntryReader {
  readonly room = Buffer.allocUnsafeSlow(4 * CHUNK_SIZE_BYTES);
  /** Bytes that wait for their rest, at the beginning of `room`. */
  waiting = 0;

  /** `count` more bytes have been written behind those that waited. */
  take(count: number, apply: (kind: EntryKind, command: Uint8Array) => void): void {
    const end = this.waiting + count;
    let at = 0;
    while (end - at >= HEADER_SIZE_BYTES) {
      const next = at + HEADER_SIZE_BYTES + this.room.readUInt32BE(at + 1);
      if (next > end) break;
      const kind = ENTRY_KINDS[this.room[at] as number] as EntryKind;
      // A copy, as an entry has in the log: the ledger may keep it.
      apply(kind, Uint8Array.prototype.slice.call(this.room, at + HEADER_SIZE_BYTES, next));
      at = next;
    }
    this.room.copyWithin(0, at, end);
    this.waiting = end - at;
  }
}
