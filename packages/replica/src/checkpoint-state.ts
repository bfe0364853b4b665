// What a replica puts into a checkpoint, and into the snapshot a lagging follower gets: the time of the last entry, so
// that entry times stay monotone when the log before the checkpoint is gone, then the state machine's own bytes.

import { ENTRY_TIME_BYTES, encodeEntryData, timeUsOfData } from './entry-data.ts';
import { invariant } from './invariant.ts';

export function encodeCheckpointState(lastTimeUs: number, state: Uint8Array): Uint8Array {
  return encodeEntryData(lastTimeUs, state);
}

export function decodeCheckpointState(bytes: Uint8Array): { readonly lastTimeUs: number; readonly state: Uint8Array } {
  invariant(bytes.length >= ENTRY_TIME_BYTES, `a checkpoint has ${bytes.length} bytes, expected at least 8`);
  return { lastTimeUs: timeUsOfData(bytes), state: bytes.subarray(ENTRY_TIME_BYTES) };
}
