/**
 * The venue's books against the ledger's, when nothing moves: no order accepted twice, lost or invented, each fill booked
 * exactly once, equal quantities, ends and positions. An order in doubt is judged only by its reservation. A venue that
 * sends nothing again leaves fills that the ledger can only infer from a later status: there they are judged by order.
 */
import type { Applied, LedgerEvent, OrderView } from '@baton/ledger';
import { booksOf, type Exchange } from '@baton/venue';

type Books = ReturnType<typeof booksOf>;
type FillApplied = Extract<LedgerEvent, { type: 'FillApplied' }>;

const NOT_AT_VENUE: ReadonlySet<string> = new Set(['Denied', 'Held', 'Voided']);
const CLOSED: ReadonlySet<string> = new Set(['Filled', 'Canceled', 'Rejected', 'Expired', 'Voided', 'Denied']);

export function bookFaults(exchange: Exchange, compId: string, history: readonly Applied[]): string[] {
  const books = booksOf(exchange, compId);
  const orders = new Map<string, OrderView>();
  const fills = new Map<string, FillApplied>();
  const rootOf = new Map<string, string>();
  const faults: string[] = [];
  for (const { events } of history) {
    for (const event of events) {
      if (event.type === 'OrderChanged') {
        orders.set(event.order.rootClOrdId, event.order);
        rootOf.set(event.order.clOrdId, event.order.rootClOrdId);
      } else if (event.type === 'FillBusted') fills.delete(event.execId);
      else if (event.type === 'FillApplied') {
        if (fills.has(event.execId)) faults.push(`fill ${event.execId} was booked twice`);
        fills.set(event.execId, event);
      }
    }
  }
  const ofFills = exchange.profile.session.resend ? fillFaults(books, fills) : filledFaults(books, fills, rootOf);
  return [...faults, ...acceptedTwice(books), ...orderFaults(books, orders), ...ofFills];
}

function acceptedTwice({ acceptances }: Books): string[] {
  const seen = new Set<string>();
  const faults: string[] = [];
  for (const clOrdId of acceptances) {
    if (seen.has(clOrdId)) faults.push(`the venue accepted ${clOrdId} twice`);
    seen.add(clOrdId);
  }
  return faults;
}

function orderFaults(books: Books, orders: ReadonlyMap<string, OrderView>): string[] {
  const faults: string[] = [];
  const atVenue = new Map(books.orders.map((order) => [order.rootClOrdId, order]));
  for (const [root, theirs] of atVenue) {
    const ours = orders.get(root);
    if (ours === undefined) faults.push(`the venue knows ${root}, the ledger does not`);
    else if (NOT_AT_VENUE.has(ours.state) && theirs.rejected) continue;
    else if (NOT_AT_VENUE.has(ours.state)) faults.push(`the venue knows ${root}, which the ledger has ${ours.state}`);
    else if (ours.state !== 'InDoubt') {
      if (CLOSED.has(ours.state) !== theirs.closed)
        faults.push(`${root} is ${ours.state}, at the venue ${theirs.status}`);
      if (ours.cumQuantity !== theirs.cumQuantity) {
        faults.push(`${root} has CumQty ${ours.cumQuantity}, at the venue ${theirs.cumQuantity}`);
      }
      const isClosed = theirs.closed;
      if (!isClosed && (ours.quantity !== theirs.quantity || ours.price !== theirs.price)) {
        faults.push(`${root} is ${ours.quantity} at ${ours.price}, at the venue ${theirs.quantity} at ${theirs.price}`);
      }
    }
  }
  for (const [root, { state }] of orders) {
    if (NOT_AT_VENUE.has(state) || state === 'InDoubt' || atVenue.has(root)) continue;
    faults.push(`${root} is ${state}, and the venue does not know it`);
  }
  return faults;
}

function fillFaults(books: Books, fills: ReadonlyMap<string, FillApplied>): string[] {
  const faults: string[] = [];
  const atVenue = new Set<string>();
  for (const theirs of books.fills) {
    atVenue.add(theirs.execId);
    const ours = fills.get(theirs.execId);
    if (ours === undefined) faults.push(`fill ${theirs.execId} of ${theirs.clOrdId} is not booked`);
    else if (ours.quantity !== theirs.quantity || ours.price !== theirs.price || ours.side !== theirs.side) {
      faults.push(`fill ${theirs.execId} is booked as ${ours.side} ${ours.quantity} at ${ours.price}`);
    }
  }
  for (const execId of fills.keys()) if (!atVenue.has(execId)) faults.push(`fill ${execId} is booked, and never was`);
  return faults;
}

/** Filled quantity by order, whatever the fills are called. */
function filledFaults(
  books: Books,
  fills: ReadonlyMap<string, FillApplied>,
  rootOf: ReadonlyMap<string, string>,
): string[] {
  const sums = new Map<string, number>();
  const add = (clOrdId: string, quantity: number): void => {
    const root = rootOf.get(clOrdId) ?? clOrdId;
    sums.set(root, (sums.get(root) ?? 0) + quantity);
  };
  for (const { clOrdId, quantity } of books.fills) add(clOrdId, Number(quantity));
  for (const { clOrdId, quantity } of fills.values()) add(clOrdId, -Number(quantity));
  return [...sums].filter(([, sum]) => sum !== 0).map(([root, sum]) => `of the fills of ${root}, ${sum} is not booked`);
}
