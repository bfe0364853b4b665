/**
 * Our books of one venue's account, as a comparison needs them, and what reconciliation has found: views of the ledger's
 * state, read when asked for.
 */
import { formatDecimal } from '@baton/fix';
import type { FillView, OrderView } from '../event.ts';
import type { LedgerState } from '../ledger-state.ts';
import { viewOf } from '../order.ts';
import { averagePriceOf, flatPosition } from '../position.ts';
import { isReconciled } from '../status-query.ts';
import type { VenueSession } from '../venue-session.ts';
import { fillsView } from '../view.ts';
import type { Finding } from './finding.ts';
import type { FindingOutcome, RunRecord } from './reconciliation.ts';

/** A fill at the edge of what is remembered may be on either side of it: venues' clocks and ours differ. */
const EDGE_US = 60_000_000;

export interface OurPosition {
  readonly quantity: string;
  /** '' when flat. */
  readonly averagePrice: string;
  /** The log's last price of the symbol; '' if it has none. */
  readonly referencePrice: string;
  /** Places of a price. */
  readonly priceScale: number;
  /** Entry that last booked something in the symbol. */
  readonly changedIndex: number;
}

export interface FindingView extends Finding {
  readonly venue: string;
  readonly outcome: FindingOutcome;
  readonly firstIndex: number;
  readonly index: number;
  readonly timeUs: number;
  readonly by: string;
  readonly reason: string;
}

export interface FindingPage {
  /** Only findings of which the first entry is later than this. */
  readonly after?: number;
  /** About so many, the oldest; those of one entry are not parted. */
  readonly limit?: number;
}

export interface ReconciliationView {
  /** Oldest first; none on a page after the first. */
  readonly runs: readonly RunRecord[];
  /** In the order of their first entry. */
  readonly findings: readonly FindingView[];
}

export class OurAccount {
  readonly #state: LedgerState;
  readonly #venue: VenueSession;

  constructor(state: LedgerState, venue: VenueSession) {
    this.#state = state;
    this.#venue = venue;
  }

  get venue(): string {
    return this.#venue.configuration.venue;
  }

  /** Can the venue be asked now, and is everything that it told of before known? */
  get isReadable(): boolean {
    const { phase } = this.#venue;
    if (phase === 'GateOpen' || phase === 'Reconciled') return true;
    return phase === 'InboundSynced' && isReconciled(this.#venue);
  }

  /** Fills before this are not to be compared: they were before our time, or we have forgotten them. µs since 1970. */
  get fillsKnownFromUs(): number {
    const { executions, fillsKnownFromUs } = this.#venue;
    if (executions.table.nextSerial === executions.table.size) return fillsKnownFromUs;
    for (const oldest of executions.fills()) return Math.max(fillsKnownFromUs, oldest.timeUs + EDGE_US);
    return this.#state.entry.timeUs;
  }

  knowsExecution(execId: string): boolean {
    return this.#venue.executions.has(execId);
  }

  /** Fills booked by entries after this one. */
  fillsAfter(index: number): FillView[] {
    return fillsView(this.#state, { venue: this.venue, after: index });
  }

  /** Has the venue let us infer a fill of this order, whose own execution may be told later? */
  isInferred(clOrdId: string): boolean {
    const order = this.#state.orders.peek(clOrdId);
    return order !== undefined && this.#venue.inferred.has(order.rootClOrdId);
  }

  /** Of this venue: another one may know another order by the same name. */
  order(clOrdId: string): OrderView | undefined {
    const order = this.#state.orders.peek(clOrdId);
    return order?.instrument.venue === this.venue ? viewOf(order) : undefined;
  }

  openOrders(): OrderView[] {
    const views: OrderView[] = [];
    for (const order of this.#state.orders.open()) if (order.instrument.venue === this.venue) views.push(viewOf(order));
    return views;
  }

  /** Undefined for a symbol that is not traded at this venue. */
  position(symbol: string): OurPosition | undefined {
    const instrument = this.#state.instrument(symbol);
    if (instrument?.venue !== this.venue) return undefined;
    // Looking at a position must not bring it into being.
    const held = this.#state.positions.peek(symbol);
    const changedIndex = held?.changedIndex ?? 0;
    const total = held?.total ?? flatPosition();
    const average = averagePriceOf(total);
    const reference = this.#state.risk.references.get(symbol)?.price;
    const price = (value: bigint | undefined): string =>
      value === undefined ? '' : formatDecimal(value, instrument.priceScale);
    const quantity = formatDecimal(total.net, instrument.quantityScale);
    const { priceScale } = instrument;
    return { quantity, averagePrice: price(average), referencePrice: price(reference), priceScale, changedIndex };
  }

  /** Symbols in which we hold something. */
  held(): string[] {
    const held: string[] = [];
    for (const { symbol, total } of this.#state.positions.all()) {
      if (total.net !== 0n && this.#state.instrument(symbol)?.venue === this.venue) held.push(symbol);
    }
    return held;
  }
}

/** Undefined for an unknown venue. */
export function accountOf(state: LedgerState, venue: string): OurAccount | undefined {
  const session = state.venues.get(venue);
  return session === undefined ? undefined : new OurAccount(state, session);
}

export function reconciliationView(
  { reconciliation }: LedgerState,
  { after = 0, limit = Number.POSITIVE_INFINITY }: FindingPage,
): ReconciliationView {
  const findings: FindingView[] = [];
  // They are kept in the order of their first entry.
  for (const { by, finding, firstIndex, index, outcome, reason, timeUs, venue } of reconciliation.records.values()) {
    if (firstIndex <= after) continue;
    if (findings.length >= limit && findings.at(-1)?.firstIndex !== firstIndex) break;
    findings.push({ ...finding, venue, outcome, firstIndex, index, timeUs, by, reason });
  }
  return { runs: after === 0 ? [...reconciliation.runs] : [], findings };
}
