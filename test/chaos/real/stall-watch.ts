/** When this process stood still: a suspended machine, a frozen group of processes, a processor that others had. */
import type { Span } from './interruptions.ts';

const BEAT_MS = 250;
/** Later than this is no matter of scheduling. */
const LATE_MS = 1_500;

export class StallWatch {
  readonly stalls: Span[] = [];
  #lastMs = performance.now();
  #timer: NodeJS.Timeout | undefined;

  start(): void {
    this.#lastMs = performance.now();
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    const nowMs = performance.now();
    if (nowMs - this.#lastMs > LATE_MS) this.stalls.push({ fromUs: wallUs(this.#lastMs), untilUs: wallUs(nowMs) });
    this.#lastMs = nowMs;
  }
}

function wallUs(ms: number): number {
  return Math.round((performance.timeOrigin + ms) * 1000);
}
