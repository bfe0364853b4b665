/**
 * ExecutionReports that tell a change of an order's state and no trade: acknowledged, replaced, canceled, rejected,
 * expired, restated. What they report has happened, so it is believed even when it was not asked for (cancel on
 * disconnect, an exchange's own cancel).
 */
import { answered } from './answered.ts';
import type { Execution } from './execution-report.ts';
import { adoptUnexpected } from './fill.ts';
import type { LedgerState } from './ledger-state.ts';
import { type ClosedPhase, isClosed, type Order } from './order.ts';
import { closeOrder, followWithCancel } from './order-transition.ts';

export function applyStateReport(state: LedgerState, execution: Execution): void {
  const { order, report } = execution;
  answered(execution);
  switch (report.execType) {
    case '4':
      closeIfOpen(state, order, 'Canceled', report.text);
      return;
    case 'C':
      closeIfOpen(state, order, 'Expired', report.text);
      return;
    case '3':
      closeIfOpen(state, order, 'Expired', 'DONE_FOR_DAY');
      return;
    case '8':
      closeIfOpen(state, order, 'Rejected', rejection(execution));
      return;
    case '5':
      adoptUnexpected(state, execution);
      acceptReplace(state, execution);
      return;
    case 'D':
      adoptUnexpected(state, execution);
      restate(state, execution);
      return;
    case '0':
    case '9':
    case '7':
      adoptUnexpected(state, execution);
      acknowledge(state, order);
      return;
    case 'A':
    case '6':
    case 'E':
      // Received and not yet decided: the deciding report follows.
      state.orderChanged(order);
      return;
    default:
      state.alarm('EXECUTION_TYPE_UNKNOWN', `order ${order.rootClOrdId}: ExecType (150) '${report.execType}'`);
  }
}

/** The venue works the order. */
export function acknowledge(state: LedgerState, order: Order): void {
  if (order.phase === 'Sent') order.phase = 'Working';
  state.orderChanged(order);
}

/** The chain moves on to the replace's ClOrdID. Also for a replace that somebody else asked for. */
export function acceptReplace(state: LedgerState, execution: Execution): void {
  const { figures, order, report } = execution;
  const { pending } = order;
  const isOurs = pending?.kind === 'replace' && pending.clOrdId === report.clOrdId;
  order.quantity = figures.orderQuantity ?? (isOurs ? pending.quantity : order.quantity);
  order.price = figures.price ?? (isOurs ? pending.price : order.price);
  if (isOurs) {
    order.pending = undefined;
    order.inDoubt = false;
  }
  if (report.clOrdId !== '' && report.clOrdId !== order.workingClOrdId) {
    if (!order.clOrdIds.includes(report.clOrdId)) state.orders.addClOrdId(order, report.clOrdId);
    order.workingClOrdId = report.clOrdId;
  }
  if (order.phase === 'Sent') order.phase = 'Working';
  if (!isClosed(order) && order.cumQuantity >= order.quantity) {
    closeOrder(state, order, 'Filled', '');
    return;
  }
  state.orderChanged(order);
  followWithCancel(state, order);
}

/** The venue changed quantity or price by itself (ExecType D). */
function restate(state: LedgerState, execution: Execution): void {
  const { figures, order } = execution;
  order.quantity = figures.orderQuantity ?? order.quantity;
  order.price = figures.price ?? order.price;
  state.alarm('ORDER_RESTATED', `order ${order.rootClOrdId} was restated by the venue: ${execution.report.text}`);
  if (!isClosed(order) && order.cumQuantity >= order.quantity) {
    closeOrder(state, order, 'Filled', '');
    return;
  }
  state.orderChanged(order);
}

function closeIfOpen(state: LedgerState, order: Order, phase: ClosedPhase, reason: string): void {
  if (!isClosed(order)) closeOrder(state, order, phase, reason);
  else state.orderChanged(order);
}

export function rejection(execution: Execution): string {
  const { rejectReason, text } = execution.report;
  return text === '' ? `OrdRejReason ${rejectReason}` : text;
}
