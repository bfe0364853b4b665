// Cuts a byte stream into messages. Bounds come before memory: BodyLength has at
// most six digits and a limit, and nothing is allocated from what a peer claims.
// BodyLength and CheckSum are enforced; what does not fit is handed out as
// garbled and skipped, at least one byte at a time, so every step ends.
//
// Where the skipped part ends follows the session test cases 2m and 3c: a message
// with a wrong length ends at the first CheckSum field at or after the claimed
// end, so one claimed too long takes the next message with it.
// Source: FIX 4.4 volume 2, message integrity; cases 2d, 2l, 2m, 2t, 3a to 3c.

import { checkSum } from './check-sum.ts';

/** Why bytes were skipped. */
export type GarbledReason =
  | 'no-begin-string'
  | 'bad-body-length'
  | 'body-too-long'
  | 'no-msg-type'
  | 'wrong-body-length'
  | 'bad-check-sum';

export type Frame =
  /** One message from `8=` to the SOH after the checksum: a view that stays valid, not a copy. */
  | { readonly type: 'message'; readonly bytes: Buffer }
  /** Skipped bytes. */
  | { readonly type: 'garbled'; readonly reason: GarbledReason; readonly byteCount: number };

export interface FramerOptions {
  /** Longest accepted BodyLength; default 65536. Before a logon 8192 is enough. */
  readonly maxBodyLengthBytes?: number | undefined;
}

/** Default limit of a message body. */
export const MAX_BODY_LENGTH_BYTES = 65_536;
/** Limit to use before the peer has logged on. */
export const MAX_BODY_LENGTH_BEFORE_LOGON_BYTES = 8_192;

const SOH = 1;
const ZERO = 48;
const TRAILER_LENGTH = 7; // '10=ddd' SOH
const START = Buffer.from('8=FIX');
const TRAILER = Buffer.from('\u000110=');
const INITIAL_CAPACITY = 4_096;

/** What the first bytes of a message say; `need` asks for more bytes. */
type Header =
  | { readonly type: 'need' }
  | { readonly type: 'bad'; readonly reason: GarbledReason }
  | { readonly type: 'ok'; readonly bodyStart: number; readonly bodyLength: number };

const NEED: Header = { type: 'need' };

export class Framer {
  #maxBodyLength: number;
  #buffer: Buffer = Buffer.alloc(0);
  #owned = false;
  #start = 0;
  #end = 0;
  /** Where the search for the end of a garbled message goes on; 0 = not begun. */
  #searched = 0;

  constructor(options: FramerOptions = {}) {
    this.#maxBodyLength = options.maxBodyLengthBytes ?? MAX_BODY_LENGTH_BYTES;
  }

  /** Changes the limit, for messages not yet handed out. */
  setMaxBodyLength(bytes: number): void {
    this.#maxBodyLength = bytes;
  }

  /** Bytes received and not yet handed out. */
  get pendingByteCount(): number {
    return this.#end - this.#start;
  }

  /** Takes received bytes. They are not copied when nothing is pending: do not change the chunk afterwards. */
  push(chunk: Uint8Array): void {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const pending = this.#end - this.#start;
    if (pending === 0) {
      this.#buffer = bytes;
      this.#owned = false;
      this.#start = 0;
      this.#end = bytes.length;
      this.#searched = 0;
      return;
    }
    if (!this.#owned || this.#buffer.length - this.#end < bytes.length) {
      // Never moved in place: frames handed out before are views of the old buffer.
      const grown = Buffer.allocUnsafe(Math.max(2 * (pending + bytes.length), INITIAL_CAPACITY));
      this.#buffer.copy(grown, 0, this.#start, this.#end);
      this.#searched = Math.max(0, this.#searched - this.#start);
      this.#buffer = grown;
      this.#owned = true;
      this.#start = 0;
      this.#end = pending;
    }
    bytes.copy(this.#buffer, this.#end);
    this.#end += bytes.length;
  }

  /** The next message or garbled run; undefined when more bytes are needed. */
  next(): Frame | undefined {
    if (this.#start === this.#end) {
      return undefined;
    }
    const lead = this.#seekStart(this.#start);
    if (lead > this.#start) {
      return this.#skip(lead, 'no-begin-string');
    }
    const header = this.#end - this.#start < START.length ? NEED : this.#readHeader();
    if (header.type === 'need') {
      return undefined;
    }
    if (header.type === 'bad') {
      return this.#skip(this.#seekStart(this.#start + 1), header.reason);
    }
    return this.#readBody(header.bodyStart, header.bodyLength);
  }

  /** First position from `from` on where a message may begin, counting a start that is cut off by the end. */
  #seekStart(from: number): number {
    const buffer = this.#buffer;
    const end = this.#end;
    let at = from;
    while (at < end) {
      // A search only where it is needed: nearly always the message begins right here.
      at = buffer[at] === START[0] ? at : buffer.indexOf(START[0]!, at);
      if (at < 0 || at >= end) {
        return end;
      }
      let matched = 1;
      while (matched < START.length && at + matched < end && buffer[at + matched] === START[matched]) {
        matched++;
      }
      if (matched === START.length || at + matched === end) {
        return at;
      }
      at++;
    }
    return end;
  }

