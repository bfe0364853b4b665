/**
 * Which pauses hold for a strategy: its own, and the one of all strategies. By entries, so that every node has the same at
 * the same index, and a pause outlives leaders. What the strategy is told is when it begins and ceases to rest as a whole:
 * once for each change, however many pauses overlap, and after a restart from where its state left off.
 */
import type { LedgerEvent } from '@baton/ledger';

type PauseEvent = Extract<LedgerEvent, { type: 'StrategiesPaused' }>;

/** A change of what the strategy does, to be told. */
export interface RestChange {
  readonly rests: boolean;
  readonly reason: string;
}

export class Rests {
  readonly #strategyId: string;
  /** Reasons by whom they concern: this strategy, or ('') all. */
  readonly #reasons = new Map<string, string>();

  constructor(strategyId: string) {
    this.#strategyId = strategyId;
  }

  restore(pauses: readonly { readonly strategyId: string; readonly reason: string }[]): void {
    this.#reasons.clear();
    for (const { strategyId, reason } of pauses) if (this.#concerns(strategyId)) this.#reasons.set(strategyId, reason);
  }

  get isResting(): boolean {
    return this.#reasons.size > 0;
  }

  /** Undefined when the strategy need not be told: another pause holds anyway. */
  hear({ paused, reason, strategyId }: PauseEvent): RestChange | undefined {
    if (!this.#concerns(strategyId)) return undefined;
    const rested = this.isResting;
    if (paused) this.#reasons.set(strategyId, reason);
    else this.#reasons.delete(strategyId);
    return this.isResting === rested ? undefined : { rests: this.isResting, reason };
  }

  /** As it was before these events, which are then heard again, one by one. */
  rewind(events: readonly PauseEvent[]): void {
    for (const { paused, reason, strategyId } of events.toReversed()) {
      if (!this.#concerns(strategyId)) continue;
      if (paused) this.#reasons.delete(strategyId);
      else this.#reasons.set(strategyId, reason);
    }
  }

  #concerns(strategyId: string): boolean {
    return strategyId === '' || strategyId === this.#strategyId;
  }
}
