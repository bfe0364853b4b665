/**
 * Tells all targets who leads, at once and beside each other. Rules decided here: a newer promotion ends what is under way
 * for an older one, so a target never hears an old leader after a new one from us; each try is bounded; a target that did
 * not take it is tried again for a while, as long as it is still true.
 */
import type { HeraldClock } from './alert-post.ts';
import type { Promotion, PromotionTarget } from './promotion-target.ts';
import { ReceiverError } from './receiver.ts';

export interface PromotionsOptions {
  readonly targets: readonly PromotionTarget[];
  readonly clock: HeraldClock;
  /** A target has taken it, after so many milliseconds, or ('problem') a try has failed. */
  readonly told: (target: string, promotion: Promotion, tookMs: number, problem: string) => void;
}

const RETRY_MS = 100;
const RETRY_FACTOR_MAX = 50;
/** Health checks have found out long before. */
const TRIES_MAX = 12;

export class Promotions {
  readonly #options: PromotionsOptions;
  #current: AbortController | null = null;
  #term = 0;

  constructor(options: PromotionsOptions) {
    this.#options = options;
  }

  /** A node leads, and its gate is open. Resolves when every target has taken it or is given up. */
  async leads(promotion: Promotion): Promise<void> {
    if (promotion.term < this.#term) return;
    this.#term = promotion.term;
    this.#current?.abort();
    const current = new AbortController();
    this.#current = current;
    const startedUs = this.#options.clock.monotonicUs();
    await Promise.all(this.#options.targets.map((target) => this.#tell(target, promotion, current.signal, startedUs)));
  }

  /** It no longer does: what is under way is ended. */
  ends(): void {
    this.#current?.abort();
    this.#current = null;
  }

  async #tell(target: PromotionTarget, promotion: Promotion, signal: AbortSignal, startedUs: number): Promise<void> {
    const { clock, told } = this.#options;
    for (let tries = 0; tries < TRIES_MAX && !signal.aborted; tries++) {
      const error = await this.#try(target, promotion, signal);
      if (signal.aborted) return;
      const tookMs = (clock.monotonicUs() - startedUs) / 1000;
      told(target.name, promotion, tookMs, error?.message ?? '');
      if (error === null || error.isFinal) return;
      await this.#pause(RETRY_MS * Math.min(2 ** tries, RETRY_FACTOR_MAX), signal);
    }
  }

  async #try(target: PromotionTarget, promotion: Promotion, signal: AbortSignal): Promise<ReceiverError | null> {
    const late = new AbortController();
    const timer = this.#options.clock.setTimer(target.timeoutMs, () => late.abort());
    try {
      await target.promote(promotion, AbortSignal.any([signal, late.signal]));
      return null;
    } catch (error) {
      return error instanceof ReceiverError ? error : new ReceiverError(String((error as Error)?.message ?? error));
    } finally {
      timer.cancel();
    }
  }

  #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.setTimer(delayMs, resolve);
      const end = (): void => {
        timer.cancel();
        resolve();
      };
      signal.addEventListener('abort', end, { once: true });
    });
  }
}
