/**
 * Sends spans to a collector, in batches, beside everything else: a collector that is slow or away costs memory up to a
 * bound, then the oldest spans, and never anybody's time. OTLP over HTTP in JSON; 429 and 5xx are tried again.
 */
import type { HeraldClock } from '@baton/herald';
import { otlpJson, type TraceTeller } from './otlp-json.ts';
import type { Span } from './span.ts';

export interface TraceExporterOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly teller: TraceTeller;
  readonly clock: HeraldClock;
  /** It does not take them (text), or does again (''). */
  readonly trouble: (problem: string) => void;
}

const BATCH_MAX = 512;
const WAITING_MAX = 10_000;
const EVERY_MS = 1000;
const TIMEOUT_MS = 5000;
const RETRY_MAX_MS = 30_000;
const TRY_AGAIN: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);

export class TraceExporter {
  readonly #options: TraceExporterOptions;
  #waiting: Span[] = [];
  #isUnderWay = false;
  #problem = '';
  #retryMs = EVERY_MS;
  /** Spans that were given up: too many waited, or the collector refused them. */
  droppedCount = 0;

  constructor(options: TraceExporterOptions) {
    this.#options = options;
  }

  add(spans: readonly Span[]): void {
    if (spans.length === 0) return;
    this.#waiting.push(...spans);
    const beyond = this.#waiting.length - WAITING_MAX;
    if (beyond > 0) this.droppedCount += this.#waiting.splice(0, beyond).length;
    this.#later(EVERY_MS);
  }

  #later(delayMs: number): void {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    this.#options.clock.setTimer(delayMs, () => void this.#send());
  }

  async #send(): Promise<void> {
    const batch = this.#waiting.splice(0, BATCH_MAX);
    const outcome = await this.#post(batch);
    this.#isUnderWay = false;
    if (outcome.isOver) {
      if (outcome.problem !== '') this.droppedCount += batch.length;
      this.#retryMs = EVERY_MS;
    } else {
      this.#waiting.unshift(...batch);
      this.#retryMs = Math.min(2 * this.#retryMs, RETRY_MAX_MS);
    }
    if (outcome.problem !== this.#problem) this.#options.trouble(outcome.problem);
    this.#problem = outcome.problem;
    if (this.#waiting.length > 0) this.#later(outcome.isOver ? 0 : this.#retryMs);
  }

  /** `isOver`: these spans are not tried again. The collector's address may hold a secret: a problem names its host only. */
  async #post(batch: readonly Span[]): Promise<{ readonly isOver: boolean; readonly problem: string }> {
    const { headers, teller, url } = this.#options;
    const { host } = new URL(url);
    try {
      const response = await fetch(url, {
        method: 'POST',
        body: otlpJson(batch, teller),
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: { 'content-type': 'application/json', ...headers },
      });
      await response.arrayBuffer();
      if (response.ok) return { isOver: true, problem: '' };
      return { isOver: !TRY_AGAIN.has(response.status), problem: `${host} answered ${response.status}` };
    } catch (error) {
      const { cause, name } = error as Error & { readonly cause?: { readonly code?: string } };
      return { isOver: false, problem: `${host} did not answer (${cause?.code ?? name})` };
    }
  }
}
