// A FIX message as an indexed view of its bytes: tags and value offsets in one
// pass, values read when asked for. Reading never throws; a fault of syntax is a
// property, and the session treats such a message as garbled.
// Tags are numbers all the way: nothing from the wire becomes an object key.

import { dataTagOf } from './data-fields.ts';
import { parseDecimalBytes } from './decimal.ts';
import { readLatin1 } from './latin1.ts';
import { Tag } from './tag.ts';
import { parseUtcTimestampBytes } from './utc-timestamp.ts';

const SOH = 1;
const EQUALS = 61;
const MINUS = 45;
const ZERO = 48;

/** A frame has at most this many fields; one with more is faulty. */
export const FIELDS_MAX = 20_000;

/** What a repeating group consists of. */
export interface GroupSpec {
  /** The NoXxx field. */
  readonly countTag: number;
  /** First field of every entry. */
  readonly delimiterTag: number;
  /** Every tag that may occur in an entry, nested groups included. */
  readonly memberTags: ReadonlySet<number>;
}

/** One field in its place. */
export interface RawField {
  readonly tag: number;
  readonly value: string;
}

/** Tags and value offsets of the fields of many messages. */
interface FieldIndex {
  readonly tags: Int32Array;
  readonly spans: Int32Array;
}

/** A run of fields: a whole message, or one entry of a repeating group. */
export class FieldView {
  readonly #bytes: Buffer;
  /** Tags of the fields one after the other: a lookup scans nothing else. Ours are those from #from to #to. */
  readonly #tags: Int32Array;
  /** Where the values begin and end: [start, end) of field i at 2i. */
  readonly #spans: Int32Array;
  readonly #from: number;
  readonly #to: number;

  /** Internal: views are made by parseMessage and groups(). */
  constructor(bytes: Buffer, index: FieldIndex, from: number, to: number) {
    this.#bytes = bytes;
    this.#tags = index.tags;
    this.#spans = index.spans;
    this.#from = from;
    this.#to = to;
  }

