/**
 * The transitions that end an order, or a change that was asked for. Every closing goes through here, so that the
 * reservation is released, the chain's pending change ends with it, and late messages find a closed order.
 */
import type { LedgerState } from './ledger-state.ts';
import { type ClosedPhase, EARLIER_NUMBERS, isClosed, type Order } from './order.ts';
import { noteReject } from './ramp-guard.ts';

/** Ends an open order for good. */
export function closeOrder(state: LedgerState, order: Order, phase: ClosedPhase, reason: string): void {
  if (isClosed(order)) throw new Error(`broken invariant: order ${order.rootClOrdId} closed twice`);
  const { pending } = order;
  order.phase = phase;
  order.reason = reason;
  order.pending = undefined;
  order.cancelNextClOrdId = '';
  order.inDoubt = false;
  if (order.slot === EARLIER_NUMBERS) order.slot = 0;
  if (phase === 'Voided') state.counts.voided += 1;
  if (phase === 'Rejected') noteReject(state);
  state.orders.close(order);
  state.orderChanged(order);
  // The replace died with its order; whoever waits for its outcome hears it. A cancel has got what it wanted.
  if (pending?.kind === 'replace') {
    state.emit({ type: 'CancelRejected', clOrdId: pending.clOrdId, reason: 'ORDER_CLOSED' });
  }
}

/** The pending change has failed or was never received: the order goes on as it was. */
export function dropPending(state: LedgerState, order: Order, reason: string): void {
  const { pending } = order;
  if (pending === undefined) throw new Error(`broken invariant: order ${order.rootClOrdId} has no pending change`);
  order.pending = undefined;
  order.inDoubt = order.phase === 'Sent' && order.inDoubt;
  state.orderChanged(order);
  state.emit({ type: 'CancelRejected', clOrdId: pending.clOrdId, reason });
  followWithCancel(state, order);
}

/** The replace has been answered: a cancel that was asked for meanwhile is due. It leaves with the held messages. */
export function followWithCancel(state: LedgerState, order: Order): void {
  const clOrdId = order.cancelNextClOrdId;
  if (clOrdId === '' || isClosed(order) || order.pending !== undefined) return;
  order.cancelNextClOrdId = '';
  order.pending = {
    kind: 'cancel',
    clOrdId,
    slot: 0,
    quantity: order.quantity,
    price: order.price,
    createdTimeUs: state.entry.timeUs,
  };
  state.venues.get(order.instrument.venue)?.held.push(clOrdId);
  state.orderChanged(order);
}

/** A closed order lives again: its fill was taken back, or the venue proves that a proof was wrong. */
export function reopenOrder(state: LedgerState, order: Order, reason: string): void {
  order.phase = 'Working';
  order.reason = reason;
  state.orders.reopen(order);
}
