/** Time that passes when told, for tests. */
import type { HeraldClock } from '../alert-post.ts';

export class FakeClock implements HeraldClock {
  #nowUs = 0;
  #timers: { readonly atUs: number; readonly callback: () => void }[] = [];

  monotonicUs(): number {
    return this.#nowUs;
  }

  setTimer(delayMs: number, callback: () => void): { cancel(): void } {
    const timer = { atUs: this.#nowUs + delayMs * 1000, callback };
    this.#timers.push(timer);
    const cancel = (): void => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
    return { cancel };
  }

  /** Runs what falls due, in order, and lets what follows from each happen. */
  async pass(durationMs: number): Promise<void> {
    const endUs = this.#nowUs + durationMs * 1000;
    await settle();
    for (;;) {
      const due = this.#timers.filter(({ atUs }) => atUs <= endUs).sort((a, b) => a.atUs - b.atUs)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((each) => each !== due);
      this.#nowUs = Math.max(this.#nowUs, due.atUs);
      due.callback();
      await settle();
    }
    this.#nowUs = endUs;
  }
}

/** Lets promises that are done be noticed. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
