/**
 * When the world outside is told that this node leads: as soon as the first gate of its term opens, for then it can trade;
 * after a second without an open gate all the same, because orders are taken and held meanwhile, and operators need it.
 */
import type { Clock, Timer } from '@baton/host';
import type { LedgerEvent } from '@baton/ledger';

const WITHOUT_GATE_MS = 1000;

export class PromotionSignal {
  readonly #clock: Pick<Clock, 'setTimer'>;
  readonly #tell: (term: number) => void;
  #term = 0;
  #timer: Timer | null = null;

  /** `tell`: once a term. */
  constructor(clock: Pick<Clock, 'setTimer'>, tell: (term: number) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  leading(term: number): void {
    this.retired();
    this.#term = term;
    this.#timer = this.#clock.setTimer(WITHOUT_GATE_MS, () => this.#now());
  }

  retired(): void {
    this.#term = 0;
    this.#timer?.cancel();
    this.#timer = null;
  }

  applied(events: readonly LedgerEvent[]): void {
    if (this.#timer === null) return;
    if (events.some((event) => event.type === 'GateOpened' && event.term === this.#term)) this.#now();
  }

  #now(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#tell(this.#term);
  }
}
