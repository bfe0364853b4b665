/**
 * Things that happen later, in order: what goes in first comes out first, however short a later delay is, as on a line or in
 * a queue. Times are those of the monotonic clock, µs.
 */
export class DelayLine<Item> {
  readonly #waiting: { readonly item: Item; readonly dueUs: number }[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  /** When the first one is due; undefined when nothing waits. */
  get nextDueUs(): number | undefined {
    return this.#waiting[0]?.dueUs;
  }

  push(item: Item, dueUs: number): void {
    const last = this.#waiting.at(-1)?.dueUs ?? dueUs;
    this.#waiting.push({ item, dueUs: Math.max(last, dueUs) });
  }

  /** Takes out what is due. */
  takeDue(nowUs: number): Item[] {
    if (this.#waiting.length === 0) return [];
    const firstLater = this.#waiting.findIndex(({ dueUs }) => dueUs > nowUs);
    const count = firstLater === -1 ? this.#waiting.length : firstLater;
    return this.#waiting.splice(0, count).map(({ item }) => item);
  }

  /** Takes out everything, due or not. */
  takeAll(): Item[] {
    return this.takeDue(Number.POSITIVE_INFINITY);
  }
}
