/** Work on one connection, one piece after the other: a transaction must not be mixed with what others ask. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` once all that was given before has ended, well or badly. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
