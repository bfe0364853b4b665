/**
 * How much of what a venue tells may be on its way into the log. Rule decided here: a line is not read any further while so
 * many of its messages wait for their entries, and TCP's window holds the venue back. Without that an answer of tens of
 * thousands of messages would be taken in one turn, the log would refuse what is too much, and the gap would be asked for
 * again.
 */
import type { Connection } from '@baton/host';

/** Messages on their way at which reading stops, and goes on: two round trips of the log at its full rate. */
export const WAITING_MAX = 512;
const WAITING_AGAIN = 128;

export class InboundFlow {
  readonly #line: () => Pick<Connection, 'pause' | 'resume'> | undefined;
  #waiting = 0;
  #isPaused = false;

  /** `line`: that whose messages are counted; undefined once it is gone. */
  constructor(line: () => Pick<Connection, 'pause' | 'resume'> | undefined) {
    this.#line = line;
  }

  /** A message is on its way; call what is answered when it is in the log, or will never be. */
  begin(): () => void {
    this.#waiting += 1;
    if (this.#waiting >= WAITING_MAX && !this.#isPaused) {
      this.#isPaused = true;
      this.#line()?.pause();
    }
    return () => this.#end();
  }

  #end(): void {
    this.#waiting -= 1;
    if (!this.#isPaused || this.#waiting > WAITING_AGAIN) return;
    this.#isPaused = false;
    this.#line()?.resume();
  }
}
