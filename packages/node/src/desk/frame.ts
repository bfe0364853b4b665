/**
 * Frames between core and desk on their Unix socket: 4 bytes length (big-endian), then one msgpack value. Both ends are
 * ours and on one machine, yet the length is bounded before anything is allocated: a desk runs foreign code.
 */
import { Packr } from 'msgpackr/pack';

/** 4 MiB: a batch of events of one turn stays far below it. */
const FRAME_SIZE_BYTES_MAX = 4 * 1024 * 1024;

const packr = new Packr({ useRecords: false, mapsAsObjects: true, int64AsType: 'bigint' });

/** Encodes one message as a frame. */
export function encodeDeskFrame(message: unknown): Buffer {
  const body = packr.pack(message);
  const frame = Buffer.allocUnsafe(4 + body.length);
  frame.writeUInt32BE(body.length, 0);
  body.copy(frame, 4);
  return frame;
}

/** Cuts a stream of bytes into messages. */
export class DeskFrameReader {
  #pending: Buffer = Buffer.alloc(0);

  /**
   * Adds bytes and returns the messages that are complete.
   * @throws RangeError when a frame claims to be larger than allowed, or is no msgpack: the link is unusable then
   */
  push(bytes: Uint8Array): unknown[] {
    this.#pending = this.#pending.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#pending, bytes]);
    const messages: unknown[] = [];
    while (this.#pending.length >= 4) {
      const sizeBytes = this.#pending.readUInt32BE(0);
      if (sizeBytes > FRAME_SIZE_BYTES_MAX) {
        throw new RangeError(`desk frame of ${sizeBytes} bytes, at most ${FRAME_SIZE_BYTES_MAX} are allowed`);
      }
      if (this.#pending.length < 4 + sizeBytes) break;
      messages.push(packr.unpack(this.#pending.subarray(4, 4 + sizeBytes)));
      this.#pending = this.#pending.subarray(4 + sizeBytes);
    }
    return messages;
  }
}
