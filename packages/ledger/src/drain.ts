/**
 * A drain: no new orders, time for the open ones, then cancel or leave them, Logout at every venue, and a checkpoint of
 * the state at rest (requirements §6.2-1 and -2). It is state, so that the next leader goes on where this one died. Time
 * limits are entry time. Others' orders on the account are not waited for. `StartTrading` interrupts it at any phase.
 */

import type { Drain, DrainPhase, DrainView } from './drain-state.ts';
import type { LedgerState } from './ledger-state.ts';
import type { AtDeadline } from './operation-command.ts';
import { isClosed } from './order.ts';
import { applyMassCancel } from './order-entry.ts';
import { logoutSession } from './transport.ts';

/** Answers to cancels take a round trip; who says nothing for so long will not say it because we wait. */
const CANCEL_WAIT_US = 10_000_000;
/** A day: more is a mistake. */
export const DRAIN_TIMEOUT_MS_MAX = 86_400_000;

export function startDrain(
  state: LedgerState,
  {
    reason,
    atDeadline,
    timeoutMs,
  }: { readonly reason: string; readonly atDeadline: AtDeadline; readonly timeoutMs: number },
): void {
  const { index, timeUs } = state.entry;
  state.operations.drain = {
    reason,
    atDeadline,
    startedIndex: index,
    startedUs: timeUs,
    openAtStart: ownOpenOrders(state),
    phase: 'waiting',
    phaseUs: timeUs,
    deadlineUs: timeUs + timeoutMs * 1000,
    left: 0,
    finalIndex: 0,
    checkpointIndex: 0,
  };
  tell(state, state.operations.drain);
}

/** The end of an entry: does the drain go on? */
export function advanceDrain(state: LedgerState): void {
  const { drain } = state.operations;
  if (drain === undefined || drain.phase === 'done' || drain.phase === 'checkpoint') return;
  if ((drain.phase === 'waiting' || drain.phase === 'canceling') && !hasOwnOpenOrder(state))
    enter(state, drain, 'leaving');
  if (drain.phase !== 'leaving') return;
  let isAway = true;
  for (const venue of state.venues.values()) {
    if (venue.connectionId === 0) continue;
    // A line that came up meanwhile, at the next leader, is logged out once it is logged on.
    if (venue.session.state.status === 'active') logoutSession(state, venue, drain.reason || 'drained');
    if (venue.connectionId !== 0) isAway = false;
  }
  if (!isAway) return;
  drain.finalIndex = state.entry.index;
  enter(state, drain, 'checkpoint');
}

/** Time has passed. Only here are orders cancelled: their ClOrdIDs are this entry's, which nobody else takes. */
export function tickDrain(state: LedgerState): void {
  const { drain } = state.operations;
  if (drain === undefined || state.entry.timeUs < drain.deadlineUs) return;
  if (drain.phase === 'waiting' && drain.atDeadline === 'cancel') {
    drain.deadlineUs = state.entry.timeUs + CANCEL_WAIT_US;
    enter(state, drain, 'canceling');
    applyMassCancel(state, { type: 'MassCancel', clientKey: '', strategyId: '' });
    return;
  }
  if (drain.phase !== 'waiting' && drain.phase !== 'canceling') return;
  drain.left = ownOpenOrders(state);
  if (drain.phase === 'canceling') {
    state.alarm('DRAIN_ORDERS_LEFT', `${drain.left} orders are still open: their cancels were not answered in time`);
  }
  enter(state, drain, 'leaving');
}

/** When a Tick has something to do for it. */
export function drainDeadlineUs(state: LedgerState): number | undefined {
  const { drain } = state.operations;
  return drain?.phase === 'waiting' || drain?.phase === 'canceling' ? drain.deadlineUs : undefined;
}

/** The checkpoint is on disk. False: none of this index was waited for. */
export function noteCheckpoint(state: LedgerState, index: number): boolean {
  const { drain } = state.operations;
  if (drain?.phase !== 'checkpoint' || index < drain.finalIndex) return false;
  drain.checkpointIndex = index;
  enter(state, drain, 'done');
  return true;
}

export function drainView(state: LedgerState, drain: Drain): DrainView {
  return { ...drain, openOrders: ownOpenOrders(state) };
}

function enter(state: LedgerState, drain: Drain, phase: DrainPhase): void {
  drain.phase = phase;
  drain.phaseUs = state.entry.timeUs;
  tell(state, drain);
}

function tell(state: LedgerState, { phase, reason }: Drain): void {
  state.emit({ type: 'DrainChanged', phase, openOrders: ownOpenOrders(state), reason });
}

function hasOwnOpenOrder(state: LedgerState): boolean {
  for (const order of state.orders.open()) if (isOwn(order) && !isClosed(order)) return true;
  return false;
}

function ownOpenOrders(state: LedgerState): number {
  let count = 0;
  for (const order of state.orders.open()) if (isOwn(order) && !isClosed(order)) count += 1;
  return count;
}

function isOwn({ external, strategyId }: { readonly external: boolean; readonly strategyId: string }): boolean {
  return !external || strategyId !== '';
}