  /** Position of a tag's first field, -1 when absent. */
  #find(tag: number): number {
    const tags = this.#tags;
    const to = this.#to;
    for (let i = this.#from; i < to; i++) {
      if (tags[i] === tag) {
        return i;
      }
    }
    return -1;
  }

  #text(at: number): string {
    const spans = this.#spans;
    return readLatin1(this.#bytes, spans[2 * at]!, spans[2 * at + 1]!);
  }

  has(tag: number): boolean {
    return this.#find(tag) >= 0;
  }

  /** The value as text, one character a byte; undefined when absent. */
  getString(tag: number): string | undefined {
    const at = this.#find(tag);
    return at < 0 ? undefined : this.#text(at);
  }

  /** The value's bytes (a view, not a copy); undefined when absent. For data fields. */
  getBytes(tag: number): Buffer | undefined {
    const at = this.#find(tag);
    if (at < 0) {
      return undefined;
    }
    const spans = this.#spans;
    return this.#bytes.subarray(spans[2 * at]!, spans[2 * at + 1]!);
  }

  /** A whole number; undefined when absent, not one, or longer than 15 digits. Leading zeros are allowed. */
  getInt(tag: number): number | undefined {
    const at = this.#find(tag);
    if (at < 0) {
      return undefined;
    }
    const bytes = this.#bytes;
    const spans = this.#spans;
    const value = intAt(bytes, spans[2 * at]!, spans[2 * at + 1]!);
    return Number.isNaN(value) ? undefined : value;
  }

  /** A price, quantity or amount scaled by 10^scale; undefined when absent, malformed or too precise. */
  getDecimal(tag: number, scale: number): bigint | undefined {
    const at = this.#find(tag);
    if (at < 0) {
      return undefined;
    }
    const bytes = this.#bytes;
    const spans = this.#spans;
    return parseDecimalBytes(bytes, spans[2 * at]!, spans[2 * at + 1]!, scale);
  }

  /** Y or N; undefined when absent or anything else. */
  getBoolean(tag: number): boolean | undefined {
    const at = this.#find(tag);
    if (at < 0) {
      return undefined;
    }
    const bytes = this.#bytes;
    const spans = this.#spans;
    const start = spans[2 * at]!;
    const code = spans[2 * at + 1]! - start === 1 ? bytes[start] : undefined;
    return code === 89 ? true : code === 78 ? false : undefined;
  }

  /** A UTCTimestamp in µs since 1970; undefined when absent or malformed. */
  getTimeUs(tag: number): number | undefined {
    const at = this.#find(tag);
    if (at < 0) {
      return undefined;
    }
    const bytes = this.#bytes;
    const spans = this.#spans;
    return parseUtcTimestampBytes(bytes, spans[2 * at]!, spans[2 * at + 1]!);
  }

  /** All fields in their order. */
  fields(): RawField[] {
    const list: RawField[] = [];
    for (let i = this.#from; i < this.#to; i++) {
      list.push({ tag: this.#tags[i]!, value: this.#text(i) });
    }
    return list;
  }

  /**
   * The entries of a repeating group; empty when the group is absent. Entries are
   * taken as they stand: a wrong count is the dictionary's business to refuse, so
   * compare with getInt(countTag) where that matters.
   */
  groups(group: GroupSpec): FieldView[] {
    const tags = this.#tags;
    const index: FieldIndex = { tags, spans: this.#spans };
    const entries: FieldView[] = [];
    const count = this.#find(group.countTag);
    let at = count < 0 ? this.#to : count + 1;
    while (at < this.#to && tags[at] === group.delimiterTag) {
      let end = at + 1;
      while (end < this.#to && tags[end] !== group.delimiterTag && group.memberTags.has(tags[end]!)) {
        end++;
      }
      entries.push(new FieldView(this.#bytes, index, at, end));
      at = end;
    }
    return entries;
  }
}

/** A whole message: header, body and trailer in one run of fields. */
export class FixMessage extends FieldView {
  /** The frame, from `8=` to the SOH after the checksum. */
  readonly bytes: Buffer;
  /** MsgType (35); '' when absent. */
  readonly msgType: string;
  /** MsgSeqNum (34); undefined when absent or no number from 0 to 2^31-1. */
  readonly msgSeqNum: number | undefined;
  /** Why the bytes are no message, with the offset; undefined when they are one. */
  readonly fault: string | undefined;

  /** Internal: use parseMessage. */
  constructor(bytes: Buffer, index: FieldIndex, from: number, to: number, fault: string | undefined) {
    super(bytes, index, from, to);
    this.bytes = bytes;
    this.msgType = this.getString(Tag.MsgType) ?? '';
    const seq = this.getInt(Tag.MsgSeqNum) ?? -1;
    this.msgSeqNum = seq < 0 || seq > 0x7fff_ffff ? undefined : seq;
    this.fault = fault;
  }

  get beginString(): string {
    return this.getString(Tag.BeginString) ?? '';
  }

  get senderCompId(): string | undefined {
    return this.getString(Tag.SenderCompID);
  }

  get targetCompId(): string | undefined {
    return this.getString(Tag.TargetCompID);
  }

  /** PossDupFlag (43) is Y: sent again under its old number. */
  get possDup(): boolean {
    return this.getBoolean(Tag.PossDupFlag) === true;
  }

  /** PossResend (97) is Y: may have been sent before under another number. */
  get possResend(): boolean {
    return this.getBoolean(Tag.PossResend) === true;
  }

  /** SendingTime (52) in µs since 1970. */
  get sendingTimeUs(): number | undefined {
    return this.getTimeUs(Tag.SendingTime);
  }
}

function intAt(bytes: Buffer, start: number, end: number): number {
  const negative = bytes[start] === MINUS;
  const first = negative ? start + 1 : start;
  if (end === first || end - first > 15) {
    return Number.NaN;
  }
  let value = 0;
  for (let i = first; i < end; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit < 0 || digit > 9) {
      return Number.NaN;
    }
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}

// Indexes are cut from a slab: typed arrays of its own would cost a message more than its reading.
const SLAB_FIELDS = 8_192;

function newSlab(fields: number): FieldIndex {
  return { tags: new Int32Array(fields), spans: new Int32Array(2 * fields) };
}

let slab = newSlab(SLAB_FIELDS);
let slabUsed = 0;

/** Index of a frame's fields. The frame is not copied: do not change it while the message is in use. */
export function parseMessage(frame: Uint8Array): FixMessage {
  const bytes = Buffer.isBuffer(frame) ? frame : Buffer.from(frame.buffer, frame.byteOffset, frame.length);
  // A field takes at least three bytes (`=` and SOH and one digit), so a frame of n bytes has at most n/3.
  const most = Math.min(Math.ceil(bytes.length / 3), FIELDS_MAX);
  if (most > slab.tags.length - slabUsed) {
    slab = newSlab(Math.max(SLAB_FIELDS, most));
    slabUsed = 0;
  }
  const from = slabUsed;
  slabUsed = indexFields(bytes, slab, from, from + most);
  return new FixMessage(bytes, slab, from, slabUsed, indexFault);
}

/** Why the last index ended early; undefined when it did not. */
let indexFault: string | undefined;

/** Fills the index from `base` on; returns where it ends and sets indexFault. */
function indexFields(bytes: Buffer, { tags, spans }: FieldIndex, base: number, limit: number): number {
  indexFault = undefined;
  const length = bytes.length;
  // With SOH as the last byte no scan below can run past the end: none of them skips one, but for a data field's,
  // whose end is checked.
  if (length === 0 || bytes[length - 1] !== SOH) {
    indexFault = `no field end at offset ${length}`;
    return base;
  }
  let to = base;
  let pos = 0;
  let dataTag = 0;
  let dataLength = 0;
  while (pos < length) {
    const fieldStart = pos;
    let code = bytes[pos]!;
    const negative = code === MINUS;
    if (negative) {
      code = bytes[++pos]!;
    }
    const digitsStart = pos;
    let tag = 0;
    // `| 0` tells the compiler that these stay 32-bit integers: a third of the time of the two inner loops.
    while (code >= ZERO && code <= 57) {
      tag = (Math.imul(tag, 10) + (code - ZERO)) | 0;
      pos = (pos + 1) | 0;
      code = bytes[pos]!;
    }
    const digits = pos - digitsStart;
    if (code !== EQUALS || digits === 0 || digits > 9 || to >= limit) {
      indexFault = `no tag at offset ${fieldStart}`;
      return to;
    }
    const start = pos + 1;
    let end = start;
    if (dataTag !== 0 && tag === dataTag && bytes[start + dataLength] === SOH) {
      end = start + dataLength;
    } else {
      while (bytes[end] !== SOH) {
        end = (end + 1) | 0;
      }
    }
    tags[to] = negative ? -tag : tag;
    spans[2 * to] = start;
    spans[2 * to + 1] = end;
    to++;
    dataTag = dataTagOf(tag);
    if (dataTag !== 0) {
      dataLength = intAt(bytes, start, end);
      dataTag = dataLength >= 0 && dataLength < length ? dataTag : 0;
    }
    pos = end + 1;
  }
  return to;
}
