/**
 * What a ledger remembers of the past: records of bounded number outside the JavaScript heap, each found by any of its
 * keys, the oldest forgotten first. Both bounds (records, and their bytes) are counted from contents alone, so every node
 * forgets the same record at the same entry, whatever its memory looks like. The digest is the sum over the records held:
 * a record that was damaged in memory, or on its way in a snapshot, shows in the state hash.
 *
 * A record in the slab is two words, a node for each key, and the payload, filled up with zeros. The first word holds the
 * record's size in words and its number of keys (the lower 10 bits); the second one its serial number, how many bytes the
 * payload was filled up with (2 bits), and its mark (2 bits).
 */
import { Digest, DigestSum } from '../digest.ts';
import type { MsgpackReader } from '../msgpack-reader.ts';
import type { MsgpackWriter } from '../msgpack-writer.ts';
import { KeyIndex, NODE_WORDS } from './key-index.ts';
import { KeyText } from './key-text.ts';
import { NOWHERE, offsetOf, Slab, WORD_SIZE_BYTES } from './slab.ts';

const SIZE = 0;
const KEYS_BITS = 10;
const KEYS_MAX = (1 << KEYS_BITS) - 1;
/** 16 MB; records are bounded by messages, which are much smaller. */
const SIZE_WORDS_MAX = (1 << 22) - 1;
const SERIAL = 1;
const SERIAL_BITS = 28;
const SERIAL_SHIFT = 4;
const FILL_SHIFT = 2;
const TWO_BITS = 3;
const HEADER_WORDS = 2;

/** Mark of a record that was taken out before its turn. */
const REMOVED = 3;
/** Nodes must lie within reach of an address. */
const NODE_WORDS_MAX = 60_000;
/** Mean size of a record from which on the bound of bytes is felt before that of records: five times the usual. */
const RECORD_SIZE_BYTES = 640;
const KEY_SIZE_BYTES_MAX = 1 << 24;
const PAYLOAD_SIZE_BYTES_MAX = 1 << 24;

const key = new KeyText();

export class RecordTable {
  readonly countMax: number;
  readonly sizeBytesMax: number;
  readonly #slab: Slab;
  readonly #index: KeyIndex;
  readonly #sum = new DigestSum();
  #oldest = NOWHERE;
  #count = 0;
  #sizeWords = 0;
  /** Serial number of the next record: part of the state, as records are told apart by it. */
  nextSerial = 0;

  constructor(countMax: number, sizeBytesMax: number = countMax * RECORD_SIZE_BYTES, slab: Slab = new Slab()) {
    if (!Number.isSafeInteger(countMax) || countMax < 1) {
      throw new RangeError(`cannot bound a table of records by ${countMax}: expected a whole number above 0`);
    }
    this.countMax = countMax;
    this.sizeBytesMax = sizeBytesMax;
    this.#slab = slab;
    this.#index = new KeyIndex(slab);
  }

  get size(): number {
    return this.#count;
  }

  /** Memory held. */
  get sizeBytes(): number {
    return this.#slab.sizeBytes + this.#index.sizeBytes;
  }

  /** The newest record with this key; NOWHERE if there is none. */
  find(text: string): number {
    key.set(text);
    return this.#index.find(key);
  }

  /**
   * Adds a record behind all others and forgets the oldest ones until the bounds hold. Of very many keys the first and
   * the last ones are kept. `mark` is 0, 1 or 2.
   */
  add(keys: readonly string[], payload: Uint8Array, mark = 0): number {
    const kept = fitting(keys);
    const record = this.#begin(this.nextSerial, mark, kept, payload);
    let node = record + HEADER_WORDS;
    for (const text of kept.keys) {
      key.set(text);
      node = this.#addNode(record, node);
    }
    this.#end(record, node, payload);
    return record;
  }

