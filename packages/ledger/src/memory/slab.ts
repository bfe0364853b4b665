/**
 * Bytes outside the JavaScript heap, taken at the end and given back at the beginning: the ground on which records of
 * bounded history lie. It grows by segments, so no step of growth copies anything or takes longer than asking for one; a
 * segment that is given back is used again. A place is named by an address of 32 bits, counted in words of 4 bytes: the
 * number of its segment (16 bits, counting round) and the word within it. Word 0 of a segment is not used, so that no
 * address is 0.
 */

/** No place. */
export const NOWHERE = 0;

export const WORD_SIZE_BYTES = 4;
const OFFSET_BITS = 16;
const OFFSET_MASK = 0xffff;
/** A segment's words at most, as far as an address reaches; a larger block has a segment of its own. */
const SEGMENT_WORDS_MAX = 1 << OFFSET_BITS;
/** The first segment is small, each next one twice as large, so that a small history costs little. */
const SEGMENT_WORDS_MIN = 1 << 10;

interface Segment {
  readonly words: Int32Array;
  readonly bytes: Buffer;
}

export class Slab {
  /** By number modulo its length, which is a power of two. */
  #ring: (Segment | undefined)[] = [undefined, undefined];
  /** Numbers of the oldest and the newest segment; none yet when the newest is the lower. */
  #first: number;
  #last: number;
  /** First free word of the newest segment. */
  #end = 0;
  #spare: Segment | undefined;

  /** `firstNumber` is where the numbers of segments begin. */
  constructor(firstNumber = 0) {
    this.#first = firstNumber;
    this.#last = firstNumber - 1;
  }

  /** Room held, in use or not. */
  get sizeBytes(): number {
    let sizeBytes = this.#spare?.bytes.length ?? 0;
    for (const segment of this.#ring) sizeBytes += segment?.bytes.length ?? 0;
    return sizeBytes;
  }

  /** A block of `words` words with undefined content, behind all others. Its first word must never be 0. */
  allocate(words: number): number {
    if (this.#last < this.#first || this.#end + words > this.#newest().words.length || this.#end > OFFSET_MASK) {
      this.#addSegment(words + 1);
    }
    const address = ((this.#last & OFFSET_MASK) << OFFSET_BITS) | this.#end;
    this.#end += words;
    return address;
  }

  /** The words of the segment in which an address lies; the address is at `offsetOf`. */
  wordsAt(address: number): Int32Array {
    return this.#segmentAt(address).words;
  }

  /** The same as bytes; the address is at four times `offsetOf`. */
  bytesAt(address: number): Buffer {
    return this.#segmentAt(address).bytes;
  }

  /** The block after the one of `words` words at `address`; NOWHERE at the end. */
  next(address: number, words: number): number {
    const number = this.#numberOf(address);
    const offset = offsetOf(address) + words;
    if (number === this.#last) return offset < this.#end ? address + words : NOWHERE;
    const segment = this.#segmentAt(address).words;
    if (offset <= OFFSET_MASK && offset < segment.length && segment[offset] !== 0) return address + words;
    return this.firstOf(number + 1);
  }

  /** Numbers of the segments in use, oldest first. */
  get segmentNumbers(): { readonly first: number; readonly last: number } {
    return { first: this.#first, last: this.#last };
  }

  /** The first block of a segment in use. */
  firstOf(number: number): number {
    return ((number & OFFSET_MASK) << OFFSET_BITS) | 1;
  }

  /** Gives back everything before a block. */
  releaseBefore(address: number): void {
    const number = this.#numberOf(address);
    while (this.#first < number) this.#dropFirst();
  }

  /** Gives back everything. */
  releaseAll(): void {
    while (this.#first <= this.#last) this.#dropFirst();
  }

  #newest(): Segment {
    return this.#ring[this.#last & (this.#ring.length - 1)] as Segment;
  }

  #segmentAt(address: number): Segment {
    return this.#ring[(address >>> OFFSET_BITS) & (this.#ring.length - 1)] as Segment;
  }

  /** Segments in use are fewer than numbers, so 16 bits of the number tell all of it. */
  #numberOf(address: number): number {
    return this.#first + (((address >>> OFFSET_BITS) - this.#first) & OFFSET_MASK);
  }

  #addSegment(wordsMin: number): void {
    const before = this.#last < this.#first ? undefined : this.#newest().words;
    // Tells `next` that nothing follows in this segment.
    if (before !== undefined && this.#end < before.length) before[this.#end] = 0;
    const wanted = before === undefined ? SEGMENT_WORDS_MIN : Math.min(before.length * 2, SEGMENT_WORDS_MAX);
    const segment = this.#takeSpare(wordsMin) ?? newSegment(Math.max(wanted, wordsMin));
    if (this.#last - this.#first + 1 === this.#ring.length) this.#widenRing();
    this.#last += 1;
    if (this.#last - this.#first >= OFFSET_MASK) throw new Error('broken invariant: a slab has run out of addresses');
    this.#ring[this.#last & (this.#ring.length - 1)] = segment;
    this.#end = 1;
  }

  #takeSpare(wordsMin: number): Segment | undefined {
    const spare = this.#spare;
    if (spare === undefined || spare.words.length < wordsMin) return undefined;
    this.#spare = undefined;
    return spare;
  }

  #widenRing(): void {
    const wider: (Segment | undefined)[] = new Array(this.#ring.length * 2).fill(undefined);
    for (let number = this.#first; number <= this.#last; number += 1) {
      wider[number & (wider.length - 1)] = this.#ring[number & (this.#ring.length - 1)];
    }
    this.#ring = wider;
  }

  #dropFirst(): void {
    const at = this.#first & (this.#ring.length - 1);
    const segment = this.#ring[at];
    this.#ring[at] = undefined;
    this.#first += 1;
    if (segment?.words.length === SEGMENT_WORDS_MAX) this.#spare = segment;
  }
}

/** Where an address lies in the words of its segment. */
export function offsetOf(address: number): number {
  return address & OFFSET_MASK;
}

function newSegment(words: number): Segment {
  // Not from the pool of small buffers, and not cleared: pages come into being when they are written to.
  const bytes = Buffer.allocUnsafeSlow(words * WORD_SIZE_BYTES);
  return { words: new Int32Array(bytes.buffer, 0, words), bytes };
}
