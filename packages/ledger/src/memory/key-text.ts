/**
 * A key as bytes: where text is turned into what the tables of remembered things compare and hash. UTF-8, whose bytes are
 * equal for equal texts only (texts of the ledger come from decoded bytes and hold no half characters). One buffer serves
 * all: a key is used up before the next is made.
 */
import { WORD_SIZE_BYTES } from './slab.ts';

const INITIAL_SIZE_BYTES = 256;
/** UTF-8 takes at most so many bytes for one unit of a JavaScript string. */
const UNIT_SIZE_BYTES_MAX = 3;

export class KeyText {
  #bytes: Buffer = Buffer.alloc(INITIAL_SIZE_BYTES);
  #words: Int32Array = wordsOf(this.#bytes);
  sizeBytes = 0;
  /** The bytes, filled up with zeros to a whole word. */
  sizeWords = 0;
  hash = 0;

  get words(): Int32Array {
    return this.#words;
  }

  set(text: string): void {
    const room = text.length * UNIT_SIZE_BYTES_MAX + WORD_SIZE_BYTES;
    if (room > this.#bytes.length) this.#grow(room);
    const bytes = this.#bytes;
    const { length } = text;
    let at = 0;
    for (; at < length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit > 0x7f) break;
      bytes[at] = unit;
    }
    this.#seal(at === length ? length : bytes.write(text, 0, 'utf8'));
  }

  setBytes(key: Uint8Array): void {
    if (key.length + WORD_SIZE_BYTES > this.#bytes.length) this.#grow(key.length + WORD_SIZE_BYTES);
    this.#bytes.set(key);
    this.#seal(key.length);
  }

  #seal(sizeBytes: number): void {
    const sizeWords = (sizeBytes + WORD_SIZE_BYTES - 1) >>> 2;
    for (let at = sizeBytes; at < sizeWords * WORD_SIZE_BYTES; at += 1) this.#bytes[at] = 0;
    this.sizeBytes = sizeBytes;
    this.sizeWords = sizeWords;
    this.hash = hashOf(this.#words, 0, sizeBytes);
  }

  #grow(sizeBytes: number): void {
    let grown = this.#bytes.length;
    while (grown < sizeBytes) grown *= 2;
    this.#bytes = Buffer.alloc(grown);
    this.#words = wordsOf(this.#bytes);
  }
}

/** 32 bits that spread keys over buckets; a bad spread costs time and never truth, for keys are compared whole. */
export function hashOf(words: Int32Array, from: number, sizeBytes: number): number {
  let hash = sizeBytes ^ 0x9e3779b9;
  const end = from + ((sizeBytes + WORD_SIZE_BYTES - 1) >>> 2);
  for (let at = from; at < end; at += 1) {
    hash = Math.imul(hash ^ (words[at] as number), 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function wordsOf(bytes: Buffer): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
}