  /** A small figure that may change while the record stays where it is. */
  mark(record: number): number {
    return (this.#slab.wordsAt(record)[offsetOf(record) + SERIAL] as number) & TWO_BITS;
  }

  setMark(record: number, mark: number): void {
    this.#sum.remove(this.#digestOf(record));
    this.#writeMark(record, mark);
    this.#sum.add(this.#digestOf(record));
  }

  /** A view of the payload: valid until the next change of the table. */
  payload(record: number): Buffer {
    const words = this.#slab.wordsAt(record);
    const at = offsetOf(record);
    let from = at + HEADER_WORDS;
    for (let left = keyCount(words, at); left > 0; left -= 1) from += KeyIndex.wordsOf(KeyIndex.keySizeAt(words, from));
    const fill = ((words[at + SERIAL] as number) >>> FILL_SHIFT) & TWO_BITS;
    const end = (at + sizeWords(words, at)) * WORD_SIZE_BYTES - fill;
    return this.#slab.bytesAt(record).subarray(from * WORD_SIZE_BYTES, end);
  }

  keys(record: number): string[] {
    return Array.from(this.#keyBytes(record), (bytes) => bytes.toString('utf8'));
  }

  /** Takes a record out before its turn. */
  remove(record: number): void {
    this.#sum.remove(this.#digestOf(record));
    const words = this.#slab.wordsAt(record);
    const at = offsetOf(record);
    let node = record + HEADER_WORDS;
    for (let left = keyCount(words, at); left > 0; left -= 1) {
      this.#index.remove(node);
      node += KeyIndex.wordsOf(KeyIndex.keySizeAt(words, offsetOf(node)));
    }
    this.#writeMark(record, REMOVED);
    this.#count -= 1;
    this.#sizeWords -= sizeWords(words, at);
    this.#dropRemoved();
  }

  /**
   * Records, oldest first; the table must not change meanwhile. `isPast` lets whole stretches be left out whose records
   * it is true of, if it is true of all records before one of which it is true; others of them may still come.
   */
  *records(isPast?: (record: number) => boolean): Generator<number, void, undefined> {
    let record = this.#oldest;
    if (record !== NOWHERE && isPast !== undefined) record = this.#skip(record, isPast);
    while (record !== NOWHERE) {
      if (this.mark(record) !== REMOVED) yield record;
      record = this.#slab.next(record, this.#sizeWordsOf(record));
    }
  }

  /** The last `count` records added that are still held, oldest first. */
  *latest(count: number): Generator<number, void, undefined> {
    const isPast = (record: number): boolean => this.#age(record) > count;
    for (const record of this.records(isPast)) if (!isPast(record)) yield record;
  }

  /** Of the records held, their order, and where their numbering stands. */
  digest(): Digest {
    const { high, low } = this.#sum;
    return new Digest().integer(low).integer(high).integer(this.#count).integer(this.nextSerial);
  }

  /** One record for a snapshot; `readRecord` of the same records in the same order gives an equal table. */
  writeRecord(to: MsgpackWriter, record: number): void {
    const serial = (this.#slab.wordsAt(record)[offsetOf(record) + SERIAL] as number) >>> SERIAL_SHIFT;
    const keys = this.#keyBytes(record);
    to.integer(serial).integer(this.mark(record)).array(keys.length);
    for (const bytes of keys) to.bytes(bytes);
    to.bytes(this.payload(record));
  }

  readRecord(from: MsgpackReader): number {
    const serial = from.natural();
    const mark = from.natural();
    const keys: Uint8Array[] = [];
    let nodeWords = 0;
    for (let left = from.array(); left > 0; left -= 1) {
      const bytes = from.bytes(KEY_SIZE_BYTES_MAX);
      keys.push(bytes);
      nodeWords += KeyIndex.wordsOf(bytes.length);
    }
    const payload = from.bytes(PAYLOAD_SIZE_BYTES_MAX);
    const record = this.#begin(serial, mark, { keys, words: nodeWords }, payload);
    let node = record + HEADER_WORDS;
    for (const bytes of keys) {
      key.setBytes(bytes);
      node = this.#addNode(record, node);
    }
    this.#end(record, node, payload);
    return record;
  }

  #begin(serial: number, mark: number, nodes: Nodes, payload: Uint8Array): number {
    const filled = roundUp(payload.length);
    const size = HEADER_WORDS + nodes.words + filled / WORD_SIZE_BYTES;
    if (size > SIZE_WORDS_MAX) throw new Error(`broken invariant: a record of ${size} words`);
    const record = this.#slab.allocate(size);
    const words = this.#slab.wordsAt(record);
    const at = offsetOf(record);
    words[at + SIZE] = (size << KEYS_BITS) | nodes.keys.length;
    words[at + SERIAL] = (serial << SERIAL_SHIFT) | ((filled - payload.length) << FILL_SHIFT) | mark;
    this.nextSerial = (serial + 1) % (1 << SERIAL_BITS);
    return record;
  }

  #addNode(record: number, node: number): number {
    this.#index.insert(node, record, key);
    return node + NODE_WORDS + key.sizeWords;
  }

  #writeMark(record: number, mark: number): void {
    const words = this.#slab.wordsAt(record);
    const at = offsetOf(record) + SERIAL;
    words[at] = ((words[at] as number) & ~TWO_BITS) | mark;
  }

  /** `payloadAt` is where the payload goes. */
  #end(record: number, payloadAt: number, payload: Uint8Array): void {
    const bytes = this.#slab.bytesAt(record);
    const words = this.#slab.wordsAt(record);
    // Counted from the record, because a payload may begin beyond the reach of an address.
    const from = offsetOf(record) + (payloadAt - record);
    const sizeBytes = payload.length;
    if (sizeBytes > 0) words[from + ((sizeBytes - 1) >>> 2)] = 0;
    bytes.set(payload, from * WORD_SIZE_BYTES);
    this.#sum.add(this.#digestOf(record));
    this.#count += 1;
    this.#sizeWords += this.#sizeWordsOf(record);
    if (this.#oldest === NOWHERE) this.#oldest = record;
    while (this.#count > this.countMax || this.#sizeWords * WORD_SIZE_BYTES > this.sizeBytesMax) {
      this.remove(this.#oldest);
    }
  }

  /** 1 for the last record added. */
  #age(record: number): number {
    const serial = (this.#slab.wordsAt(record)[offsetOf(record) + SERIAL] as number) >>> SERIAL_SHIFT;
    return (this.nextSerial - serial) & ((1 << SERIAL_BITS) - 1);
  }

  #sizeWordsOf(record: number): number {
    return sizeWords(this.#slab.wordsAt(record), offsetOf(record));
  }

  #keyBytes(record: number): Buffer[] {
    const words = this.#slab.wordsAt(record);
    const bytes = this.#slab.bytesAt(record);
    const at = offsetOf(record);
    const keys: Buffer[] = [];
    let node = at + HEADER_WORDS;
    for (let left = keyCount(words, at); left > 0; left -= 1) {
      const from = (node + NODE_WORDS) * WORD_SIZE_BYTES;
      const sizeBytes = KeyIndex.keySizeAt(words, node);
      keys.push(bytes.subarray(from, from + sizeBytes));
      node += KeyIndex.wordsOf(sizeBytes);
    }
    return keys;
  }

  /** Everything but where things lie. */
  #digestOf(record: number): Digest {
    const words = this.#slab.wordsAt(record);
    const at = offsetOf(record);
    const digest = new Digest().words(words, at, at + HEADER_WORDS);
    let node = at + HEADER_WORDS;
    for (let left = keyCount(words, at); left > 0; left -= 1) {
      const sizeBytes = KeyIndex.keySizeAt(words, node);
      const end = node + KeyIndex.wordsOf(sizeBytes);
      digest.integer(sizeBytes).words(words, node + NODE_WORDS, end);
      node = end;
    }
    return digest.words(words, node, at + sizeWords(words, at));
  }

