/**
 * Orders asked for a moment ago, to find one that is asked for twice (a loop that lost its mind, a key pressed twice).
 * What distinguishes them is told as text; members older than the window leave, oldest first.
 */
import type { Digest } from './digest.ts';
import type { MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';

/** One order as a person would recognise it again. */
const TEXT_MAX = 1024;

export class RecentOrders {
  /** Last time of each, oldest first: a repeat moves to the end. */
  readonly #times = new Map<string, number>();

  has(key: string, timeUs: number, windowUs: number): boolean {
    const at = this.#times.get(key);
    return at !== undefined && at > timeUs - windowUs;
  }

  note(key: string, timeUs: number, windowUs: number): void {
    for (const [oldest, at] of this.#times) {
      if (at > timeUs - windowUs) break;
      this.#times.delete(oldest);
    }
    this.#times.delete(key);
    this.#times.set(key, timeUs);
  }

  clear(): void {
    this.#times.clear();
  }

  digest(digest: Digest): void {
    digest.integer(this.#times.size);
    for (const [key, timeUs] of this.#times) digest.text(key).integer(timeUs);
  }

  write(to: MsgpackWriter): void {
    to.array(this.#times.size);
    for (const [key, timeUs] of this.#times) to.array(2).text(key).integer(timeUs);
  }

  read(from: MsgpackReader): void {
    for (let left = from.array(); left > 0; left -= 1) {
      from.arrayOf(2);
      const key = from.text(TEXT_MAX);
      this.#times.set(key, from.integer());
    }
  }
}
