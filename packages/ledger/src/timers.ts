/**
 * Timers of strategies. They are state and fire from Ticks, never by themselves: every node sees the same timer fire at
 * the same entry, once, in the order in which timers fall due (then in which they were set), and a new leader forgets none
 * (trading reference §3.9).
 */
import type { Digest } from './digest.ts';

/** More at once are refused: a strategy that sets timers in a loop must not fill the core. */
export const TIMERS_MAX = 10_000;

export interface Timer {
  readonly strategyId: string;
  readonly timerId: string;
  readonly dueUs: number;
  /** Entry that set it: tells a timer from a later one of the same id. */
  readonly setIndex: number;
}

/** Where a timer stands in the order in which they fire. */
export type TimerPlace = Pick<Timer, 'dueUs' | 'setIndex'>;

export class Timers {
  /** Latest due first, so that the next to fire is at the end. */
  readonly #waiting: Timer[] = [];
  readonly #byId = new Map<string, Timer>();

  get size(): number {
    return this.#waiting.length;
  }

  nextDueUs(): number | undefined {
    return this.#waiting.at(-1)?.dueUs;
  }

  has(strategyId: string, timerId: string): boolean {
    return this.#byId.has(keyOf(strategyId, timerId));
  }

  /** Replaces a timer of the same id. */
  set(timer: Timer): void {
    this.cancel(timer.strategyId, timer.timerId);
    this.#byId.set(keyOf(timer.strategyId, timer.timerId), timer);
    this.#waiting.splice(this.#placeOf(timer), 0, timer);
  }

  /** False when there is none. */
  cancel(strategyId: string, timerId: string): boolean {
    const key = keyOf(strategyId, timerId);
    const timer = this.#byId.get(key);
    if (timer === undefined) return false;
    this.#byId.delete(key);
    this.#waiting.splice(this.#placeOf(timer), 1);
    return true;
  }

  /** Takes the next timer that is due; undefined when none is. */
  takeDue(timeUs: number): Timer | undefined {
    const timer = this.#waiting.at(-1);
    if (timer === undefined || timer.dueUs > timeUs) return undefined;
    this.#waiting.pop();
    this.#byId.delete(keyOf(timer.strategyId, timer.timerId));
    return timer;
  }

  /** In the order in which they will fire; `last`: only those behind it, whether or not it is still there. */
  *all(last?: TimerPlace): IterableIterator<Timer> {
    const end = last === undefined ? this.#waiting.length : this.#placeOf(last);
    for (let at = end - 1; at >= 0; at -= 1) yield this.#waiting[at] as Timer;
  }

  digest(digest: Digest): void {
    for (const timer of this.#waiting) {
      digest.text(timer.strategyId).text(timer.timerId).integer(timer.dueUs).integer(timer.setIndex);
    }
  }

  /** Where it stands, or would: after all that fire later. An entry sets one timer, so no two are equal. */
  #placeOf(timer: TimerPlace): number {
    let low = 0;
    let high = this.#waiting.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (firesAfter(this.#waiting[middle] as Timer, timer)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function firesAfter(one: TimerPlace, other: TimerPlace): boolean {
  return one.dueUs === other.dueUs ? one.setIndex > other.setIndex : one.dueUs > other.dueUs;
}

function keyOf(strategyId: string, timerId: string): string {
  return `${strategyId}\u0000${timerId}`;
}
