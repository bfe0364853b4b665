/**
 * What the core costs and how long it stood still: resident and heap memory (a dead process's memory is freed before its
 * sockets are closed), and the longest pause of the garbage collector since the start.
 */
import { PerformanceObserver } from 'node:perf_hooks';

export interface ProcessFiguresView {
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  /** Longest turn of the event loop by the lateness of the replica's ticks, so a tick too short at most; ever, µs. */
  readonly loopLateMaxUs: number;
  /** Longest pause of the garbage collector, ever, and all of them together, µs. */
  readonly gcPauseMaxUs: number;
  readonly gcPauseTotalUs: number;
  readonly gcPauses: number;
}

export class ProcessFigures {
  readonly #loopLateMaxUs: () => number;
  readonly #observer: PerformanceObserver;
  #gcPauseMaxUs = 0;
  #gcPauseTotalUs = 0;
  #gcPauses = 0;

  constructor(loopLateMaxUs: () => number) {
    this.#loopLateMaxUs = loopLateMaxUs;
    this.#observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) this.#paused(Math.round(duration * 1000));
    });
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  stop(): void {
    this.#observer.disconnect();
  }

  view(): ProcessFiguresView {
    const { heapUsed, rss } = process.memoryUsage();
    return {
      rssBytes: rss,
      heapUsedBytes: heapUsed,
      loopLateMaxUs: this.#loopLateMaxUs(),
      gcPauseMaxUs: this.#gcPauseMaxUs,
      gcPauseTotalUs: this.#gcPauseTotalUs,
      gcPauses: this.#gcPauses,
    };
  }

  #paused(us: number): void {
    this.#gcPauses++;
    this.#gcPauseTotalUs += us;
    this.#gcPauseMaxUs = Math.max(this.#gcPauseMaxUs, us);
  }
}
