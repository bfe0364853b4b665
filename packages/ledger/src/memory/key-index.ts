/**
 * Finds the newest node of a key: a hash table whose chains are links between nodes that lie in a slab. It grows by one
 * bucket at a time (linear hashing), so there is no moment at which everything is hashed anew. Keys are compared whole: two
 * that share a hash share a chain and nothing else. A node is three words, then the key's bytes to a whole word: next node
 * of the chain, size of the key in bytes, distance back to the beginning of its record in words.
 */
import { hashOf, type KeyText } from './key-text.ts';
import { NOWHERE, offsetOf, type Slab } from './slab.ts';

export const NODE_WORDS = 3;
const NEXT = 0;
const SIZE = 1;
const BACK = 2;

const CHUNK_BITS = 10;
const CHUNK_SIZE = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_SIZE - 1;

export class KeyIndex {
  readonly #slab: Slab;
  /** First node of each bucket, in chunks, so that growing copies nothing. */
  readonly #chunks: Int32Array[] = [new Int32Array(CHUNK_SIZE)];
  #buckets = 1;
  /** Buckets at the beginning of this round of splitting: a power of two. */
  #round = 1;
  #nodes = 0;

  constructor(slab: Slab) {
    this.#slab = slab;
  }

  get sizeBytes(): number {
    return this.#chunks.length * CHUNK_SIZE * 4;
  }

  /** The record of the newest node with this key; NOWHERE if there is none. */
  find(key: KeyText): number {
    let node = this.#head(this.#bucketOf(key.hash));
    while (node !== NOWHERE) {
      const words = this.#slab.wordsAt(node);
      const at = offsetOf(node);
      if (words[at + SIZE] === key.sizeBytes && isEqual(words, at + NODE_WORDS, key)) {
        return node - (words[at + BACK] as number);
      }
      node = words[at + NEXT] as number;
    }
    return NOWHERE;
  }

  /** Writes the node of a key into its record, and links it. */
  insert(node: number, record: number, key: KeyText): void {
    const words = this.#slab.wordsAt(node);
    const at = offsetOf(node);
    const bucket = this.#bucketOf(key.hash);
    words[at + NEXT] = this.#head(bucket);
    words[at + SIZE] = key.sizeBytes;
    words[at + BACK] = node - record;
    const from = key.words;
    for (let n = 0; n < key.sizeWords; n += 1) words[at + NODE_WORDS + n] = from[n] as number;
    this.#setHead(bucket, node);
    this.#nodes += 1;
    if (this.#nodes > this.#buckets) this.#split();
  }

  /** Takes a node out of its chain. */
  remove(node: number): void {
    const words = this.#slab.wordsAt(node);
    const at = offsetOf(node);
    const next = words[at + NEXT] as number;
    const bucket = this.#bucketOf(hashAt(words, at));
    let one = this.#head(bucket);
    if (one === node) this.#setHead(bucket, next);
    else {
      while (this.#nextOf(one) !== node) one = this.#nextOf(one);
      this.#slab.wordsAt(one)[offsetOf(one) + NEXT] = next;
    }
    this.#nodes -= 1;
  }

  /** Words that a node of a key takes. */
  static wordsOf(keySizeBytes: number): number {
    return NODE_WORDS + ((keySizeBytes + 3) >>> 2);
  }

  /** Size of the key of the node at `at`, in bytes. */
  static keySizeAt(words: Int32Array, at: number): number {
    return words[at + SIZE] as number;
  }

  #nextOf(node: number): number {
    if (node === NOWHERE) throw new Error('broken invariant: a node is missing in its chain');
    return this.#slab.wordsAt(node)[offsetOf(node) + NEXT] as number;
  }

  #bucketOf(hash: number): number {
    const bucket = hash & (this.#round - 1);
    // Buckets before this one have been split in this round.
    return bucket < this.#buckets - this.#round ? hash & (this.#round * 2 - 1) : bucket;
  }

  #head(bucket: number): number {
    return (this.#chunks[bucket >>> CHUNK_BITS] as Int32Array)[bucket & CHUNK_MASK] as number;
  }

  #setHead(bucket: number, node: number): void {
    (this.#chunks[bucket >>> CHUNK_BITS] as Int32Array)[bucket & CHUNK_MASK] = node;
  }

  /** One more bucket: the nodes of the next one in turn are divided between it and the new one, in their order. */
  #split(): void {
    const from = this.#buckets - this.#round;
    const to = this.#buckets;
    if (to >>> CHUNK_BITS === this.#chunks.length) this.#chunks.push(new Int32Array(CHUNK_SIZE));
    let node = this.#head(from);
    this.#buckets += 1;
    if (this.#buckets === this.#round * 2) this.#round = this.#buckets;
    this.#setHead(from, NOWHERE);
    let stayed = NOWHERE;
    let moved = NOWHERE;
    while (node !== NOWHERE) {
      const words = this.#slab.wordsAt(node);
      const at = offsetOf(node);
      const next = words[at + NEXT] as number;
      words[at + NEXT] = NOWHERE;
      if (this.#bucketOf(hashAt(words, at)) === from) {
        this.#append(from, stayed, node);
        stayed = node;
      } else {
        this.#append(to, moved, node);
        moved = node;
      }
      node = next;
    }
  }

  #append(bucket: number, last: number, node: number): void {
    if (last === NOWHERE) this.#setHead(bucket, node);
    else this.#slab.wordsAt(last)[offsetOf(last) + NEXT] = node;
  }
}

function hashAt(words: Int32Array, node: number): number {
  return hashOf(words, node + NODE_WORDS, words[node + SIZE] as number);
}

function isEqual(words: Int32Array, at: number, key: KeyText): boolean {
  const other = key.words;
  // Keys of one kind begin alike.
  for (let n = key.sizeWords - 1; n >= 0; n -= 1) if (words[at + n] !== other[n]) return false;
  return true;
}
