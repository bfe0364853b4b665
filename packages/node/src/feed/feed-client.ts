/**
 * One reader of the change feed. Rules decided here: it is told each update once and in order, or told to reload; what it
 * has not read is bounded, and who is further behind is closed with the reason, because a reader's machine must cost
 * neither the scribe's memory nor the other readers.
 */
import type { KeptUpdate } from './feed-history.ts';
import { feedText, type UpdateType } from './feed-update.ts';

/** A console that stands still for seconds at full load; then reading the lists again is cheaper. */
export const UNREAD_BYTES_MAX = 4 * 1024 * 1024;
export const CLOSE_TOO_SLOW = 4008;

/** The line to a reader; a WebSocket is one. */
export interface FeedLine {
  /** Bytes given to it and not taken by the reader's machine. */
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

export interface FeedWish {
  /** Undefined: from now on. */
  readonly after: number | undefined;
  readonly incarnation: number | undefined;
  /** Null: all. */
  readonly types: ReadonlySet<UpdateType | 'node'> | null;
}

export class FeedClient {
  readonly #line: FeedLine;
  readonly #types: FeedWish['types'];
  /** Of entries up to it the reader knows, or does not want to. */
  #after: number;
  #isClosing = false;

  constructor(line: FeedLine, wish: FeedWish, after: number) {
    this.#line = line;
    this.#types = wish.types;
    this.#after = after;
  }

  update(update: KeptUpdate): void {
    if (update.index <= this.#after) return;
    if (this.#types === null || this.#types.has(update.type)) this.say(update.text);
  }

  node(text: string): void {
    if (this.#types === null || this.#types.has('node')) this.say(text);
  }

  /** Something between is not known here: the reader has to read the lists again. */
  reload(index: number, reason: string): void {
    this.#after = index;
    this.say(feedText({ type: 'reload', index, reason }));
  }

  say(text: string): void {
    if (this.#isClosing) return;
    if (this.#line.bufferedAmount <= UNREAD_BYTES_MAX) {
      this.#line.send(text);
      return;
    }
    this.#isClosing = true;
    this.#line.close(CLOSE_TOO_SLOW, 'too slow: connect again with after=<last index>');
    // What waits in front of the close frame is not read either.
    setTimeout(() => this.#line.terminate(), 1000).unref();
  }
}
