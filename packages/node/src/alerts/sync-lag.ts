/**
 * How far behind followers are in time: the leader notes now and then how long its log was, and an entry that a follower
 * lacks is as old as the first note that has it. Exact to the distance of two notes.
 */
import type { Clock, Timer } from '@baton/host';

const NOTE_EVERY_MS = 25;
/** A follower that is further behind is so far behind. */
const NOTES_MAX = 1200;

interface Note {
  readonly timeUs: number;
  readonly index: number;
}

export class SyncLag {
  readonly #clock: Clock;
  readonly #lastIndex: () => number;
  #notes: Note[] = [];
  #timer: Timer | null = null;

  constructor(clock: Clock, lastIndex: () => number) {
    this.#clock = clock;
    this.#lastIndex = lastIndex;
  }

  start(): void {
    this.stop();
    this.#note();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#notes = [];
  }

  /** Age of the oldest entry behind `matchIndex`, ms; 0 when there is none. */
  lagMs(matchIndex: number): number {
    const first = this.#notes.find(({ index }) => index > matchIndex);
    return first === undefined ? 0 : (this.#clock.monotonicUs() - first.timeUs) / 1000;
  }

  #note(): void {
    const index = this.#lastIndex();
    // Only what is new: a quiet cluster does not push out the note of an entry that a follower lacks.
    if (index !== this.#notes.at(-1)?.index) this.#notes.push({ timeUs: this.#clock.monotonicUs(), index });
    if (this.#notes.length > NOTES_MAX) this.#notes.shift();
    this.#timer = this.#clock.setTimer(NOTE_EVERY_MS, () => this.#note());
  }
}
