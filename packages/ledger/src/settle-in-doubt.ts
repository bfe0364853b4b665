/**
 * An operator ends an order that no protocol can settle: the venue does not say, or says nothing that proves anything. It
 * must be in doubt; fills that the operator knows of are booked by other means, this only says that nothing more will come.
 */

import { denied } from './denial.ts';
import type { CommandResult } from './event.ts';
import type { LedgerState } from './ledger-state.ts';
import { isClosed } from './order.ts';
import { closeOrder } from './order-transition.ts';
import { advanceTakeover } from './takeover.ts';

export type SettledAs = 'Voided' | 'Canceled';

export function applySettleInDoubt(
  state: LedgerState,
  clOrdId: string,
  outcome: SettledAs,
  reason: string,
): CommandResult {
  const order = state.orders.find(clOrdId);
  if (order === undefined) return denied('UNKNOWN_ORDER', `no order '${clOrdId}'`);
  if (isClosed(order)) return denied('ORDER_CLOSED', `order '${clOrdId}' is ${order.phase}`);
  if (!order.inDoubt) return denied('BAD_COMMAND', `order '${clOrdId}' is not in doubt: cancel it instead`);
  if (outcome === 'Voided' && order.cumQuantity > 0n) {
    return denied('BAD_COMMAND', `order '${clOrdId}' has fills: it was received, so it cannot be voided`);
  }
  state.entry.evidence = { kind: 'Operator', detail: reason };
  closeOrder(state, order, outcome, `OPERATOR: ${reason}`);
  const venue = state.venues.get(order.instrument.venue);
  if (venue !== undefined) advanceTakeover(state, venue);
  return { ok: true, clOrdId: order.rootClOrdId, duplicate: false };
}
