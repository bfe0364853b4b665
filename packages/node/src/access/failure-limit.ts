/**
 * How often an address may show a wrong token: after some within a window nothing of it is looked at until the window has
 * passed. Bounded: of more addresses than are kept, the oldest is forgotten.
 */

export const FAILURES_MAX = 10;
export const WINDOW_MS = 30_000;
const ADDRESSES_MAX = 1000;

export class FailureLimit {
  readonly #nowMs: () => number;
  readonly #failures = new Map<string, { count: number; readonly endsMs: number }>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Milliseconds for which this address is not listened to; 0 when it is. */
  blockedMs(address: string): number {
    const known = this.#failures.get(address);
    if (known === undefined) return 0;
    const leftMs = known.endsMs - this.#nowMs();
    if (leftMs > 0) return known.count >= FAILURES_MAX ? leftMs : 0;
    this.#failures.delete(address);
    return 0;
  }

  failed(address: string): void {
    const known = this.#failures.get(address);
    if (known !== undefined && known.endsMs > this.#nowMs()) {
      known.count += 1;
      return;
    }
    this.#failures.delete(address);
    this.#failures.set(address, { count: 1, endsMs: this.#nowMs() + WINDOW_MS });
    if (this.#failures.size <= ADDRESSES_MAX) return;
    const [oldest = ''] = this.#failures.keys();
    this.#failures.delete(oldest);
  }
}
