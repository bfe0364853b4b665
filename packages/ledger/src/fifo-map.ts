/**
 * A map of bounded size that forgets its oldest member first: what has to be remembered for deduplication (ExecIDs,
 * clientKeys). The bound counts members, so every node forgets the same one at the same entry. A ring of keys stands
 * beside the map because the first key of a Map that is deleted from at the front costs a scan over the holes.
 */
import { Digest } from './digest.ts';

export class FifoMap<Value> {
  readonly sizeMax: number;
  /** Of all keys ever added, in their order: equal on nodes that remember the same. */
  readonly digest = new Digest();
  readonly #values = new Map<string, Value>();
  readonly #ring: string[] = [];
  /** Where the oldest key stands once the ring is full. */
  #oldest = 0;

  constructor(sizeMax: number) {
    if (!Number.isSafeInteger(sizeMax) || sizeMax < 1) {
      throw new RangeError(`cannot bound a map by ${sizeMax}: expected a whole number above 0`);
    }
    this.sizeMax = sizeMax;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** Adds a key that is not there yet; returns the value that was forgotten for it, if any. */
  add(key: string, value: Value): Value | undefined {
    if (this.#values.has(key)) throw new Error(`broken invariant: key added twice: ${key.slice(0, 100)}`);
    this.#values.set(key, value);
    this.digest.text(key);
    if (this.#ring.length < this.sizeMax) {
      this.#ring.push(key);
      return undefined;
    }
    const forgottenKey = this.#ring[this.#oldest] as string;
    const forgotten = this.#values.get(forgottenKey);
    this.#values.delete(forgottenKey);
    this.#ring[this.#oldest] = key;
    this.#oldest = (this.#oldest + 1) % this.sizeMax;
    return forgotten;
  }

  /** Oldest first. */
  *entries(): IterableIterator<[string, Value]> {
    for (let n = 0; n < this.#ring.length; n += 1) {
      const key = this.#ring[(this.#oldest + n) % this.#ring.length] as string;
      yield [key, this.#values.get(key) as Value];
    }
  }
}
