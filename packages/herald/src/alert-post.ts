/**
 * One receiver's queue: alerts in order, one at a time, tried again with growing pauses. Rules decided here: the queue is
 * bounded, and what is dropped is the oldest of the least severe, counted and told with the next alert; an alert that nobody
 * took for a quarter of an hour is given up, so that a dead receiver costs memory and time no longer.
 */
import { type Alert, isAtLeast, SEVERITIES, type Teller } from './alert.ts';
import type { Receiver } from './receiver.ts';
import { ReceiverError } from './receiver.ts';

export interface HeraldClock {
  monotonicUs(): number;
  setTimer(delayMs: number, callback: () => void): { cancel(): void };
}

export interface AlertPostOptions {
  readonly receiver: Receiver;
  readonly teller: Teller;
  readonly clock: HeraldClock;
  /** Default 200. */
  readonly queueMax?: number;
  /** For one try. Default 10 s. */
  readonly tryTimeoutMs?: number;
  /** Pause after the first failure, doubled up to a hundred times as much. Default 500 ms. */
  readonly retryMs?: number;
  /** Default 15 minutes. */
  readonly giveUpAfterMs?: number;
  /** Each alert leaves the queue once: taken, or not (then `problem` says why). */
  readonly settled: (alert: Alert, problem: string) => void;
  readonly trouble: (problem: string) => void;
}

const QUEUE_MAX = 200;
const TRY_TIMEOUT_MS = 10_000;
const RETRY_MS = 500;
const RETRY_FACTOR_MAX = 100;
const GIVE_UP_AFTER_MS = 900_000;

interface Waiting {
  readonly alert: Alert;
  readonly sinceUs: number;
}

export class AlertPost {
  readonly #options: AlertPostOptions;
  #queue: Waiting[] = [];
  #failures = 0;
  #dropped = 0;
  #isSending = false;
  #isClosed = false;
  #trial: AbortController | null = null;
  #timer: { cancel(): void } | null = null;

  constructor(options: AlertPostOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.receiver.name;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** Takes an alert, if it is severe enough for this receiver; false: it is none of its business. */
  add(alert: Alert): boolean {
    const { clock, queueMax = QUEUE_MAX, receiver } = this.#options;
    if (this.#isClosed || !isAtLeast(alert.severity, receiver.severityMin)) return false;
    this.#queue.push({ alert, sinceUs: clock.monotonicUs() });
    if (this.#queue.length > queueMax) this.#dropOne();
    if (!this.#isSending && this.#timer === null) void this.#send();
    return true;
  }

  /** Forgets what waits: somebody else tells it from here on. What is under way is ended. */
  clear(): void {
    this.#queue = [];
    this.#dropped = 0;
    this.#failures = 0;
    this.#timer?.cancel();
    this.#timer = null;
    this.#trial?.abort();
  }

  close(): void {
    this.#isClosed = true;
    this.clear();
  }

  /** The one under way is first in the queue and stays. */
  #dropOne(): void {
    for (const severity of SEVERITIES) {
      const at = this.#queue.findIndex(({ alert }, i) => alert.severity === severity && !(i === 0 && this.#isSending));
      if (at < 0) continue;
      const [lost] = this.#queue.splice(at, 1);
      this.#dropped += 1;
      if (lost !== undefined) this.#options.settled(lost.alert, 'dropped: too many alerts wait');
      return;
    }
  }

  /** Never rejects. */
  async #send(): Promise<void> {
    this.#isSending = true;
    while (!this.#isClosed && this.#timer === null) {
      const first = this.#queue[0];
      if (first === undefined) break;
      const dropped = this.#dropped;
      const problem = await this.#try(first, dropped);
      if (this.#queue[0] !== first) continue; // Cleared meanwhile.
      if (problem === null) {
        this.#dropped -= dropped;
        this.#failures = 0;
        this.#leave(first, '');
      } else this.#failed(first, problem);
    }
    this.#isSending = false;
  }

  async #try({ alert }: Waiting, dropped: number): Promise<ReceiverError | null> {
    const { clock, receiver, teller, tryTimeoutMs = TRY_TIMEOUT_MS } = this.#options;
    const trial = new AbortController();
    this.#trial = trial;
    const timer = clock.setTimer(tryTimeoutMs, () => trial.abort());
    const lost = dropped === 0 ? '' : ` (${dropped} earlier alerts were dropped: too many at once)`;
    try {
      await receiver.send(lost === '' ? alert : { ...alert, text: `${alert.text}${lost}` }, teller, trial.signal);
      return null;
    } catch (error) {
      return error instanceof ReceiverError ? error : new ReceiverError(String((error as Error)?.message ?? error));
    } finally {
      timer.cancel();
      this.#trial = null;
    }
  }

  #failed(waiting: Waiting, error: ReceiverError): void {
    const { clock, giveUpAfterMs = GIVE_UP_AFTER_MS, retryMs = RETRY_MS, trouble } = this.#options;
    if (this.#failures === 0) trouble(error.message);
    const ageMs = (clock.monotonicUs() - waiting.sinceUs) / 1000;
    if (error.isFinal || ageMs >= giveUpAfterMs) {
      this.#leave(waiting, error.message);
      return;
    }
    const pauseMs = retryMs * Math.min(2 ** this.#failures, RETRY_FACTOR_MAX);
    this.#failures += 1;
    this.#timer = clock.setTimer(pauseMs, () => {
      this.#timer = null;
      if (!this.#isSending) void this.#send();
    });
  }

  #leave(waiting: Waiting, problem: string): void {
    this.#queue.shift();
    this.#options.settled(waiting.alert, problem);
  }
}
