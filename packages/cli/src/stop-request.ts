/**
 * How a person or a supervisor asks a foreground command to stop: Ctrl-C, SIGTERM, SIGHUP, the keys q and Ctrl-C. The
 * first request stops in order, a second one at once. A terminal's Ctrl-C reaches the whole process group and runners such
 * as npm pass it on as well, so signals that come together count as one.
 */

/** Signals closer together than this are one request. */
const SAME_REQUEST_MS = 400;

export class StopRequest {
  /** Aborted by the first request. */
  readonly signal: AbortSignal;
  readonly #abort = new AbortController();
  readonly #force: () => void;
  readonly #onSignal = (): void => this.request();
  #lastMs = Number.NEGATIVE_INFINITY;

  /** `force` is called by the second request. */
  constructor(force: () => void) {
    this.signal = this.#abort.signal;
    this.#force = force;
  }

  listen(): void {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, this.#onSignal);
  }

  close(): void {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(name, this.#onSignal);
  }

  request(nowMs = performance.now()): void {
    const isSame = nowMs - this.#lastMs < SAME_REQUEST_MS;
    this.#lastMs = nowMs;
    if (isSame) return;
    if (this.signal.aborted) this.#force();
    else this.#abort.abort(new Error('stop requested'));
  }
}
