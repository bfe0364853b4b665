/** All invariants of the ledger that one state, or one history, can be judged by. I10 compares ledgers and stands alone. */
import type { Applied } from '../entry.ts';
import type { LedgerState } from '../ledger-state.ts';
import { positionIsSumOfFills } from './i01-position-is-sum-of-fills.ts';
import { cumQuantityIsSumOfFills } from './i02-cum-quantity.ts';
import { executionHasEffectOnce } from './i03-execution-once.ts';
import { slotsAreDense } from './i04-slots-dense.ts';
import { resendsAreIdentical } from './i05-resends-identical.ts';
import { intentIsOneOrder } from './i06-one-order-an-intent.ts';
import { reservationsAreWorstCase } from './i08-reservations.ts';
import { closedStaysClosed } from './i12-closed-stays-closed.ts';
import { inDoubtIsCounted } from './i13-in-doubt-closes-gate.ts';
import { timersFireOnceInOrder } from './i14-timers-once-in-order.ts';
import { adjustmentIsBookedOnce } from './i15-adjustment-once.ts';
import type { HistoryInvariant, StateInvariant, Violation } from './violation.ts';

const STATE_INVARIANTS: readonly StateInvariant[] = [
  positionIsSumOfFills,
  cumQuantityIsSumOfFills,
  reservationsAreWorstCase,
  inDoubtIsCounted,
];

const HISTORY_INVARIANTS: readonly HistoryInvariant[] = [
  executionHasEffectOnce,
  slotsAreDense,
  resendsAreIdentical,
  intentIsOneOrder,
  closedStaysClosed,
  timersFireOnceInOrder,
  adjustmentIsBookedOnce,
];

export function stateViolations(state: LedgerState): Violation[] {
  return STATE_INVARIANTS.flatMap((check) => check(state));
}

/** `history` must begin with the first entry. */
export function historyViolations(history: readonly Applied[]): Violation[] {
  return HISTORY_INVARIANTS.flatMap((check) => check(history));
}
