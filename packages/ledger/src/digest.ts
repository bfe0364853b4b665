/**
 * A 64-bit digest of state, in two 32-bit lanes so that no bigint is made on the way. It finds nodes that differ by
 * mistake; it does not withstand an adversary, who would have to be inside the cluster. Digests of the members of a
 * collection are added (modulo 2^32 a lane): the sum does not depend on order and can follow changes one by one.
 */

/** Multipliers of FNV-1a and of murmur3's finaliser: odd, and different, so that the lanes do not collide together. */
const LOW_PRIME = 0x01000193;
const HIGH_PRIME = 0x85ebca6b;

export class Digest {
  low = 0x811c9dc5 | 0;
  high = 0x9e3779b9 | 0;

  /** Goes on from where another one stood. */
  resume(from: { readonly low: number; readonly high: number }): this {
    this.low = from.low;
    this.high = from.high;
    return this;
  }

  /** Any safe integer. */
  integer(value: number): this {
    this.#word(value | 0);
    // Division, because shifts lose what lies above 32 bits.
    if (value > 0x7fffffff || value < -0x80000000) this.#word(Math.floor(value / 0x100000000));
    return this;
  }

  boolean(value: boolean): this {
    this.#word(value ? 1 : 2);
    return this;
  }

  text(value: string): this {
    for (let at = 0; at < value.length; at += 1) this.#word(value.charCodeAt(at));
    // The length ends it: 'ab','c' and 'a','bc' differ.
    this.#word(value.length ^ 0x5bd1e995);
    return this;
  }

  bytes(value: Uint8Array): this {
    for (let at = 0; at < value.length; at += 1) this.#word(value[at] as number);
    this.#word(value.length ^ 0x5bd1e995);
    return this;
  }

  /** Words as they lie in memory: equal on machines of one byte order, and the project runs on little-endian ones. */
  words(value: Int32Array, from: number, to: number): this {
    let { high, low } = this;
    for (let at = from; at < to; at += 1) {
      const word = value[at] as number;
      low = Math.imul(low ^ word, LOW_PRIME);
      low ^= low >>> 15;
      high = Math.imul(high ^ word, HIGH_PRIME);
      high ^= high >>> 13;
    }
    this.low = low;
    this.high = high;
    return this;
  }

  bigint(value: bigint): this {
    if (value <= MAX_SAFE && value >= MIN_SAFE) return this.integer(Number(value));
    return this.text(value.toString());
  }

  hex(): string {
    return (this.high >>> 0).toString(16).padStart(8, '0') + (this.low >>> 0).toString(16).padStart(8, '0');
  }

  #word(word: number): void {
    this.low = Math.imul(this.low ^ word, LOW_PRIME);
    this.low ^= this.low >>> 15;
    this.high = Math.imul(this.high ^ word, HIGH_PRIME);
    this.high ^= this.high >>> 13;
  }
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const MIN_SAFE = BigInt(Number.MIN_SAFE_INTEGER);

/** Sum of the digests of a collection's members; members come and go in any order. */
export class DigestSum {
  low = 0;
  high = 0;

  add(member: { readonly low: number; readonly high: number }): void {
    this.low = (this.low + member.low) | 0;
    this.high = (this.high + member.high) | 0;
  }

  remove(member: { readonly low: number; readonly high: number }): void {
    this.low = (this.low - member.low) | 0;
    this.high = (this.high - member.high) | 0;
  }
}
