// What a replica puts into a checkpoint, and into the snapshot a lagging follower gets: the time of the last entry, so
// that entry times stay monotone when the log before the checkpoint is gone, then the state machine's own bytes.
//
// Where the log has said something of members' addresses, the first byte is 1 instead of 0 (no time reaches that high),
// and after the time come the length of the member book (32 bits, big endian) and the book.

import { ENTRY_TIME_BYTES, encodeEntryData, timeUsOfData } from './entry-data.ts';
import { invariant } from './invariant.ts';

const WITH_MEMBERS = 1;
const LENGTH_BYTES = 4;
const NO_MEMBERS: Uint8Array = new Uint8Array(0);

export interface CheckpointState {
  readonly lastTimeUs: number;
  /** The member book (member-book.ts); empty when the log has said nothing. */
  readonly members: Uint8Array;
  readonly state: Uint8Array;
}

export function encodeCheckpointState(lastTimeUs: number, state: Uint8Array, members = NO_MEMBERS): Uint8Array {
  if (members.length === 0) return encodeEntryData(lastTimeUs, state);
  const body = Buffer.allocUnsafe(LENGTH_BYTES + members.length + state.length);
  body.writeUInt32BE(members.length, 0);
  body.set(members, LENGTH_BYTES);
  body.set(state, LENGTH_BYTES + members.length);
  const bytes = encodeEntryData(lastTimeUs, body);
  invariant(bytes[0] === 0, `time ${lastTimeUs} is beyond what a checkpoint holds`);
  bytes[0] = WITH_MEMBERS;
  return bytes;
}

export function decodeCheckpointState(bytes: Uint8Array): CheckpointState {
  invariant(bytes.length >= ENTRY_TIME_BYTES, `a checkpoint has ${bytes.length} bytes, expected at least 8`);
  const body = bytes.subarray(ENTRY_TIME_BYTES);
  if (bytes[0] !== WITH_MEMBERS) return { lastTimeUs: timeUsOfData(bytes), members: NO_MEMBERS, state: body };
  invariant(body.length >= LENGTH_BYTES, `a checkpoint with members has ${bytes.length} bytes, expected at least 12`);
  const size = Buffer.from(body.buffer, body.byteOffset, LENGTH_BYTES).readUInt32BE(0);
  invariant(size <= body.length - LENGTH_BYTES, `a checkpoint of ${bytes.length} bytes says it has ${size} of members`);
  const time = Uint8Array.from(bytes.subarray(0, ENTRY_TIME_BYTES));
  time[0] = 0;
  return {
    lastTimeUs: timeUsOfData(time),
    members: body.subarray(LENGTH_BYTES, LENGTH_BYTES + size),
    state: body.subarray(LENGTH_BYTES + size),
  };
}

/** The state machine's own bytes in a checkpoint of a replica. */
export function stateOfCheckpoint(bytes: Uint8Array): Uint8Array {
  return decodeCheckpointState(bytes).state;
}

/** What stands before the state machine's bytes in a checkpoint, cut off while the bytes come in pieces. */
export class CheckpointStateStart {
  #bytes: Buffer = Buffer.alloc(0);
  #isOver = false;
  /** Both valid once state has come out. */
  lastTimeUs = 0;
  members: Uint8Array = NO_MEMBERS;

  /** The state machine's bytes in what has come so far and was not given yet. */
  after(piece: Uint8Array): Uint8Array {
    if (this.#isOver) return piece;
    this.#bytes = Buffer.concat([this.#bytes, piece]);
    const wanted = this.#wantedBytes();
    if (this.#bytes.length < wanted) return NO_MEMBERS;
    this.#isOver = true;
    const { lastTimeUs, members, state } = decodeCheckpointState(this.#bytes);
    this.lastTimeUs = lastTimeUs;
    this.members = members;
    this.#bytes = Buffer.alloc(0);
    return state;
  }

  #wantedBytes(): number {
    if (this.#bytes[0] !== WITH_MEMBERS) return ENTRY_TIME_BYTES;
    const head = ENTRY_TIME_BYTES + LENGTH_BYTES;
    return this.#bytes.length < head ? head : head + this.#bytes.readUInt32BE(ENTRY_TIME_BYTES);
  }
}
