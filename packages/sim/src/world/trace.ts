/**
 * The trace of a run: a running hash of everything that happened, byte for byte, and the last lines in words. Two runs of
 * one seed are the same run if and only if their hashes are equal.
 */

const LINES_KEPT = 4000;
const WORD_LENGTH_MAX = 160;

/** Events are mixed into two 32-bit lanes in the manner of FNV-1a: 64 bits, cheap enough for every byte on every wire. */
export class Trace {
  #a = 0x811c9dc5;
  #b = 0x9e3779b9;
  #count = 0;
  readonly #lines: (readonly [atUs: number, text: string, facts: readonly unknown[]])[] = [];
  #oldest = 0;

  /** Events noted so far. */
  get count(): number {
    return this.#count;
  }

  /** Notes an event; `facts` are numbers, texts or bytes, put into words only when somebody asks. */
  note(atUs: number, text: string, ...facts: readonly unknown[]): void {
    this.#count += 1;
    this.#mixNumber(atUs);
    this.#mixText(text);
    for (const fact of facts) {
      if (typeof fact === 'number') this.#mixNumber(fact);
      else if (fact instanceof Uint8Array) this.#mixBytes(fact);
      else this.#mixText(String(fact));
    }
    const line = [atUs, text, facts] as const;
    if (this.#lines.length < LINES_KEPT) this.#lines.push(line);
    else {
      this.#lines[this.#oldest] = line;
      this.#oldest = (this.#oldest + 1) % LINES_KEPT;
    }
  }

  hash(): string {
    const word = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
    return word(this.#a) + word(this.#b);
  }

  /** The last `count` events in words, oldest first. */
  tail(count: number): string[] {
    const lines = [...this.#lines.slice(this.#oldest), ...this.#lines.slice(0, this.#oldest)];
    return lines.slice(-count).map(([atUs, text, facts]) => {
      const words = facts.map((fact) => (fact instanceof Uint8Array ? readable(fact) : String(fact)));
      return `${(atUs / 1000).toFixed(3).padStart(12)} ms  ${text} ${words.join(' ')}`;
    });
  }

  #mixNumber(value: number): void {
    this.#mix(value | 0);
    this.#mix((value / 0x1_0000_0000) | 0);
  }

  #mixText(text: string): void {
    for (let i = 0; i < text.length; i++) this.#mix(text.charCodeAt(i));
  }

  #mixBytes(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) this.#mix(bytes[i] as number);
  }

  #mix(value: number): void {
    this.#a = Math.imul(this.#a ^ value, 0x01000193);
    this.#b = Math.imul(this.#b ^ (value + 0x7f4a7c15), 0x85ebca6b);
  }
}

function readable(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('latin1')
    .replaceAll('\u0001', '|')
    .replace(/[^ -~]+/g, '·')
    .slice(0, WORD_LENGTH_MAX);
}
