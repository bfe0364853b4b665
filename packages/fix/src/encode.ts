// Writing messages: body fields to bytes, and header, BodyLength and CheckSum
// around a body. Nothing that would break the framing gets through: no SOH or
// empty value in a text, a data field only right behind its length field.

import { lengthTagOf } from './data-fields.ts';
import { writeLatin1 } from './latin1.ts';
import { Tag } from './tag.ts';
import { formatUtcTimestamp, type TimestampPrecision } from './utc-timestamp.ts';

const SOH = 1;
const SOH_TEXT = '\u0001';

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

function checkText(tag: number, value: string): string {
  if (value.length === 0) {
    throw new FixEncodeError(tag, `cannot write field ${tag}: the value is empty, leave the field out instead`);
  }
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code === SOH || code > 0xff) {
      throw new FixEncodeError(
        tag,
        `cannot write field ${tag}: character ${i} has code ${code}, expected Latin-1 without SOH; use a data field (EncodedText) for other text`,
      );
    }
  }
  return value;
}

function textOf(tag: number, value: string | number | bigint): string {
  if (typeof value === 'string') {
    return checkText(tag, value);
  }
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

/** Bytes of the fields, in the order given: `tag=value` SOH each. Throws FixEncodeError for an illegal field. */
export function encodeBody(fields: readonly BodyField[]): Buffer {
  let text = '';
  let parts: Buffer[] | undefined;
  for (let i = 0; i < fields.length; i++) {
    const [tag, value] = fields[i]!;
    if (!(Number.isSafeInteger(tag) && tag > 0)) {
      throw new FixEncodeError(tag, `cannot write field ${tag}: a tag is a whole number above 0`);
    }
    if (value instanceof Uint8Array) {
      checkData(fields, i, value);
      parts ??= [];
      parts.push(Buffer.from(`${text}${tag}=`, 'latin1'), Buffer.from(value));
      text = SOH_TEXT;
    } else {
      text += `${tag}=${textOf(tag, value)}${SOH_TEXT}`;
    }
  }
  if (parts === undefined) {
    return Buffer.from(text, 'latin1');
  }
  parts.push(Buffer.from(text, 'latin1'));
  return Buffer.concat(parts);
}

/**
 * A whole message: 8, 9 and 35 first, the rest of the header, the body as given
 * (output of encodeBody, which may begin with optional header fields), 10 last.
 */
export function encodeMessage(header: MessageHeader, body: Uint8Array): Buffer {
  const { msgType, possDup, possResend, origSendingTimeUs, extra, timestampPrecision } = header;
  let head = `35=${checkText(Tag.MsgType, msgType)}\u000149=${header.senderCompId}\u000156=${header.targetCompId}\u000134=${textOf(Tag.MsgSeqNum, header.msgSeqNum)}\u0001`;
  if (possDup === true) {
    head += '43=Y\u0001';
  }
  if (possResend === true) {
    head += '97=Y\u0001';
  }
  head += `52=${formatUtcTimestamp(header.sendingTimeUs, timestampPrecision)}\u0001`;
  if (origSendingTimeUs !== undefined) {
    head += `122=${formatUtcTimestamp(origSendingTimeUs, timestampPrecision)}\u0001`;
  }
  const extraBytes = extra === undefined || extra.length === 0 ? undefined : encodeBody(extra);
  const bodyLength = head.length + (extraBytes?.length ?? 0) + body.length;
  const start = `8=${header.beginString}\u00019=${bodyLength}\u0001${head}`;
  const bytes = Buffer.allocUnsafe(start.length + bodyLength - head.length + 7);
  let pos = writeLatin1(bytes, start, 0);
  if (extraBytes !== undefined) {
    bytes.set(extraBytes, pos);
    pos += extraBytes.length;
  }
  bytes.set(body, pos);
  pos += body.length;
  writeCheckSum(bytes, pos);
  return bytes;
}

function writeCheckSum(bytes: Buffer, pos: number): void {
  let sum = 0;
  for (let i = 0; i < pos; i++) {
    sum += bytes[i]!;
  }
  sum &= 0xff;
  bytes[pos] = 49;
  bytes[pos + 1] = 48;
  bytes[pos + 2] = 61;
  bytes[pos + 3] = 48 + Math.floor(sum / 100);
  bytes[pos + 4] = 48 + (Math.floor(sum / 10) % 10);
  bytes[pos + 5] = 48 + (sum % 10);
  bytes[pos + 6] = SOH;
}
