// Texts that were read before. Most values of messages and commands are short and come
// again all day (symbols, CompIDs, quantities): the same string object again costs no
// allocation, and is found in a Map without being hashed anew. What is asked for is
// compared whole, so the cache changes nothing but time.

const PLACES = 1_024;
/** Longer ones are mostly unique. */
export const CACHED_LENGTH_MAX = 12;

export class TextCache {
  readonly #texts: string[] = new Array<string>(PLACES).fill('');

  /** The text of plain ASCII bytes[start, end) if it is known; undefined when it has to be made. */
  find(bytes: Uint8Array, start: number, end: number): string | undefined {
    const text = this.#texts[placeOf(bytes, start, end)]!;
    const length = end - start;
    if (text.length !== length) {
      return undefined;
    }
    for (let i = length - 1; i >= 0; i--) {
      if (text.charCodeAt(i) !== bytes[start + i]) {
        return undefined;
      }
    }
    return text;
  }

  /** `text` is what the bytes say, one character a byte. */
  keep(bytes: Uint8Array, start: number, end: number, text: string): string {
    this.#texts[placeOf(bytes, start, end)] = text;
    return text;
  }
}

function placeOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) {
    hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  }
  return (hash ^ (hash >>> 15)) & (PLACES - 1);
}
