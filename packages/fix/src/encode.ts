// Writing messages: body fields to bytes, and header, BodyLength and CheckSum
// around a body. Nothing that would break the framing gets through: no SOH or
// empty value in a text, a data field only right behind its length field.
// Text is written character by character into a scratch buffer, which checks and
// copies in one pass; what is returned is always a buffer of its own.

import { checkSum } from './check-sum.ts';
import { lengthTagOf } from './data-fields.ts';
import { Tag } from './tag.ts';
import { formatUtcTimestamp, type TimestampPrecision } from './utc-timestamp.ts';

const SOH = 1;
const EQUALS = 61;
const ZERO = 48;

/** One field to write. Numbers must be whole; prices and quantities come as text from formatDecimal. Bytes are for data fields. */
export type BodyField = readonly [tag: number, value: string | number | bigint | Uint8Array];

/** What was to be written is no legal field. */
export class FixEncodeError extends Error {
  readonly code = 'BATON_FIX_ENCODE';
  override readonly name = 'FixEncodeError';
  readonly tag: number;

  constructor(tag: number, message: string) {
    super(message);
    this.tag = tag;
  }
}

/** The standard header of one message; everything that is not in the body. */
export interface MessageHeader {
  readonly beginString: string;
  readonly msgType: string;
  readonly msgSeqNum: number;
  readonly senderCompId: string;
  readonly targetCompId: string;
  /** SendingTime (52), µs since 1970. */
  readonly sendingTimeUs: number;
  /** Writes 43=Y. */
  readonly possDup?: boolean | undefined;
  /** Writes 97=Y. */
  readonly possResend?: boolean | undefined;
  /** Writes OrigSendingTime (122), µs since 1970. */
  readonly origSendingTimeUs?: number | undefined;
  /** Further header fields, in this order, before the body. */
  readonly extra?: readonly BodyField[] | undefined;
  /** Fraction digits of 52 and 122; default 'ms'. */
  readonly timestampPrecision?: TimestampPrecision | undefined;
}

let scratch = Buffer.allocUnsafeSlow(16_384);

/** Room for `size` more bytes from `pos` on; what is already written stays. */
function reserve(pos: number, size: number): void {
  if (pos + size > scratch.length) {
    const grown = Buffer.allocUnsafeSlow(2 * (pos + size));
    scratch.copy(grown, 0, 0, pos);
    scratch = grown;
  }
}

/** A copy of scratch[start, end) that the caller owns. */
function copyOut(start: number, end: number): Buffer {
  const bytes = Buffer.allocUnsafe(end - start);
  scratch.copy(bytes, 0, start, end);
  return bytes;
}

function refuseText(tag: number, value: string, at: number): never {
  throw new FixEncodeError(
    tag,
    value.length === 0
      ? `cannot write field ${tag}: the value is empty, leave the field out instead`
      : `cannot write field ${tag}: character ${at} has code ${value.charCodeAt(at)}, expected Latin-1 without SOH; use a data field (EncodedText) for other text`,
  );
}

/** Writes `tag=`; room for 20 bytes must be there. */
function putTag(tag: number, pos: number): number {
  const out = scratch;
  let at = pos;
  if (tag >= 10 && tag < 100) {
    const tens = (tag / 10) | 0;
    out[at] = ZERO + tens;
    out[at + 1] = ZERO + tag - tens * 10;
    out[at + 2] = EQUALS;
    return at + 3;
  }
  if (!(Number.isSafeInteger(tag) && tag > 0)) {
    throw new FixEncodeError(tag, `cannot write field ${tag}: a tag is a whole number above 0`);
  }
  const text = tag.toString();
  for (let i = 0; i < text.length; i++) {
    out[at++] = text.charCodeAt(i);
  }
  out[at++] = EQUALS;
  return at;
}

/** Writes `tag=text` SOH; returns the position behind it. */
function putText(tag: number, value: string, pos: number): number {
  const length = value.length;
  reserve(pos, length + 20);
  const out = scratch;
  let at = putTag(tag, pos);
  if (length === 0) {
    refuseText(tag, value, 0);
  }
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i);
    if (code === SOH || code > 0xff) {
      refuseText(tag, value, i);
    }
    out[at++] = code;
  }
  out[at++] = SOH;
  return at;
}

function putBytes(tag: number, bytes: Uint8Array, pos: number): number {
  reserve(pos, bytes.length + 20);
  const at = putTag(tag, pos);
  scratch.set(bytes, at);
  scratch[at + bytes.length] = SOH;
  return at + bytes.length + 1;
}

