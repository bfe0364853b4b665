/**
 * The last updates, for those who come back: a ring bounded by their number. Rules decided here: an update is made into
 * text when somebody wants it first, and once; an entry is dropped whole, so that an index is always a place to go on from.
 */
import type { LedgerEvent } from '@baton/ledger';
import { feedText, type UpdateType, updateOf, updateTypeOf } from './feed-update.ts';

/** Some 10 MB of a scribe's memory; at 10,000 updates a second more than a second, at a quiet desk's pace hours. */
const UPDATES_MAX = 16_384;

export class KeptUpdate {
  readonly index: number;
  readonly type: UpdateType;
  #source: LedgerEvent | null;
  #text = '';

  constructor(source: LedgerEvent) {
    this.index = source.index;
    this.type = updateTypeOf(source);
    this.#source = source;
  }

  get text(): string {
    if (this.#source !== null) {
      this.#text = feedText(updateOf(this.#source));
      this.#source = null;
    }
    return this.#text;
  }
}

export class FeedHistory {
  readonly #updatesMax: number;
  #updates: KeptUpdate[] = [];
  /** First of `#updates` that is still kept: the ones before it are cut off now and then. */
  #first = 0;
  /** All updates of entries after it are kept. */
  #floor = 0;
  #isPlaced = false;

  constructor(updatesMax = UPDATES_MAX) {
    this.#updatesMax = updatesMax;
  }

  /** Entries up to `index` are not known here; what was kept is gone. */
  restart(index: number): void {
    this.#updates = [];
    this.#first = 0;
    this.#floor = index;
    this.#isPlaced = true;
  }

  /** The next entry; answers its updates. */
  add(index: number, events: readonly LedgerEvent[]): readonly KeptUpdate[] {
    if (!this.#isPlaced) this.restart(index - 1);
    const added = events.map((event) => new KeptUpdate(event));
    this.#updates.push(...added);
    while (this.#updates.length - this.#first > this.#updatesMax) this.#dropEntry();
    if (this.#first > this.#updatesMax) {
      this.#updates = this.#updates.slice(this.#first);
      this.#first = 0;
    }
    return added;
  }

  /** All updates of entries after `index`, oldest first; undefined when some of them are not kept. */
  after(index: number): readonly KeptUpdate[] | undefined {
    if (!this.#isPlaced || index < this.#floor) return undefined;
    let at = this.#updates.length;
    while (at > this.#first && (this.#updates[at - 1]?.index ?? 0) > index) at -= 1;
    return this.#updates.slice(at);
  }

  /** All updates of entries after it are kept. */
  get floor(): number {
    return this.#floor;
  }

  #dropEntry(): void {
    this.#floor = this.#updates[this.#first]?.index ?? this.#floor;
    while (this.#updates[this.#first]?.index === this.#floor) this.#first += 1;
  }
}
