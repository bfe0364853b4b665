/**
 * Reads what MsgpackWriter writes. Strict on hostile bytes: every length is checked against what is left before anything
 * is allocated, a value of another type than the one asked for is malformed, and bytes left over are malformed. Malformed
 * input throws MalformedError, a private signal that the decoders of this package turn into a refusal: nothing of it
 * leaves the package.
 */

import { CACHED_LENGTH_MAX, TextCache } from '@baton/fix';

const known = new TextCache();

/** Carries why and where decoding stopped; never leaves this package. */
export class MalformedError extends Error {
  readonly code = 'BATON_LEDGER_MALFORMED';
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(`cannot decode: ${reason} at byte ${offset}`);
    this.name = 'MalformedError';
    this.offset = offset;
  }
}

export class MsgpackReader {
  readonly #buffer: Buffer;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Has everything been read? */
  get atEnd(): boolean {
    return this.#offset === this.#buffer.length;
  }

  /** Number of values of the array that begins here; refused when more than the bytes left could hold. */
  array(): number {
    const tag = this.#byte();
    let count: number;
    if ((tag & 0xf0) === 0x90) count = tag & 0x0f;
    else if (tag === 0xdc) count = this.#uint16();
    else if (tag === 0xdd) count = this.#uint32();
    else throw this.#malformed('expected an array');
    if (count > this.#buffer.length - this.#offset) throw this.#malformed('array longer than the input');
    return count;
  }

  /** Array with exactly `count` values. */
  arrayOf(count: number): void {
    const found = this.array();
    if (found !== count) throw this.#malformed(`expected ${count} fields, found ${found}`);
  }

  text(sizeBytesMax: number): string {
    const tag = this.#byte();
    let sizeBytes: number;
    if ((tag & 0xe0) === 0xa0) sizeBytes = tag & 0x1f;
    else if (tag === 0xd9) sizeBytes = this.#byte();
    else if (tag === 0xda) sizeBytes = this.#uint16();
    else if (tag === 0xdb) sizeBytes = this.#uint32();
    else throw this.#malformed('expected text');
    if (sizeBytes > sizeBytesMax) throw this.#malformed(`text longer than ${sizeBytesMax} bytes`);
    const start = this.#advance(sizeBytes);
    const end = start + sizeBytes;
    if (sizeBytes > CACHED_LENGTH_MAX) return this.#buffer.toString('utf8', start, end);
    if (sizeBytes === 0) return '';
    const text = known.find(this.#buffer, start, end);
    if (text !== undefined) return text;
    const made = this.#buffer.toString('utf8', start, end);
    // As long in characters as in bytes: plain ASCII.
    return made.length === sizeBytes ? known.keep(this.#buffer, start, end, made) : made;
  }

  /** A view into the input, not a copy. */
  bytes(sizeBytesMax: number): Uint8Array {
    const tag = this.#byte();
    let sizeBytes: number;
    if (tag === 0xc4) sizeBytes = this.#byte();
    else if (tag === 0xc5) sizeBytes = this.#uint16();
    else if (tag === 0xc6) sizeBytes = this.#uint32();
    else throw this.#malformed('expected bytes');
    if (sizeBytes > sizeBytesMax) throw this.#malformed(`bytes longer than ${sizeBytesMax}`);
    const start = this.#advance(sizeBytes);
    return this.#buffer.subarray(start, start + sizeBytes);
  }

  boolean(): boolean {
    const tag = this.#byte();
    if (tag === 0xc3) return true;
    if (tag === 0xc2) return false;
    throw this.#malformed('expected a boolean');
  }

  integer(): number {
    const tag = this.#byte();
    if (tag < 0x80) return tag;
    if (tag >= 0xe0) return tag - 0x100;
    const value = this.#wideInteger(tag);
    if (!Number.isSafeInteger(value)) throw this.#malformed('integer of more than 53 bits');
    return value;
  }

  /** An integer of at least 0. */
  natural(): number {
    const value = this.integer();
    if (value < 0) throw this.#malformed(`expected 0 or more, found ${value}`);
    return value;
  }

  bigint(): bigint {
    const tag = this.#buffer[this.#offset] ?? 0;
    if (tag < 0x80 || tag >= 0xe0 || (tag >= 0xcc && tag <= 0xd3)) return BigInt(this.integer());
    const value = this.text(80);
    if (!/^-?\d+$/.test(value)) throw this.#malformed('expected a decimal integer');
    return BigInt(value);
  }

  /** What MsgpackWriter.plain wrote; bytes are copied, for they outlive the input. */
  plain(): unknown {
    const tag = this.#buffer[this.#offset];
    if (tag === undefined) throw this.#malformed('input ends early');
    if (tag === 0xc0) {
      this.#advance(1);
      return null;
    }
    if (tag === 0xc2 || tag === 0xc3) return this.boolean();
    if ((tag & 0xe0) === 0xa0 || (tag >= 0xd9 && tag <= 0xdb)) return this.text(this.#buffer.length);
    if (tag >= 0xc4 && tag <= 0xc6) return Buffer.from(this.bytes(this.#buffer.length));
    if ((tag & 0xf0) !== 0x90 && tag !== 0xdc && tag !== 0xdd) return this.integer();
    const members: unknown[] = [];
    for (let left = this.array(); left > 0; left -= 1) members.push(this.plain());
    return members;
  }

  /** Refuses bytes after the last value. */
  end(): void {
    if (this.#offset !== this.#buffer.length) throw this.#malformed('bytes after the end');
  }

  #wideInteger(tag: number): number {
    switch (tag) {
      case 0xcc:
        return this.#byte();
      case 0xcd:
        return this.#uint16();
      case 0xce:
        return this.#uint32();
      case 0xcf:
        // Above 53 bits the sum is rounded, and refused as no safe integer.
        return this.#uint32() * 0x100000000 + this.#uint32();
      case 0xd0:
        return this.#buffer.readInt8(this.#advance(1));
      case 0xd1:
        return this.#buffer.readInt16BE(this.#advance(2));
      case 0xd2:
        return this.#buffer.readInt32BE(this.#advance(4));
      case 0xd3:
        return Number(this.#buffer.readBigInt64BE(this.#advance(8)));
      default:
        throw this.#malformed('expected an integer');
    }
  }

  #byte(): number {
    return this.#buffer[this.#advance(1)] as number;
  }

  #uint16(): number {
    return this.#buffer.readUInt16BE(this.#advance(2));
  }

  #uint32(): number {
    return this.#buffer.readUInt32BE(this.#advance(4));
  }

  /** Moves over `sizeBytes` and returns where they begin. */
  #advance(sizeBytes: number): number {
    const start = this.#offset;
    if (sizeBytes > this.#buffer.length - start) throw this.#malformed('input ends early');
    this.#offset = start + sizeBytes;
    return start;
  }

  #malformed(reason: string): MalformedError {
    return new MalformedError(reason, this.#offset);
  }
}
