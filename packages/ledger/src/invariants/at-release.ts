/**
 * Invariants asserted in production, for each order that is about to leave: cheap, and the last moment at which a mistake
 * of ours costs nothing. A broken one ends the process: two other nodes hold the same state and the same mistake is then
 * at least not sent.
 */
import type { LedgerState } from '../ledger-state.ts';
import type { Order } from '../order.ts';
import { exposureAtRelease } from './i09-exposure-at-release.ts';
import { releaseWhileInDoubt } from './i13-in-doubt-closes-gate.ts';

/** Throws Error. */
export function assertMayLeave(state: LedgerState, order: Order): void {
  for (const check of [exposureAtRelease, releaseWhileInDoubt]) {
    for (const { invariant, text } of check(state, order)) throw new Error(`broken invariant ${invariant}: ${text}`);
  }
}
