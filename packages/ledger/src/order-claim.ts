/**
 * Orders that need more than a cancel: one that somebody else made at the venue can be claimed by a strategy, and the
 * venue can be asked how one stands.
 */
import { accepted, denied } from './denial.ts';
import type { CommandResult } from './event.ts';
import type { LedgerState } from './ledger-state.ts';
import { isClosed } from './order.ts';
import type { OrderCommand } from './order-command.ts';
import { askByHand } from './status-query.ts';
import { isGateOpen } from './venue-session.ts';

type CommandOf<Type extends OrderCommand['type']> = Extract<OrderCommand, { readonly type: Type }>;

/** From now on the order is the strategy's. Fills booked before stay where they were booked. */
export function applyClaimExternal(state: LedgerState, command: CommandOf<'ClaimExternal'>): CommandResult {
  const order = state.orders.find(command.clOrdId);
  if (order === undefined) return denied('UNKNOWN_ORDER');
  if (!order.external || order.strategyId !== '') return denied('NOT_EXTERNAL');
  if (isClosed(order)) return denied('ORDER_CLOSED');
  if (command.strategyId === '') return denied('BAD_COMMAND', 'strategyId is empty');
  state.positions.move(order, command.strategyId);
  state.orderChanged(order);
  return accepted(order.rootClOrdId);
}

export function applyQueryOrder(state: LedgerState, command: CommandOf<'QueryOrder'>): CommandResult {
  const order = state.orders.find(command.clOrdId);
  if (order === undefined) return denied('UNKNOWN_ORDER');
  if (order.phase === 'Held') return denied('VENUE_NOT_READY', 'the order has not been sent yet');
  const venue = state.venues.get(order.instrument.venue);
  if (venue === undefined || !isGateOpen(venue)) return denied('VENUE_NOT_READY');
  if (!askByHand(state, venue, order)) return denied('NO_STATUS_QUERY');
  return accepted(order.rootClOrdId);
}
