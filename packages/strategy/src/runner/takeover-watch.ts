/**
 * Watches the log for failovers and reports to the strategy what each did to its orders, when the venue's gate is open again.
 * All from entries: the report is the same on every node.
 */
import type { LedgerEvent, OrderView } from '@baton/ledger';
import type { FillEvent, TakeoverReport } from '../definition.ts';

interface Watched {
  readonly sinceUs: number;
  readonly voided: Map<string, OrderView>;
  readonly inDoubt: Map<string, OrderView>;
  readonly fills: FillEvent[];
}

export class TakeoverWatch {
  readonly #strategyId: string;
  /** By venue, from its gate's closing to its opening. */
  readonly #watched = new Map<string, Watched>();

  constructor(strategyId: string) {
    this.#strategyId = strategyId;
  }

  /** The report that is due with this event. */
  hear(event: LedgerEvent): TakeoverReport | undefined {
    switch (event.type) {
      case 'GateClosed':
        this.#begin(event.venue, event.timeUs);
        return undefined;
      case 'OrderChanged':
        if (event.order.strategyId === this.#strategyId) this.#order(event.order);
        return undefined;
      case 'FillApplied':
        if (event.strategyId === this.#strategyId) this.#watched.get(event.venue)?.fills.push(event);
        return undefined;
      case 'GateOpened':
        return this.#end(event.venue, event.term, event.timeUs);
      default:
        return undefined;
    }
  }

  #begin(venue: string, timeUs: number): void {
    // A second leader that died on the way prolongs the same gap.
    if (this.#watched.has(venue)) return;
    this.#watched.set(venue, { sinceUs: timeUs, voided: new Map(), inDoubt: new Map(), fills: [] });
  }

  #order(order: OrderView): void {
    const watched = this.#watched.get(order.venue);
    if (watched === undefined) return;
    watched.inDoubt.delete(order.rootClOrdId);
    if (order.state === 'Voided') watched.voided.set(order.rootClOrdId, order);
    else if (order.state === 'InDoubt') watched.inDoubt.set(order.rootClOrdId, order);
  }

  #end(venue: string, term: number, timeUs: number): TakeoverReport | undefined {
    const watched = this.#watched.get(venue);
    if (watched === undefined) return undefined;
    this.#watched.delete(venue);
    const { sinceUs, voided, inDoubt, fills } = watched;
    const gapMs = (timeUs - sinceUs) / 1000;
    return { term, venue, voided: [...voided.values()], inDoubt: [...inDoubt.values()], fills, gapMs };
  }
}
