// What waits to be sent on one link: messages in order, behind them opaque bytes in order; what is urgent never waits
// here.
//
// Rules decided here: at most `maxSocketBytes` are handed to the socket before it took the earlier ones, so that a
// heartbeat waits behind little; a frame holds as many messages as fit; bytes (checkpoints) leave only when no message
// waits, so that they never delay an append. One bound for both. Dropping is answered, never silent.

import { type Message, MessageType } from '@baton/raft';
import type { WireLimits } from './limits.ts';
import { messageSizeBytes } from './message-codec.ts';

/** Leadership lives by these: they pass everything that is queued. */
const URGENT: ReadonlySet<number> = new Set([
  MessageType.Heartbeat,
  MessageType.HeartbeatResp,
  MessageType.Vote,
  MessageType.VoteResp,
  MessageType.PreVote,
  MessageType.PreVoteResp,
  MessageType.TimeoutNow,
]);

export function isUrgent(message: Message): boolean {
  return URGENT.has(message.type);
}

/** A frame is cut here unless one message alone is larger: decoding it must not stall the receiver's loop. */
const FRAME_SIZE_BYTES = 512 * 1024;
/** Kind, channel and length around the bytes of a frame. */
const BYTES_FRAME_HEAD_BYTES = 16;

/** Opaque bytes of the owner on one of its channels. */
export interface QueuedBytes {
  readonly channel: number;
  readonly bytes: Uint8Array;
}

export class Outbox {
  readonly #limits: WireLimits;
  #bytes: QueuedBytes[] = [];
  #messages: Message[] = [];
  #sizes: number[] = [];
  #head = 0;
  #queuedBytes = 0;

  constructor(limits: WireLimits) {
    this.#limits = limits;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  get isEmpty(): boolean {
    return !this.hasMessages && this.#bytes.length === 0;
  }

  get hasMessages(): boolean {
    return this.#head < this.#messages.length;
  }

  /** Takes a message in; false when it is too large or the queue is full. */
  push(message: Message): boolean {
    const sizeBytes = messageSizeBytes(message);
    if (sizeBytes > this.#limits.maxFrameBytes) return false;
    if (this.#queuedBytes > 0 && this.#queuedBytes + sizeBytes > this.#limits.maxQueueBytes) return false;
    this.#messages.push(message);
    this.#sizes.push(sizeBytes);
    this.#queuedBytes += sizeBytes;
    return true;
  }

  /** Takes bytes in; false when they are too large for a frame or the queue is full. */
  pushBytes(item: QueuedBytes): boolean {
    const sizeBytes = item.bytes.length;
    if (sizeBytes + BYTES_FRAME_HEAD_BYTES > this.#limits.maxFrameBytes) return false;
    if (this.#queuedBytes > 0 && this.#queuedBytes + sizeBytes > this.#limits.maxQueueBytes) return false;
    this.#bytes.push(item);
    this.#queuedBytes += sizeBytes;
    return true;
  }

  /** The next bytes, taken out; undefined for none. */
  takeBytes(): QueuedBytes | undefined {
    const item = this.#bytes.shift();
    if (item !== undefined) this.#queuedBytes -= item.bytes.length;
    return item;
  }

  /** The messages of the next frame, taken out. */
  takeFrame(): readonly Message[] {
    const from = this.#head;
    let sizeBytes = 0;
    while (this.#head < this.#messages.length && this.#head - from < this.#limits.maxFrameMessages) {
      const next = this.#sizes[this.#head] ?? 0;
      if (sizeBytes > 0 && sizeBytes + next > FRAME_SIZE_BYTES) break;
      sizeBytes += next;
      this.#head++;
    }
    this.#queuedBytes -= sizeBytes;
    const frame = this.#messages.slice(from, this.#head);
    if (!this.hasMessages) {
      this.#messages = [];
      this.#sizes = [];
      this.#head = 0;
    }
    return frame;
  }

  /** Number of messages waiting. */
  get length(): number {
    return this.#messages.length - this.#head;
  }
}
