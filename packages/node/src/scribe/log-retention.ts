/**
 * How much of the log is kept for a sink that is behind: so many entries before the newest checkpoint and no more, because
 * a full disk would end the node, and a database that is away must not. What is given up is told, once a time of trouble.
 */
import type { Log } from '../core/log.ts';

export class LogRetention {
  readonly #entriesMax: number;
  readonly #log: Pick<Log, 'error' | 'warn'>;
  #state: 'kept' | 'growing' | 'given-up' = 'kept';

  constructor(entriesMax: number, log: Pick<Log, 'error' | 'warn'>) {
    this.#entriesMax = entriesMax;
    this.#log = log;
  }

  /** Up to which entry the log may go, for sinks that have everything up to `cursor`. */
  neededAfter(checkpointIndex: number, cursor: number): number {
    const behind = checkpointIndex - cursor;
    const bound = checkpointIndex - this.#entriesMax;
    const facts = { event: 'history.retention', cursor, behind, entriesMax: this.#entriesMax };
    if (behind > this.#entriesMax) {
      if (this.#state !== 'given-up')
        this.#log.error(
          facts,
          'the log is given up although the history has not all of it: there will be a hole in it',
        );
      this.#state = 'given-up';
    } else if (behind > this.#entriesMax / 2) {
      if (this.#state === 'kept') this.#log.warn(facts, 'the history is behind, and the log grows for it');
      this.#state = 'growing';
    } else this.#state = 'kept';
    return Math.max(cursor, bound);
  }
}