  #dropRemoved(): void {
    while (this.#oldest !== NOWHERE && this.mark(this.#oldest) === REMOVED) {
      this.#oldest = this.#slab.next(this.#oldest, this.#sizeWordsOf(this.#oldest));
    }
    if (this.#oldest === NOWHERE) this.#slab.releaseAll();
    else this.#slab.releaseBefore(this.#oldest);
  }

  #skip(oldest: number, isPast: (record: number) => boolean): number {
    const { first, last } = this.#slab.segmentNumbers;
    for (let number = last; number > first; number -= 1) {
      const record = this.#slab.firstOf(number);
      if (isPast(record)) return record;
    }
    return oldest;
  }
}

/** Keys of a record, as texts or bytes, and the words that their nodes take. */
interface Nodes {
  readonly keys: readonly unknown[];
  readonly words: number;
}

function keyCount(words: Int32Array, at: number): number {
  return (words[at + SIZE] as number) & KEYS_MAX;
}

function sizeWords(words: Int32Array, at: number): number {
  return (words[at + SIZE] as number) >>> KEYS_BITS;
}

function roundUp(sizeBytes: number): number {
  return (sizeBytes + WORD_SIZE_BYTES - 1) & -WORD_SIZE_BYTES;
}

/** The first key and as many of the last ones as a record has room for. */
function fitting(keys: readonly string[]): { readonly keys: readonly string[]; readonly words: number } {
  let words = 0;
  for (const text of keys) words += wordsOfKey(text);
  if ((words <= NODE_WORDS_MAX && keys.length <= KEYS_MAX) || keys.length < 2) return { keys, words };
  let first = keys.length;
  words = wordsOfKey(keys[0] as string);
  while (first > 1 && keys.length - first + 1 < KEYS_MAX) {
    const more = wordsOfKey(keys[first - 1] as string);
    if (words + more > NODE_WORDS_MAX) break;
    first -= 1;
    words += more;
  }
  return { keys: [keys[0] as string, ...keys.slice(first)], words };
}

function wordsOfKey(text: string): number {
  return KeyIndex.wordsOf(utf8Size(text));
}

/** Most keys are plain and short. */
function utf8Size(text: string): number {
  const { length } = text;
  for (let at = 0; at < length; at += 1) if (text.charCodeAt(at) > 0x7f) return Buffer.byteLength(text, 'utf8');
  return length;
}
