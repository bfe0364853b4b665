/**
 * What becomes of a finding when its entry is applied. Judged anew against the books of that moment: what has been heard
 * of since, or has moved since, is left alone, so that the same findings applied twice change nothing (I15). An execution
 * is applied by its ExecID as if the session had delivered it; an order that stands otherwise is asked about; a position
 * is never overwritten: the difference is booked as an adjustment whose id follows from what it corrects.
 */
import { parseDecimal } from '@baton/fix';
import { applyBookAdjustment } from '../adjustments.ts';
import { noteExecution } from '../event-replay.ts';
import type { LedgerState } from '../ledger-state.ts';
import { isClosed, newOrder, type Order } from '../order.ts';
import { askByHand } from '../status-query.ts';
import type { VenueSession } from '../venue-session.ts';
import type { AccountFill, AccountOrder } from './account.ts';
import { correctFill, takeBackFill } from './book-contradiction.ts';
import type { Booked } from './booked.ts';
import type { Finding } from './finding.ts';
import { noteClOrdId } from './incarnation.ts';
import type { HistoricFill, ReconcileMode } from './reconcile-command.ts';
import { isTellable, reportFinding } from './report-finding.ts';

export function bookFinding(state: LedgerState, venue: VenueSession, mode: ReconcileMode, finding: Finding): Booked {
  switch (finding.class) {
    case 'missing-fill':
      if (finding.fill === undefined) return 'left';
      return mode === 'opening' ? noteHistory(state, venue, finding.fill) : bookFill(state, venue, finding.fill);
    case 'external-order':
      return finding.order === undefined ? 'left' : takeIn(state, venue, finding.order);
    case 'order-missing-there':
    case 'order-fills-differ':
      return ask(state, venue, finding);
    case 'order-differs':
      return restate(state, venue, finding);
    case 'position-differs':
      return adjust(state, finding, isUnmoved);
    case 'order-closed-here':
    case 'unknown-fill':
    case 'fill-differs':
    case 'duplicate-execution':
    case 'average-price-differs':
    case 'unknown-symbol':
    case 'sources-differ':
      return 'needs-operator';
  }
}

/** An operator has approved: the difference is booked whatever has moved since, for both sides have moved alike. */
export function bookApproved(state: LedgerState, venue: VenueSession, finding: Finding): Booked {
  if (finding.class === 'fill-differs') return correctFill(state, venue, finding);
  if (finding.class === 'sources-differ' && finding.fill !== undefined) return bookFill(state, venue, finding.fill);
  if (finding.class === 'unknown-fill') return takeBackFill(state, venue, finding);
  if (finding.trade !== undefined) return adjust(state, finding, () => true);
  if (finding.class === 'order-closed-here' && finding.order !== undefined) return reopen(state, venue, finding.order);
  const outcome = bookFinding(state, venue, 'running', finding);
  return outcome === 'needs-operator' ? 'booked' : outcome;
}

/** Known from now on, and not booked: the opening position has it. */
export function noteHistory(state: LedgerState, venue: VenueSession, fill: HistoricFill): Booked {
  noteClOrdId(state, fill.clOrdId);
  if (venue.executions.has(fill.execId)) return 'left';
  venue.executions.add(fill.execId, undefined);
  noteExecution(venue, fill.execId);
  const cold = state.reconciliation.cold?.venues.get(venue.configuration.venue);
  if (cold !== undefined) cold.fills += 1;
  return 'booked';
}

/** As if the session had told it: once by its ExecID, whatever brings it later. */
function bookFill(state: LedgerState, venue: VenueSession, fill: AccountFill): Booked {
  if (fill.execId === '' || venue.executions.has(fill.execId)) return 'left';
  state.entry.evidence = { kind: 'Reconciliation', detail: `17=${fill.execId}` };
  const isTold = reportFinding(state, venue, [
    [37, fill.orderId],
    [11, fill.clOrdId],
    [17, fill.execId],
    [150, 'F'],
    [39, '1'],
    [55, fill.symbol],
    [54, fill.side === 'buy' ? '1' : '2'],
    [32, fill.quantity],
    [31, fill.price],
  ]);
  return isTold ? 'booked' : 'needs-operator';
}

