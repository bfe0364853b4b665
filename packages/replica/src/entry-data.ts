// The bytes of one log entry: 8 bytes of time, then the command.
//
// Rule decided here: time is an unsigned 64-bit big-endian number of microseconds since 1970 (within the safe integers).
// Raft, journal and wire carry these bytes untouched; they are encoded once, by the leader that proposes.

export const ENTRY_TIME_BYTES = 8;
const TWO_POW_32 = 0x1_0000_0000;

/** Entry data of a command proposed at `timeUs`. */
export function encodeEntryData(timeUs: number, command: Uint8Array): Uint8Array {
  const data = Buffer.allocUnsafe(ENTRY_TIME_BYTES + command.length);
  data.writeUInt32BE(Math.floor(timeUs / TWO_POW_32), 0);
  data.writeUInt32BE(timeUs % TWO_POW_32, 4);
  data.set(command, ENTRY_TIME_BYTES);
  return data;
}

/** Time of an entry; `data` must not be empty. */
export function timeUsOfData(data: Uint8Array): number {
  const high = ((data[0]! << 24) | (data[1]! << 16) | (data[2]! << 8) | data[3]!) >>> 0;
  const low = ((data[4]! << 24) | (data[5]! << 16) | (data[6]! << 8) | data[7]!) >>> 0;
  return high * TWO_POW_32 + low;
}

/** The command of an entry, a view of `data`. */
export function commandOfData(data: Uint8Array): Uint8Array {
  return data.subarray(ENTRY_TIME_BYTES);
}
