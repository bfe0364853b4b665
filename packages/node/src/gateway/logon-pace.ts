/**
 * When a venue may be dialled again. The first dial of a new leader never waits; repetitions keep to half of the Logons
 * that the venue takes from an account in its window, because other nodes keep sessions too and a venue that has had
 * enough drops all of them. Venues without a stated rate are asked after the pauses of the gateway alone.
 */
import type { Clock } from '@baton/host';

export interface LogonRate {
  readonly count: number;
  readonly windowMs: number;
}

export class LogonPace {
  readonly #clock: Pick<Clock, 'monotonicUs'>;
  readonly #rate: LogonRate | undefined;
  /** Dials within the window, oldest first. */
  #dialledUs: number[] = [];

  constructor(clock: Pick<Clock, 'monotonicUs'>, rate: LogonRate | undefined) {
    this.#clock = clock;
    this.#rate = rate;
  }

  /** A dial is being made. */
  note(): void {
    if (this.#rate !== undefined) this.#dialledUs.push(this.#clock.monotonicUs());
  }

  /** Milliseconds until the next dial keeps to the venue's rate; 0 for at once. */
  waitMs(): number {
    if (this.#rate === undefined) return 0;
    const nowUs = this.#clock.monotonicUs();
    const windowUs = this.#rate.windowMs * 1000;
    this.#dialledUs = this.#dialledUs.filter((atUs) => nowUs - atUs < windowUs);
    const allowed = Math.max(1, Math.floor(this.#rate.count / 2));
    const blocking = this.#dialledUs.at(-allowed);
    return blocking === undefined ? 0 : Math.ceil((blocking + windowUs - nowUs) / 1000);
  }
}