  #skip(to: number, reason: GarbledReason): Frame {
    const byteCount = to - this.#start;
    this.#start = to;
    this.#searched = 0;
    return { type: 'garbled', reason, byteCount };
  }

  /** BeginString, BodyLength and the tag of MsgType: the three fields that must come first. */
  #readHeader(): Header {
    const buffer = this.#buffer;
    const end = this.#end;
    let pos = this.#start + START.length;
    // 'FIX.4.4', 'FIXT.1.1': an optional T, then two numbers of one or two digits.
    const nameEnd = Math.min(end, pos + 8);
    while (pos < nameEnd && buffer[pos] !== SOH) {
      const code = buffer[pos]!;
      if (!((code >= ZERO && code <= 57) || code === 46 || code === 84)) {
        return { type: 'bad', reason: 'no-begin-string' };
      }
      pos++;
    }
    if (pos === end) {
      return NEED;
    }
    if (buffer[pos] !== SOH) {
      return { type: 'bad', reason: 'no-begin-string' };
    }
    pos++;
    if (pos + 2 > end) {
      return pos < end && buffer[pos] !== 57 ? { type: 'bad', reason: 'bad-body-length' } : NEED;
    }
    if (buffer[pos] !== 57 || buffer[pos + 1] !== 61) {
      return { type: 'bad', reason: 'bad-body-length' };
    }
    return this.#readBodyLength(pos + 2);
  }

  #readBodyLength(from: number): Header {
    const buffer = this.#buffer;
    const end = this.#end;
    let pos = from;
    let bodyLength = 0;
    while (pos < end && pos - from < 7 && buffer[pos] !== SOH) {
      const digit = buffer[pos]! - ZERO;
      if (digit < 0 || digit > 9) {
        return { type: 'bad', reason: 'bad-body-length' };
      }
      bodyLength = bodyLength * 10 + digit;
      pos++;
    }
    if (pos - from > 6) {
      return { type: 'bad', reason: 'body-too-long' };
    }
    if (pos === end) {
      return NEED;
    }
    if (pos === from) {
      return { type: 'bad', reason: 'bad-body-length' };
    }
    return bodyLength > this.#maxBodyLength
      ? { type: 'bad', reason: 'body-too-long' }
      : { type: 'ok', bodyStart: pos + 1, bodyLength };
  }

  #readBody(bodyStart: number, bodyLength: number): Frame | undefined {
    const buffer = this.#buffer;
    const trailer = bodyStart + bodyLength;
    const messageEnd = trailer + TRAILER_LENGTH;
    if (messageEnd > this.#end) {
      return undefined;
    }
    if (
      buffer[trailer - 1] !== SOH ||
      buffer[trailer] !== 49 ||
      buffer[trailer + 1] !== ZERO ||
      buffer[trailer + 2] !== 61 ||
      buffer[messageEnd - 1] !== SOH
    ) {
      return this.#skipToTrailer(trailer);
    }
    if (buffer[bodyStart] !== 51 || buffer[bodyStart + 1] !== 53 || buffer[bodyStart + 2] !== 61) {
      return this.#skip(messageEnd, 'no-msg-type');
    }
    const claimed =
      (buffer[trailer + 3]! - ZERO) * 100 + (buffer[trailer + 4]! - ZERO) * 10 + (buffer[trailer + 5]! - ZERO);
    if (checkSum(buffer, this.#start, trailer) !== claimed) {
      return this.#skip(messageEnd, 'bad-check-sum');
    }
    const whole = this.#start === 0 && messageEnd === buffer.length;
    const bytes = whole ? buffer : buffer.subarray(this.#start, messageEnd);
    this.#start = messageEnd;
    return { type: 'message', bytes };
  }

  /** The length was wrong: skip to the end of the first CheckSum field at or after the claimed end. */
  #skipToTrailer(claimedEnd: number): Frame | undefined {
    const buffer = this.#buffer;
    const from = Math.max(this.#searched, claimedEnd - 1);
    const found = buffer.indexOf(TRAILER, from);
    const limit = claimedEnd + this.#maxBodyLength;
    if (found < 0 || found >= this.#end) {
      if (this.#end > limit) {
        return this.#skip(this.#seekStart(this.#start + 1), 'wrong-body-length');
      }
      this.#searched = Math.max(claimedEnd - 1, this.#end - TRAILER.length + 1);
      return undefined;
    }
    const close = buffer.indexOf(SOH, found + TRAILER.length);
    if (close < 0 || close >= this.#end) {
      return this.#end - found > 2 * TRAILER_LENGTH ? this.#skip(found + 1, 'wrong-body-length') : undefined;
    }
    return this.#skip(close + 1, 'wrong-body-length');
  }
}
