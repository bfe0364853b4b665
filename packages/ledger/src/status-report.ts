/**
 * ExecutionReports of type I (OrderStatus): the answer to our OrderStatusRequest. It settles an order in doubt: what it
 * was doubtful about has, by now, been answered or never will be, because the venue reads our messages in order and
 * everything before the request has been received (the takeover asks only then). Quantities are compared, never moved.
 * Trading reference §3.2 step 5.
 */
import type { FixMessage } from '@baton/fix';
import { noteAnswered } from './answered.ts';
import { catchUp } from './catch-up.ts';
import { doubtEndsUs, isUnknownProof } from './doubt-window.ts';
import type { Execution } from './execution-report.ts';
import type { LedgerState } from './ledger-state.ts';
import { holdAgain } from './never-received.ts';
import { EARLIER_NUMBERS, isClosed, type Order } from './order.ts';
import { closeOrder, dropPending } from './order-transition.ts';
import { acceptReplace, rejection } from './state-report.ts';
import { askAgainAt, statusRequestId } from './status-query.ts';
import { factsOf } from './venue-facts.ts';
import type { StatusQuery } from './venue-session.ts';

/** OrdRejReason (103): the venue does not know the order. */
const UNKNOWN_ORDER = '5';

export function applyStatusReport(state: LedgerState, execution: Execution, message: FixMessage): void {
  const { figures, order, report, venue } = execution;
  const query = venue.queries.get(order.rootClOrdId);
  // The answer to a question of an earlier connection knows less than what has been sent since.
  if (query !== undefined && !answers(report.statusRequestId, query)) return;
  venue.queries.delete(order.rootClOrdId);
  if (isClosed(order)) return;
  if (query !== undefined) {
    catchUp(state, execution, message);
    if (isClosed(order)) return;
  }
  if (figures.cumQuantity !== undefined && report.ordStatus !== '8' && figures.cumQuantity !== order.cumQuantity) {
    state.alarm(
      'CUM_QTY_MISMATCH',
      `order ${order.rootClOrdId}: status report says CumQty ${figures.cumQuantity}, our fills sum to ${order.cumQuantity} (scaled)`,
    );
    // A fill is missing or on its way: only the fill itself may settle it.
    order.inDoubt = true;
    state.orderChanged(order);
    return;
  }
  // Unasked for, it may be older than what we have sent since: it confirms, and decides nothing.
  if (query === undefined) return;
  switch (report.ordStatus) {
    case '8':
      if (report.rejectReason === UNKNOWN_ORDER) settleUnknown(state, execution, query);
      else closeOrder(state, order, 'Rejected', rejection(execution));
      return;
    case '4':
      closeOrder(state, order, 'Canceled', report.text);
      return;
    case 'C':
    case '3':
      closeOrder(state, order, 'Expired', report.text);
      return;
    case '2':
      if (order.cumQuantity >= order.quantity) {
        closeOrder(state, order, 'Filled', '');
        return;
      }
      break;
    case 'A':
      order.inDoubt = false;
      break;
    case '6':
    case 'E':
      settleWorking(venue, order);
      break;
    default:
      settleOpen(state, execution, query);
      return;
  }
  state.orderChanged(order);
}

function answers(requestId: string, query: StatusQuery): boolean {
  return query.slot !== 0 && (requestId === '' || requestId === statusRequestId(query.slot));
}

/** The order works at the venue, and nothing is pending there. */
function settleOpen(state: LedgerState, execution: Execution, query: StatusQuery): void {
  const { order, report, venue } = execution;
  settleWorking(venue, order);
  const { pending } = order;
  // A change sent after the question is not what the answer speaks of.
  if (pending === undefined || pending.slot === 0 || pending.slot > query.slot) {
    state.orderChanged(order);
    return;
  }
  noteAnswered(venue, pending.slot);
  if (pending.kind === 'replace' && report.clOrdId === pending.clOrdId) acceptReplace(state, execution);
  else if (pending.slot === EARLIER_NUMBERS && isUnknownProof(venue, query.askedUs) !== 'proof') {
    // It may still be on its way.
    order.inDoubt = true;
    state.orderChanged(order);
    askAgain(state, execution, query);
  } else if (pending.slot === EARLIER_NUMBERS && pending.kind === 'cancel') holdAgain(state, venue, order, pending);
  else dropPending(state, order, 'NOT_PENDING_AT_VENUE');
}

function settleWorking(venue: Execution['venue'], order: Order): void {
  if (order.phase === 'Sent') {
    noteAnswered(venue, order.slot);
    order.phase = 'Working';
  }
  order.inDoubt = false;
}

/** Once "unknown" proves something the question need not be put again; where it never will, neither. */
function askAgain(state: LedgerState, { order, venue }: Execution, query: StatusQuery): void {
  if (isUnknownProof(venue, query.askedUs) !== 'too-early') return;
  askAgainAt(state, query, doubtEndsUs(venue));
  venue.queries.set(order.rootClOrdId, query);
}

function settleUnknown(state: LedgerState, execution: Execution, query: StatusQuery): void {
  const { order, venue } = execution;
  if (order.phase === 'Sent' && order.inDoubt) {
    const proof = isUnknownProof(venue, query.askedUs);
    if (proof === 'proof' && factsOf(venue.configuration).unknownIs === 'after-window') {
      state.entry.evidence = {
        kind: 'WindowElapsed',
        detail: `unknown, asked ${query.askedUs - doubtEndsUs(venue)} us after`,
      };
    }
    if (proof === 'proof') closeOrder(state, order, 'Voided', 'UNKNOWN_TO_VENUE');
    else askAgain(state, execution, query);
    if (proof !== 'never') return;
  }
  order.inDoubt = true;
  state.alarm(
    'ORDER_UNKNOWN_TO_VENUE',
    `order ${order.rootClOrdId} is ${order.phase} here and unknown to ${venue.configuration.venue}: it stays in doubt`,
  );
  state.orderChanged(order);
}
