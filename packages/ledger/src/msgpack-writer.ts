/**
 * Writes the subset of msgpack that commands and snapshots use: arrays, text, bytes, integers, booleans. Each value has
 * exactly one encoding (always the shortest form, no maps, no extensions), so equal state gives equal bytes on every node
 * and in every version of a library. That, and a reader that is strict on hostile bytes, is why the codec is our own.
 * Source: the msgpack specification. A scaled bigint is written as an integer where 53 bits hold it, else as decimal text:
 * a notional exceeds 64 bits.
 */

/** Room to begin with: fits nearly every command without growing. */
const INITIAL_SIZE_BYTES = 512;
/** Below this the length stands in the tag. */
const SHORT_TEXT_LENGTH = 32;
const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER);

export class MsgpackWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(sizeBytes: number = INITIAL_SIZE_BYTES) {
    this.#buffer = Buffer.allocUnsafe(sizeBytes);
  }

  get sizeBytes(): number {
    return this.#length;
  }

  /** Header of an array of `count` values; the values follow. */
  array(count: number): this {
    this.#reserve(5);
    if (count < 16) this.#buffer[this.#length++] = 0x90 | count;
    else if (count < 0x10000) this.#tagged16(0xdc, count);
    else this.#tagged32(0xdd, count);
    return this;
  }

  text(value: string): this {
    if (value.length < SHORT_TEXT_LENGTH && this.#ascii(value)) return this;
    const sizeBytes = Buffer.byteLength(value, 'utf8');
    this.#reserve(5 + sizeBytes);
    if (sizeBytes < 32) this.#buffer[this.#length++] = 0xa0 | sizeBytes;
    else if (sizeBytes < 0x100) this.#tagged8(0xd9, sizeBytes);
    else if (sizeBytes < 0x10000) this.#tagged16(0xda, sizeBytes);
    else this.#tagged32(0xdb, sizeBytes);
    this.#length += this.#buffer.write(value, this.#length, sizeBytes, 'utf8');
    return this;
  }

  bytes(value: Uint8Array): this {
    this.#reserve(5 + value.length);
    if (value.length < 0x100) this.#tagged8(0xc4, value.length);
    else if (value.length < 0x10000) this.#tagged16(0xc5, value.length);
    else this.#tagged32(0xc6, value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  boolean(value: boolean): this {
    this.#reserve(1);
    this.#buffer[this.#length++] = value ? 0xc3 : 0xc2;
    return this;
  }

  /** A safe integer. Throws RangeError for anything else: the caller has a bug, and rounding would hide it. */
  integer(value: number): this {
    if (!Number.isSafeInteger(value)) {
      throw new RangeError(`cannot encode ${value}: expected an integer of at most 53 bits`);
    }
    this.#reserve(9);
    if (value >= 0) this.#unsigned(value);
    else this.#negative(value);
    return this;
  }

  bigint(value: bigint): this {
    if (value <= SAFE_MAX && value >= -SAFE_MAX) return this.integer(Number(value));
    return this.text(value.toString());
  }

  /** Nested arrays of text, bytes, numbers, booleans and null: what a FIX session's snapshot consists of. */
  plain(value: unknown): this {
    if (Array.isArray(value)) {
      this.array(value.length);
      for (const member of value) this.plain(member);
      return this;
    }
    if (value === null) {
      this.#reserve(1);
      this.#buffer[this.#length++] = 0xc0;
      return this;
    }
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return this.integer(value);
    if (typeof value === 'boolean') return this.boolean(value);
    if (value instanceof Uint8Array) return this.bytes(value);
    throw new RangeError(
      `cannot encode a value of type ${typeof value}: expected text, bytes, number, boolean or null`,
    );
  }

  /** Forgets what was written, keeps the room. */
  clear(): this {
    this.#length = 0;
    return this;
  }

  /** The bytes written so far, until the next write. */
  view(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** The bytes written so far, as a copy that later writes do not touch. */
  finish(): Uint8Array {
    return new Uint8Array(this.#buffer.subarray(0, this.#length));
  }

  /** Most texts are short and plain: written here, they cost a third of a call into the buffer. False: nothing is written. */
  #ascii(value: string): boolean {
    const { length } = value;
    this.#reserve(1 + length);
    const buffer = this.#buffer;
    let at = this.#length;
    buffer[at++] = 0xa0 | length;
    for (let n = 0; n < length; n += 1) {
      const unit = value.charCodeAt(n);
      if (unit > 0x7f) return false;
      buffer[at++] = unit;
    }
    this.#length = at;
    return true;
  }

  #unsigned(value: number): void {
    if (value < 0x80) this.#buffer[this.#length++] = value;
    else if (value < 0x100) this.#tagged8(0xcc, value);
    else if (value < 0x10000) this.#tagged16(0xcd, value);
    else if (value < 0x100000000) this.#tagged32(0xce, value);
    else {
      this.#tagged32(0xcf, Math.floor(value / 0x100000000));
      this.#length = this.#buffer.writeUInt32BE(value % 0x100000000, this.#length);
    }
  }

  #negative(value: number): void {
    if (value >= -32) this.#buffer[this.#length++] = value & 0xff;
    else if (value >= -0x80) this.#tagged8(0xd0, value & 0xff);
    else if (value >= -0x8000) this.#tagged16(0xd1, value & 0xffff);
    else if (value >= -0x80000000) this.#tagged32(0xd2, value >>> 0);
    else {
      this.#buffer[this.#length] = 0xd3;
      this.#buffer.writeBigInt64BE(BigInt(value), this.#length + 1);
      this.#length += 9;
    }
  }

  #tagged8(tag: number, value: number): void {
    this.#buffer[this.#length] = tag;
    this.#buffer[this.#length + 1] = value;
    this.#length += 2;
  }

  #tagged16(tag: number, value: number): void {
    this.#buffer[this.#length] = tag;
    this.#buffer.writeUInt16BE(value, this.#length + 1);
    this.#length += 3;
  }

  #tagged32(tag: number, value: number): void {
    this.#buffer[this.#length] = tag;
    this.#buffer.writeUInt32BE(value, this.#length + 1);
    this.#length += 5;
  }

  #reserve(sizeBytes: number): void {
    const needed = this.#length + sizeBytes;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}
