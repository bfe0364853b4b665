/**
 * What a ledger remembers of the past: records of bounded number outside the JavaScript heap, each found by any of its
 * keys, the oldest forgotten first. Both bounds (records, and their bytes) are counted from contents alone, so every node
 * forgets the same record at the same entry, whatever its memory looks like. The digest is the sum over the records held:
 * a record that was damaged in memory, or on its way in a snapshot, shows in the state hash.
 *
 * A record in the slab, in words: its size, its serial number (32 bits), its mark, number of keys, bytes of its payload;
 * then a node for each key; then the payload, filled up with zeros.
 */
import { Digest, DigestSum } from '../digest.ts';
import type { MsgpackReader } from '../msgpack-reader.ts';
import type { MsgpackWriter } from '../msgpack-writer.ts';
import { KeyIndex, NODE_WORDS } from './key-index.ts';
import { KeyText } from './key-text.ts';
import { NOWHERE, offsetOf, Slab, WORD_SIZE_BYTES } from './slab.ts';

const SIZE = 0;
const SERIAL = 1;
const MARK = 2;
const KEYS = 3;
const PAYLOAD = 4;
const HEADER_WORDS = 5;

/** Mark of a record that was taken out before its turn. */
const REMOVED = -1;
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
   * the last ones are kept. `mark` is 0 to 2^31 - 1.
   */
  add(keys: readonly string[], payload: Uint8Array, mark = 0): number {
    const kept = fitting(keys);
    const record = this.#begin(this.nextSerial, mark, kept.words, payload);
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
    return this.#slab.wordsAt(record)[offsetOf(record) + MARK] as number;
  }

  setMark(record: number, mark: number): void {
    this.#sum.remove(this.#digestOf(record));
    this.#slab.wordsAt(record)[offsetOf(record) + MARK] = mark;
    this.#sum.add(this.#digestOf(record));
  }

  /** A view of the payload: valid until the next change of the table. */
  payload(record: number): Buffer {
    const words = this.#slab.wordsAt(record);
    const at = offsetOf(record);
    const sizeBytes = words[at + PAYLOAD] as number;
    const from = (at + (words[at + SIZE] as number)) * WORD_SIZE_BYTES - roundUp(sizeBytes);
    return this.#slab.bytesAt(record).subarray(from, from + sizeBytes);
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
    for (let left = words[at + KEYS] as number; left > 0; left -= 1) {
      this.#index.remove(node);
      node += KeyIndex.wordsOf(KeyIndex.keySizeAt(words, offsetOf(node)));
    }
    words[at + MARK] = REMOVED;
    this.#count -= 1;
    this.#sizeWords -= words[at + SIZE] as number;
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

  /** Of the records held, their order, and where their numbering stands. */
  digest(): Digest {
    const { high, low } = this.#sum;
    return new Digest().integer(low).integer(high).integer(this.#count).integer(this.nextSerial);
  }

  /** One record for a snapshot; `readRecord` of the same records in the same order gives an equal table. */
  writeRecord(to: MsgpackWriter, record: number): void {
    const words = this.#slab.wordsAt(record);
    const at = offsetOf(record);
    to.integer((words[at + SERIAL] as number) >>> 0).integer(words[at + MARK] as number);
    to.array(words[at + KEYS] as number);
    for (const bytes of this.#keyBytes(record)) to.bytes(bytes);
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
    const record = this.#begin(serial, mark, nodeWords, payload);
    let node = record + HEADER_WORDS;
    for (const bytes of keys) {
      key.setBytes(bytes);
      node = this.#addNode(record, node);
    }
    this.#end(record, node, payload);
    return record;
  }

  #begin(serial: number, mark: number, nodeWords: number, payload: Uint8Array): number {
    const sizeWords = HEADER_WORDS + nodeWords + roundUp(payload.length) / WORD_SIZE_BYTES;
    const record = this.#slab.allocate(sizeWords);
    const words = this.#slab.wordsAt(record);
    const at = offsetOf(record);
    words[at + SIZE] = sizeWords;
    words[at + SERIAL] = serial;
    words[at + MARK] = mark;
    words[at + KEYS] = 0;
    words[at + PAYLOAD] = payload.length;
    this.nextSerial = (serial + 1) % 0x100000000;
    return record;
  }

  #addNode(record: number, node: number): number {
    this.#index.insert(node, record, key);
    const words = this.#slab.wordsAt(record);
    words[offsetOf(record) + KEYS] = (words[offsetOf(record) + KEYS] as number) + 1;
    return node + NODE_WORDS + key.sizeWords;
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

  #sizeWordsOf(record: number): number {
    return this.#slab.wordsAt(record)[offsetOf(record) + SIZE] as number;
  }

  #keyBytes(record: number): Buffer[] {
    const words = this.#slab.wordsAt(record);
    const bytes = this.#slab.bytesAt(record);
    const at = offsetOf(record);
    const keys: Buffer[] = [];
    let node = at + HEADER_WORDS;
    for (let left = words[at + KEYS] as number; left > 0; left -= 1) {
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
    const digest = new Digest().words(words, at + SERIAL, at + HEADER_WORDS);
    let node = at + HEADER_WORDS;
    for (let left = words[at + KEYS] as number; left > 0; left -= 1) {
      const sizeBytes = KeyIndex.keySizeAt(words, node);
      const end = node + KeyIndex.wordsOf(sizeBytes);
      digest.integer(sizeBytes).words(words, node + NODE_WORDS, end);
      node = end;
    }
    return digest.words(words, node, at + (words[at + SIZE] as number));
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

function roundUp(sizeBytes: number): number {
  return (sizeBytes + WORD_SIZE_BYTES - 1) & -WORD_SIZE_BYTES;
}

/** The first key and as many of the last ones as an address can reach. */
function fitting(keys: readonly string[]): { readonly keys: readonly string[]; readonly words: number } {
  let words = 0;
  for (const text of keys) words += wordsOfKey(text);
  if (words <= NODE_WORDS_MAX || keys.length < 2) return { keys, words };
  let first = keys.length;
  words = wordsOfKey(keys[0] as string);
  while (first > 1 && words + wordsOfKey(keys[first - 1] as string) <= NODE_WORDS_MAX) {
    first -= 1;
    words += wordsOfKey(keys[first] as string);
  }
  return { keys: [keys[0] as string, ...keys.slice(first)], words };
}

function wordsOfKey(text: string): number {
  return KeyIndex.wordsOf(Buffer.byteLength(text, 'utf8'));
}