/** An order that somebody works at the venue: its fills so far are history, what may follow is not. */
function takeIn(state: LedgerState, venue: VenueSession, from: AccountOrder): Booked {
  if (!isTellable(from.clOrdId, from.orderId)) return 'needs-operator';
  noteClOrdId(state, from.clOrdId);
  const { venue: name } = venue.configuration;
  const instrument = state.instrument(from.symbol);
  const known = state.orders.peek(from.clOrdId);
  if (known?.instrument.venue === name || instrument?.venue !== name) return 'left';
  // Somebody's order at another venue has the same name: the books know orders by their ClOrdID alone.
  if (known !== undefined) return 'needs-operator';
  const quantity = parseDecimal(from.quantity, instrument.quantityScale);
  const price = from.price === '' ? 0n : parseDecimal(from.price, instrument.priceScale);
  const cumQuantity = parseDecimal(from.cumQuantity, instrument.quantityScale);
  if (quantity === undefined || price === undefined || cumQuantity === undefined || cumQuantity >= quantity)
    return 'left';
  const order = newOrder({
    rootClOrdId: from.clOrdId,
    clientKey: '',
    strategyId: '',
    instrument,
    side: from.side,
    orderType: from.orderType,
    timeInForce: from.timeInForce,
    quantity,
    price,
    phase: 'Working',
    createdIndex: state.entry.index,
    createdTimeUs: state.entry.timeUs,
    external: true,
  });
  order.cumQuantity = cumQuantity;
  order.orderId = from.orderId;
  state.positions.reserve(order);
  state.orders.add(order);
  state.emit({ type: 'ExternalOrderSeen', venue: name, clOrdId: from.clOrdId, symbol: from.symbol });
  state.orderChanged(order);
  const cold = state.reconciliation.cold;
  const at = cold?.endedIndex === 0 ? cold.venues.get(name) : undefined;
  if (at !== undefined) at.orders += 1;
  return 'booked';
}

/** The venue's list and our book disagree about an order: the order itself is asked about, and is in doubt until then. */
function ask(state: LedgerState, venue: VenueSession, finding: Finding): Booked {
  const order = state.orders.find(finding.subject);
  if (order === undefined || !isSettledOrder(order) || order.createdIndex > finding.sinceIndex) return 'left';
  // Before the question, for only an order in doubt is waited for.
  order.inDoubt = true;
  if (!askByHand(state, venue, order)) {
    order.inDoubt = false;
    return 'needs-operator';
  }
  state.orderChanged(order);
  return 'booked';
}

function restate(state: LedgerState, venue: VenueSession, { order: theirs, sinceIndex }: Finding): Booked {
  const order = theirs === undefined ? undefined : state.orders.find(theirs.clOrdId);
  if (theirs === undefined || order === undefined || !isSettledOrder(order) || order.createdIndex > sinceIndex) {
    return 'left';
  }
  state.entry.evidence = { kind: 'Reconciliation', detail: `38=${theirs.quantity} 44=${theirs.price}` };
  const isTold = reportFinding(state, venue, [
    [37, theirs.orderId],
    [11, theirs.clOrdId],
    [150, 'D'],
    [39, '0'],
    [55, theirs.symbol],
    [54, theirs.side === 'buy' ? '1' : '2'],
    [38, theirs.quantity],
    ...(theirs.price === '' ? [] : ([[44, theirs.price]] as const)),
  ]);
  return isTold ? 'booked' : 'needs-operator';
}

/** Ended here and open there: with a void it lives on by the rule of late reports, else as it stands at the venue. */
function reopen(state: LedgerState, venue: VenueSession, theirs: AccountOrder): Booked {
  state.entry.evidence = { kind: 'Reconciliation', detail: `39=0 11=${theirs.clOrdId}` };
  const isTold = reportFinding(state, venue, [
    [37, theirs.orderId],
    [11, theirs.clOrdId],
    [150, '0'],
    [39, '0'],
    [55, theirs.symbol],
    [54, theirs.side === 'buy' ? '1' : '2'],
    [38, theirs.quantity],
  ]);
  return isTold ? 'booked' : 'needs-operator';
}

function adjust(
  state: LedgerState,
  finding: Finding,
  mayBook: (state: LedgerState, finding: Finding) => boolean,
): Booked {
  const { class: reason, id, sinceIndex, symbol, trade } = finding;
  if (trade === undefined || !mayBook(state, finding)) return 'left';
  const result = applyBookAdjustment(state, {
    type: 'BookAdjustment',
    adjustmentId: `${id}@${sinceIndex}`,
    symbol,
    strategyId: '',
    quantity: trade.quantity,
    price: trade.price,
    reason,
  });
  if (!result.ok) return 'needs-operator';
  return result.duplicate ? 'left' : 'booked';
}

/** Has nothing been booked in the symbol since it was compared? */
function isUnmoved(state: LedgerState, { sinceIndex, symbol }: Finding): boolean {
  const instrument = state.instrument(symbol);
  return instrument !== undefined && (state.positions.peek(symbol)?.changedIndex ?? 0) <= sinceIndex;
}

/** Works at the venue, and nothing of it is on its way. */
function isSettledOrder(order: Order): boolean {
  return !isClosed(order) && order.phase === 'Working' && order.pending === undefined && !order.inDoubt;
}
