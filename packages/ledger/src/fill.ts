/**
 * Fills: a trade moves position and order; a bust takes one back; a correction replaces one. A fill of a closed order is
 * booked all the same: for a Voided order, or one that was never sent, it proves that a proof was wrong (SAFETY_VIOLATION),
 * for others it came late.
 */
import { formatDecimal } from '@baton/fix';
import { answered, remembered } from './answered.ts';
import type { Execution } from './execution-report.ts';
import type { Fill } from './executions.ts';
import type { LedgerState } from './ledger-state.ts';
import { isClosed, type Order } from './order.ts';
import { closeOrder, followWithCancel, reopenOrder } from './order-transition.ts';
import { haltStrategy } from './risk-steering.ts';
import { noteLossOf } from './risk-trip.ts';
import { factsOf } from './venue-facts.ts';

export function applyTrade(state: LedgerState, execution: Execution): void {
  const { figures, order, report } = execution;
  const { lastPrice, lastQuantity } = figures;
  if (lastQuantity === undefined || lastPrice === undefined || lastQuantity <= 0n) {
    remembered(execution, undefined);
    cannotBook(state, execution, 'has no usable LastQty (32) or LastPx (31)');
    return;
  }
  if (report.execId === '' && figures.cumQuantity !== order.cumQuantity + lastQuantity) {
    // Nothing but CumQty could tell a repeat from a new trade.
    cannotBook(state, execution, 'has no ExecID (17) and its CumQty (14) does not follow ours');
    return;
  }
  answered(execution);
  adoptUnexpected(state, execution);
  book(state, execution, { quantity: lastQuantity, price: lastPrice });
  settle(state, execution);
}

/** The venue takes a trade back (ExecType H). */
export function applyBust(state: LedgerState, execution: Execution): void {
  const fill = takeBack(state, execution, 'BUSTED');
  remembered(execution, undefined);
  if (fill === undefined) return;
  settle(state, execution);
}

/** The venue corrects a trade (ExecType G): the old figures are taken back, the new ones booked under the new ExecID. */
export function applyCorrection(state: LedgerState, execution: Execution): void {
  const { lastPrice, lastQuantity } = execution.figures;
  if (lastQuantity === undefined || lastPrice === undefined || lastQuantity <= 0n) {
    remembered(execution, undefined);
    cannotBook(state, execution, 'is a correction without usable LastQty (32) or LastPx (31)');
    return;
  }
  const fill = takeBack(state, execution, 'CORRECTED');
  if (fill === undefined) {
    remembered(execution, undefined);
    return;
  }
  book(state, execution, { quantity: lastQuantity, price: lastPrice });
  settle(state, execution);
}

function book(
  state: LedgerState,
  execution: Execution,
  figures: { readonly quantity: bigint; readonly price: bigint },
): void {
  const { order, report, venue } = execution;
  const { instrument, side, strategyId, rootClOrdId } = order;
  const { price, quantity } = figures;
  const { index, timeUs } = state.entry;
  const { symbol } = instrument;
  const clOrdId = report.clOrdId;
  const { execId } = report;
  remembered(execution, {
    execId,
    clOrdId,
    rootClOrdId,
    strategyId,
    symbol,
    side,
    quantity,
    price,
    busted: false,
    index,
    timeUs,
  });
  order.cumQuantity += quantity;
  state.counts.fills += 1;
  const position = state.positions.book({ instrument, strategyId, side, quantity, price, timeUs });
  state.emit({
    type: 'FillApplied',
    venue: venue.configuration.venue,
    execId,
    clOrdId: order.rootClOrdId,
    strategyId,
    symbol,
    side,
    quantity: formatDecimal(quantity, instrument.quantityScale),
    price: formatDecimal(price, instrument.priceScale),
  });
  state.positionChanged(position, instrument, strategyId);
  noteLossOf(state, position, instrument, strategyId);
}

