/**
 * What processes do for a drain: its course is the ledger's. From the phase in which venues are left on no line is dialled
 * again, by this leader or the next; once everything rests, every node makes a checkpoint of that entry, and the leader
 * tells the ledger when its own is on disk. One that cannot be written is tried again until it is, and the reason is shown.
 */
import type { Clock, Timer } from '@baton/host';
import type { Command, Ledger, LedgerEvent } from '@baton/ledger';

/** A full disk is seen to by people: often enough for them, seldom enough for the log. */
const AGAIN_MS = 2000;

export interface DrainDriverOptions {
  readonly clock: Clock;
  readonly ledger: () => Ledger;
  readonly suspendVenues: () => void;
  readonly resumeVenues: () => void;
  /** Resolves with the index of a checkpoint of at least that index, once it is on disk. */
  readonly checkpoint: (atLeast: number) => Promise<number>;
  readonly propose: (command: Command) => boolean;
  readonly log: (text: string, facts: object) => void;
}

export class DrainDriver {
  readonly #options: DrainDriverOptions;
  #term = 0;
  #hasLeft = false;
  #timer: Timer | undefined;
  #isWriting = false;
  /** Why this node's last try to write the checkpoint failed; '' when there is nothing to tell. */
  problem = '';

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

  /** The node stops. */
  close(): void {
    this.#timer?.cancel();
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
    const { ledger, suspendVenues } = this.#options;
    const drain = ledger().operations().drain;
    if (drain?.phase !== 'checkpoint') this.problem = '';
    if (drain === null || drain.phase === 'waiting' || drain.phase === 'canceling') return;
    if (this.#term !== 0) {
      this.#hasLeft = true;
      suspendVenues();
    }
    if (drain.phase === 'checkpoint') this.#write(drain.finalIndex);
  }

  #write(finalIndex: number): void {
    const { checkpoint, clock, ledger, log, propose } = this.#options;
    // One that is on its way is of this entry or before: when it ends it is looked at again.
    if (this.#isWriting) return;
    this.#isWriting = true;
    this.#timer?.cancel();
    const isWanted = (): boolean => {
      const { drain } = ledger().operations();
      return drain?.phase === 'checkpoint' && drain.finalIndex === finalIndex;
    };
    checkpoint(finalIndex).then(
      (index) => {
        this.#isWriting = false;
        this.problem = '';
        if (!isWanted()) this.#review();
        else if (this.#term !== 0) propose({ type: 'CheckpointNoted', index });
      },
      (error: unknown) => {
        this.#isWriting = false;
        if (!isWanted()) {
          this.#review();
          return;
        }
        this.problem = error instanceof Error ? error.message : String(error);
        log('the checkpoint of the drain could not be written: tried again', { finalIndex, error: this.problem });
        this.#timer = clock.setTimer(AGAIN_MS, () => this.#review());
      },
    );
  }
}
