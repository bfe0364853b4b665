/**
 * Kill latches of one node: closed at once and without asking anybody, for everything or for one venue, strategy or
 * symbol. What a quorum knows is in the ledger (trading states); a latch is for the moment in which there is no quorum, or
 * no time for one. Held in memory only: a node that starts again begins with what the ledger says.
 */
import type { Scope } from '@baton/ledger';

export interface KillLatch {
  readonly scope: Scope;
  /** '' for global. */
  readonly target: string;
  readonly reason: string;
}

/** Whose a message is, for latches that do not concern everything. */
export interface MessageOwner {
  readonly venue: string;
  readonly strategyId: string;
  readonly symbol: string;
}

export class KillLatches {
  readonly #latches = new Map<string, KillLatch>();

  /** `reason` is not empty. */
  close(latch: KillLatch): void {
    this.#latches.set(keyOf(latch.scope, latch.target), latch);
  }

  open(scope: Scope, target: string): void {
    this.#latches.delete(keyOf(scope, target));
  }

  list(): readonly KillLatch[] {
    return [...this.#latches.values()];
  }

  /** The latch that holds a message back; `owner` is asked only when there is any. */
  holding(owner: () => MessageOwner): KillLatch | undefined {
    if (this.#latches.size === 0) return undefined;
    const all = this.#latches.get(keyOf('global', ''));
    if (all !== undefined) return all;
    const { strategyId, symbol, venue } = owner();
    return (
      this.#latches.get(keyOf('venue', venue)) ??
      this.#latches.get(keyOf('strategy', strategyId)) ??
      this.#latches.get(keyOf('symbol', symbol))
    );
  }
}

function keyOf(scope: Scope, target: string): string {
  return `${scope}\u0000${target}`;
}
