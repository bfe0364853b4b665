/**
 * How many times something happened within a window of entry time: exact and sliding, so that no boundary lets twice the
 * limit through. Times rise with the log, so the oldest stand first; at most as many are kept as the limit allows.
 */
import type { Digest } from './digest.ts';
import type { MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';

export class RateWindow {
  #times: number[] = [];
  /** Members before it have left the window. */
  #first = 0;

  /** Happenings after `timeUs - windowUs`. */
  count(timeUs: number, windowUs: number): number {
    while (this.#first < this.#times.length && (this.#times[this.#first] as number) <= timeUs - windowUs) {
      this.#first += 1;
    }
    if (this.#first > 1024 && this.#first * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#first);
      this.#first = 0;
    }
    return this.#times.length - this.#first;
  }

  /** Read only: a view must not move what is state. */
  peek(timeUs: number, windowUs: number): number {
    let count = 0;
    for (let at = this.#times.length - 1; at >= this.#first; at -= 1) {
      if ((this.#times[at] as number) <= timeUs - windowUs) break;
      count += 1;
    }
    return count;
  }

  note(timeUs: number): void {
    this.#times.push(timeUs);
  }

  /** The limit is gone: nothing needs to be remembered. */
  clear(): void {
    this.#times = [];
    this.#first = 0;
  }

  digest(digest: Digest): void {
    digest.integer(this.#times.length - this.#first);
    for (let at = this.#first; at < this.#times.length; at += 1) digest.integer(this.#times[at] as number);
  }

  write(to: MsgpackWriter): void {
    to.array(this.#times.length - this.#first);
    for (let at = this.#first; at < this.#times.length; at += 1) to.integer(this.#times[at] as number);
  }

  read(from: MsgpackReader): void {
    for (let left = from.array(); left > 0; left -= 1) this.#times.push(from.integer());
  }
}
