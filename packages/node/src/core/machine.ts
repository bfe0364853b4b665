/**
 * The ledger as the replica's state machine. Results go back to the proposer; events go to all who watch; effects go to
 * the gateways, which keep only those of their own connection (a follower has none, so it drops them all).
 */
import { type CommandResult, type Effect, Ledger, type LedgerEvent } from '@baton/ledger';
import type { AppliedEntry, StateMachine, StateRestorer } from '@baton/replica';

export interface MachineListener {
  effect(effect: Effect): void;
  /** Events of one entry, in order; after its effects. */
  events(entry: AppliedEntry, events: readonly LedgerEvent[]): void;
}

export class LedgerMachine implements StateMachine {
  #ledger = new Ledger();
  readonly #listener: MachineListener;

  constructor(listener: MachineListener) {
    this.#listener = listener;
  }

  get ledger(): Ledger {
    return this.#ledger;
  }

  apply(entry: AppliedEntry): CommandResult {
    const { result, events, effects } = this.#ledger.apply(entry);
    // Effects first: they are what the venue waits for.
    for (const effect of effects) this.#listener.effect(effect);
    this.#listener.events(entry, events);
    return result;
  }

  snapshot(): Uint8Array {
    return this.#ledger.snapshot();
  }

  snapshotPieces(): Iterable<Uint8Array> {
    return this.#ledger.snapshotPieces();
  }

  restore(bytes: Uint8Array): void {
    this.#ledger = Ledger.restore(bytes);
  }

  restorer(): StateRestorer {
    const restorer = Ledger.restorer();
    return {
      add: (bytes) => restorer.add(bytes),
      finish: () => {
        const ledger = restorer.finish();
        return () => {
          this.#ledger = ledger;
        };
      },
    };
  }

  hash(): string {
    return this.#ledger.hash();
  }
}