/** Reverses the fill that a bust or correction refers to; undefined when there is none to reverse. */
function takeBack(state: LedgerState, execution: Execution, reason: string): Fill | undefined {
  const { order, report, venue } = execution;
  const fill = venue.executions.fill(report.execRefId);
  if (fill === undefined || fill.busted) {
    cannotBook(state, execution, `refers to execution '${report.execRefId}', which is not known or already taken back`);
    return undefined;
  }
  if (fill.rootClOrdId !== order.rootClOrdId) {
    cannotBook(state, execution, `refers to execution '${report.execRefId}' of another order, ${fill.rootClOrdId}`);
    return undefined;
  }
  venue.executions.bust(report.execRefId);
  order.cumQuantity -= fill.quantity;
  // An order taken in by this very report came with a CumQty from which the fill is gone already.
  if (order.external && order.cumQuantity < 0n) order.cumQuantity = 0n;
  const { instrument } = order;
  const { price, quantity, side, strategyId } = fill;
  const { timeUs } = state.entry;
  const position = state.positions.book({ instrument, strategyId, side, quantity: -quantity, price, timeUs });
  const { clOrdId, execId } = fill;
  state.emit({ type: 'FillBusted', venue: venue.configuration.venue, execId, clOrdId, reason });
  state.positionChanged(position, instrument, strategyId);
  noteLossOf(state, position, instrument, strategyId);
  return fill;
}

/** Brings the order's phase in line with what is filled now. */
function settle(state: LedgerState, execution: Execution): void {
  const { order } = execution;
  if (order.cumQuantity > order.quantity) {
    state.alarm('OVERFILL', `order ${order.rootClOrdId} is filled beyond its quantity; the venue's fills are booked`);
  }
  const full = order.cumQuantity >= order.quantity;
  if (!isClosed(order) && full) {
    closeOrder(state, order, 'Filled', '');
    return;
  }
  if (order.phase === 'Filled' && !full && isOpenStatus(execution.report.ordStatus)) {
    reopenOrder(state, order, 'FILL_TAKEN_BACK');
  }
  if (order.phase === 'Sent') order.phase = 'Working';
  state.orderChanged(order);
  followWithCancel(state, order);
}

/** A report that an order lives or traded, though we ended it as never received, or have never sent it. */
export function adoptUnexpected(state: LedgerState, execution: Execution): void {
  const { order } = execution;
  if (order.phase === 'Held') {
    adopt(state, execution, 'was never sent');
    // Whoever sent it: from here it must not leave again. It is known to the venue, and cancels of it go there.
    order.phase = 'Working';
  } else if (order.phase === 'Voided') {
    adopt(state, execution, `was voided (${order.reason})`);
    reopenOrder(state, order, 'ADOPTED_AFTER_VOID');
  } else if (isClosed(order) && isLate(execution)) {
    const { execId } = execution.report;
    state.alarm('LATE_EXECUTION', `execution '${execId}' of order ${order.rootClOrdId}, which is ${order.phase}`);
  }
}

/** What was proven about the order is wrong: a person is called, and its strategy does nothing new until then. */
function adopt(state: LedgerState, { order, report }: Execution, belief: string): void {
  const { rootClOrdId, strategyId } = order;
  state.alarm(
    'SAFETY_VIOLATION',
    `order ${rootClOrdId} ${belief} and yet the venue reports '${report.execId}': adopted, and strategy '${strategyId}' is halted`,
  );
  if (strategyId !== '') haltStrategy(state, strategyId, `order ${rootClOrdId} ${belief} and lived`);
}

function isLate(execution: Execution): boolean {
  return execution.report.kind === 'trade' || (execution.order.phase !== 'Filled' && isInOrder(execution));
}

/** Reports come in the order in which things happened, unless an answer over HTTP may have overtaken them. */
function isInOrder({ venue }: Execution): boolean {
  return factsOf(venue.configuration).resend;
}

/** An execution that cannot be booked must not be lost: its order is marked and a person is called. */
function cannotBook(state: LedgerState, execution: Execution, why: string): void {
  const { order, report } = execution;
  state.alarm(
    'EXECUTION_NOT_BOOKED',
    `execution '${report.execId}' of order ${order.rootClOrdId} ${why}; book it by hand`,
  );
  markUnsettled(state, order);
}

function markUnsettled(state: LedgerState, order: Order): void {
  if (!isClosed(order)) order.inDoubt = true;
  state.orderChanged(order);
}

function isOpenStatus(ordStatus: string): boolean {
  return ordStatus === '0' || ordStatus === '1' || ordStatus === '';
}
