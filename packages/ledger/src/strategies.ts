/**
 * What strategies keep in the cluster: a blob each, with the version of its shape and a sequence number of the strategy's
 * own counting. The ledger does not look inside. A write whose number does not rise is refused: it comes from a writer
 * that a later one has overtaken (the same bytes under the same number are a repeat, and harmless).
 */
import { Digest } from './digest.ts';

/** Strategies are configured by people. */
export const STRATEGIES_MAX = 1_000;

export interface StrategyState {
  readonly strategyId: string;
  readonly sequence: number;
  readonly version: number;
  readonly blob: Uint8Array;
  /** 16 hex digits. */
  readonly blobHash: string;
  /** Entry that wrote it. */
  readonly index: number;
}

export type CheckpointOutcome = 'written' | 'repeated' | 'stale' | 'too-many';

export class Strategies {
  readonly #states = new Map<string, StrategyState>();

  find(strategyId: string): StrategyState | undefined {
    return this.#states.get(strategyId);
  }

  /** In the order in which they first wrote. */
  all(): IterableIterator<StrategyState> {
    return this.#states.values();
  }

  write(state: StrategyState): CheckpointOutcome {
    const before = this.#states.get(state.strategyId);
    if (before === undefined) {
      if (this.#states.size >= STRATEGIES_MAX) return 'too-many';
    } else if (state.sequence <= before.sequence) {
      const isSame =
        state.sequence === before.sequence &&
        state.version === before.version &&
        Buffer.compare(state.blob, before.blob) === 0;
      return isSame ? 'repeated' : 'stale';
    }
    this.#states.set(state.strategyId, state);
    return 'written';
  }

  digest(digest: Digest): void {
    for (const { blobHash, index, sequence, strategyId, version } of this.#states.values()) {
      digest.text(strategyId).integer(sequence).integer(version).integer(index).text(blobHash);
    }
  }
}

export function strategyState(from: Omit<StrategyState, 'blobHash'>): StrategyState {
  // A copy: the bytes of an entry belong to the entry.
  const blob = Uint8Array.from(from.blob);
  return { ...from, blob, blobHash: new Digest().bytes(blob).hex() };
}
