/**
 * What processes do for a drain: its course is the ledger's. From the phase in which venues are left on no line is dialled
 * again, by this leader or the next; once everything rests, every node makes a checkpoint of that entry, and the leader
 * tells the ledger when its own is on disk.
 */
import type { Command, Ledger, LedgerEvent } from '@baton/ledger';

export interface DrainDriverOptions {
  readonly ledger: () => Ledger;
  readonly suspendVenues: () => void;
  readonly resumeVenues: () => void;
  /** Resolves with the index of a checkpoint of at least that index, once it is on disk. */
  readonly checkpoint: (atLeast: number) => Promise<number>;
  readonly propose: (command: Command) => boolean;
}

export class DrainDriver {
  readonly #options: DrainDriverOptions;
  #term = 0;
  #hasLeft = false;

  constructor(options: DrainDriverOptions) {
    this.#options = options;
  }

  /** This node was elected; called after the gateways have begun to dial. */
  begin(term: number): void {
    this.#term = term;
    this.#review();
  }

  end(): void {
    this.#term = 0;
  }

  applied(events: readonly LedgerEvent[]): void {
    for (const { type } of events) {
      if (type === 'DrainChanged') this.#review();
      // A recovery ends a drain that was through: the cluster is back.
      else if (type === 'TradingStarted' || type === 'RecoveryChanged') this.#comeBack();
    }
  }

  #comeBack(): void {
    if (!this.#hasLeft || this.#options.ledger().operations().drain !== null) return;
    this.#hasLeft = false;
    this.#options.resumeVenues();
  }

  #review(): void {
    const { checkpoint, ledger, propose, suspendVenues } = this.#options;
    const drain = ledger().operations().drain;
    if (drain === null || drain.phase === 'waiting' || drain.phase === 'canceling') return;
    if (this.#term !== 0) {
      this.#hasLeft = true;
      suspendVenues();
    }
    if (drain.phase !== 'checkpoint') return;
    const term = this.#term;
    checkpoint(drain.finalIndex).then(
      (index) => {
        if (term !== 0 && this.#term === term) propose({ type: 'CheckpointNoted', index });
      },
      // The disk has told its log; the drain waits, and whoever is asked for one again may have more room.
      () => {},
    );
  }
}
