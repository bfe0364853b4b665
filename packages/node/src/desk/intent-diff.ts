/**
 * Compares what two versions of a strategy want from the same inputs, on this node: intents of equal keys are the same
 * intent. Counted are those that both want alike, those that differ in what they ask, and those that only one wants, once
 * the other has had time to. Nothing here reaches an order.
 */
import type { StrategyIntent } from '@baton/strategy/runner';

/** How long the other version may take: hooks of two threads are seldom told at the same instant. */
const WAIT_MS = 1_000;
const EXAMPLES_MAX = 20;
const WAITING_MAX = 10_000;

export type DifferenceKind = 'missing' | 'extra' | 'different';

export interface Difference {
  readonly kind: DifferenceKind;
  readonly key: string;
  /** What each version wants; '' for nothing. */
  readonly active: string;
  readonly candidate: string;
}

export interface DiffFigures {
  /** Deployments that are compared. */
  readonly active: number;
  readonly candidate: number;
  readonly same: number;
  /** The active version wants it, the candidate does not. */
  readonly missing: number;
  /** The candidate wants it, the active version does not. */
  readonly extra: number;
  /** Both want something under this key, and not the same: side, quantity, price, or what to do. */
  readonly different: number;
  /** The last ones. */
  readonly examples: readonly Difference[];
}

interface Waiting {
  readonly isCandidate: boolean;
  readonly text: string;
  readonly atMs: number;
}

export class IntentDiff {
  readonly #active: number;
  readonly #candidate: number;
  /** Oldest first. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #counts = { same: 0, missing: 0, extra: 0, different: 0 };
  readonly #examples: Difference[] = [];

  constructor(active: number, candidate: number) {
    this.#active = active;
    this.#candidate = candidate;
  }

  take(deployment: number, intent: StrategyIntent, nowMs: number): void {
    const isCandidate = deployment === this.#candidate;
    if (!isCandidate && deployment !== this.#active) return;
    const key = intent.clientKey;
    const text = intentText(intent);
    const other = this.#waiting.get(key);
    if (other === undefined || other.isCandidate === isCandidate) {
      if (other === undefined && this.#waiting.size < WAITING_MAX)
        this.#waiting.set(key, { isCandidate, text, atMs: nowMs });
      return;
    }
    this.#waiting.delete(key);
    if (other.text === text) this.#counts.same += 1;
    else this.#differ('different', key, isCandidate ? other.text : text, isCandidate ? text : other.text);
  }

  figures(nowMs: number): DiffFigures {
    for (const [key, { atMs, isCandidate, text }] of this.#waiting) {
      if (nowMs - atMs < WAIT_MS) break;
      this.#waiting.delete(key);
      if (isCandidate) this.#differ('extra', key, '', text);
      else this.#differ('missing', key, text, '');
    }
    return { active: this.#active, candidate: this.#candidate, ...this.#counts, examples: [...this.#examples] };
  }

  #differ(kind: DifferenceKind, key: string, active: string, candidate: string): void {
    this.#counts[kind] += 1;
    this.#examples.push({ kind, key, active, candidate });
    if (this.#examples.length > EXAMPLES_MAX) this.#examples.shift();
  }
}

function intentText(intent: StrategyIntent): string {
  switch (intent.type) {
    case 'SubmitOrder': {
      const { orderType, price, quantity, side, symbol, timeInForce } = intent;
      return `${side} ${quantity} ${symbol} ${orderType === 'market' ? 'at market' : `at ${price}`} ${timeInForce}`;
    }
    case 'ReplaceOrder':
      return `replace ${intent.clOrdId} by ${intent.quantity} at ${intent.price}`;
    case 'CancelOrder':
      return `cancel ${intent.clOrdId}`;
  }
}
