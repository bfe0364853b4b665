// Tells listeners when the lease begins and ends, for what must be closed when it is gone (a venue's socket).
//
// Rule decided here: the watch looks at every tick and turn, so it may be a tick late. It is a signal to tidy up; whoever
// acts on the lease asks for it at the moment of acting.

/** `sinceLookUs`: since the look before; more than two ticks mean that this process stood still. */
export type LeaseListener = (isHeld: boolean, term: number, sinceLookUs: number) => void;

export class LeaseWatch {
  readonly #listeners = new Set<LeaseListener>();
  #isHeld = false;
  #term = 0;
  #lookedUs = 0;

  /** Adds a listener and tells it the state of now; answers its removal. */
  add(listener: LeaseListener): () => void {
    this.#listeners.add(listener);
    listener(this.#isHeld, this.#term, 0);
    return () => this.#listeners.delete(listener);
  }

  /** A lease of a later term is another lease: the end of the old one is told first. */
  look(isHeld: boolean, term: number, nowUs: number): void {
    const sinceLookUs = nowUs - this.#lookedUs;
    this.#lookedUs = nowUs;
    if (this.#isHeld && (!isHeld || term !== this.#term)) this.#tell(false, this.#term, sinceLookUs);
    if (isHeld && !this.#isHeld) this.#tell(true, term, sinceLookUs);
  }

  #tell(isHeld: boolean, term: number, sinceLookUs: number): void {
    this.#isHeld = isHeld;
    this.#term = term;
    for (const listener of this.#listeners) listener(isHeld, term, sinceLookUs);
  }
}