function wholeNumber(tag: number, value: number | bigint): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new FixEncodeError(
      tag,
      `cannot write field ${tag}: ${value} is not a whole number, format decimals from a scaled bigint`,
    );
  }
  return value.toString();
}

function checkData(fields: readonly BodyField[], at: number, bytes: Uint8Array): void {
  const tag = fields[at]![0];
  const lengthTag = lengthTagOf(tag);
  const before = at > 0 ? fields[at - 1] : undefined;
  if (lengthTag === undefined) {
    if (bytes.length === 0 || bytes.includes(SOH)) {
      throw new FixEncodeError(tag, `cannot write field ${tag}: bytes are empty or hold SOH, and it is no data field`);
    }
  } else if (before?.[0] !== lengthTag || Number(before[1]) !== bytes.length || bytes.length === 0) {
    throw new FixEncodeError(
      tag,
      `cannot write data field ${tag}: expected field ${lengthTag} with value ${bytes.length} right before it`,
    );
  }
}

function putFields(fields: readonly BodyField[], pos: number): number {
  let at = pos;
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]!;
    const tag = field[0];
    const value = field[1];
    if (typeof value === 'string') {
      at = putText(tag, value, at);
    } else if (value instanceof Uint8Array) {
      checkData(fields, i, value);
      at = putBytes(tag, value, at);
    } else {
      at = putText(tag, wholeNumber(tag, value), at);
    }
  }
  return at;
}

/** Bytes of the fields, in the order given: `tag=value` SOH each. Throws FixEncodeError for an illegal field. */
export function encodeBody(fields: readonly BodyField[]): Buffer {
  return copyOut(0, putFields(fields, 0));
}

/** Header fields from MsgType on, at `pos`. */
function putHeader(header: MessageHeader, pos: number): number {
  const { timestampPrecision } = header;
  let at = putText(Tag.MsgType, header.msgType, pos);
  at = putText(Tag.SenderCompID, header.senderCompId, at);
  at = putText(Tag.TargetCompID, header.targetCompId, at);
  at = putText(Tag.MsgSeqNum, wholeNumber(Tag.MsgSeqNum, header.msgSeqNum), at);
  if (header.possDup === true) {
    at = putText(Tag.PossDupFlag, 'Y', at);
  }
  if (header.possResend === true) {
    at = putText(Tag.PossResend, 'Y', at);
  }
  at = putText(Tag.SendingTime, formatUtcTimestamp(header.sendingTimeUs, timestampPrecision), at);
  if (header.origSendingTimeUs !== undefined) {
    at = putText(Tag.OrigSendingTime, formatUtcTimestamp(header.origSendingTimeUs, timestampPrecision), at);
  }
  return header.extra === undefined ? at : putFields(header.extra, at);
}

/** BeginString and BodyLength are written right before this position, once the length is known. */
const HEADER_START = 48;

/**
 * A whole message: 8, 9 and 35 first, the rest of the header, the body as given
 * (output of encodeBody, which may begin with optional header fields), 10 last.
 */
export function encodeMessage(header: MessageHeader, body: Uint8Array): Buffer {
  let at = putHeader(header, HEADER_START);
  reserve(at, body.length + 8);
  scratch.set(body, at);
  at += body.length;
  const start = putLength(header.beginString, at - HEADER_START);
  const sum = checkSum(scratch, start, at);
  scratch[at] = 49;
  scratch[at + 1] = ZERO;
  scratch[at + 2] = EQUALS;
  scratch[at + 3] = ZERO + Math.floor(sum / 100);
  scratch[at + 4] = ZERO + (Math.floor(sum / 10) % 10);
  scratch[at + 5] = ZERO + (sum % 10);
  scratch[at + 6] = SOH;
  return copyOut(start, at + 7);
}

/** Writes `8=…` and `9=…` backwards from the header; returns where the message begins. */
function putLength(beginString: string, bodyLength: number): number {
  if (beginString.length > 16) {
    throw new FixEncodeError(Tag.BeginString, `cannot write BeginString '${beginString.slice(0, 100)}': too long`);
  }
  let at = HEADER_START;
  scratch[--at] = SOH;
  let rest = bodyLength;
  do {
    scratch[--at] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  } while (rest > 0);
  scratch[--at] = EQUALS;
  scratch[--at] = 57;
  scratch[--at] = SOH;
  for (let i = beginString.length - 1; i >= 0; i--) {
    scratch[--at] = beginString.charCodeAt(i);
  }
  scratch[--at] = EQUALS;
  scratch[--at] = 56;
  return at;
}
