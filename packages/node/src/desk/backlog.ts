/**
 * The last events of orders and timers, kept in the core for strategies that start again: a strategy goes on from the state
 * that was replicated last, and is told what has happened since. Bounded; who missed more is told from where it can.
 */
import type { LedgerEvent } from '@baton/ledger';

/** At a hundred events a second, most of a minute; a strategy's state is replicated every second. */
const EVENTS_KEPT = 5_000;

const TOLD: ReadonlySet<LedgerEvent['type']> = new Set([
  'OrderChanged',
  'FillApplied',
  'CancelRejected',
  'TimerFired',
  'StrategiesPaused',
]);

export class Backlog {
  /** A ring once it is full; the oldest is at `#oldest`. */
  readonly #events: LedgerEvent[] = [];
  #oldest = 0;

  take(events: readonly LedgerEvent[]): void {
    for (const event of events) {
      if (!TOLD.has(event.type)) continue;
      if (this.#events.length < EVENTS_KEPT) this.#events.push(event);
      else {
        this.#events[this.#oldest] = event;
        this.#oldest = (this.#oldest + 1) % EVENTS_KEPT;
      }
    }
  }

  /** What concerns one strategy, oldest first. */
  of(strategyId: string): LedgerEvent[] {
    const ordered = [...this.#events.slice(this.#oldest), ...this.#events.slice(0, this.#oldest)];
    return ordered.filter((event) => strategyOf(event) === strategyId || concernsAll(event));
  }
}

function strategyOf(event: LedgerEvent): string | undefined {
  if (event.type === 'OrderChanged') return event.order.strategyId;
  return 'strategyId' in event ? event.strategyId : undefined;
}

function concernsAll(event: LedgerEvent): boolean {
  return event.type === 'CancelRejected' || (event.type === 'StrategiesPaused' && event.strategyId === '');
}
