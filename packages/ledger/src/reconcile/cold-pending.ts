/** How far a cold start is: what others of the ledger's rules ask. Changed by `apply-cold.ts` only. */
import type { LedgerState } from '../ledger-state.ts';
import type { ColdStart } from './cold-start.ts';
import type { ColdVenueState } from './reconciliation.ts';

/** The venue's part of a cold start that is not over. */
export function coldVenue(state: LedgerState, venue: string): ColdVenueState | undefined {
  const { cold } = state.reconciliation;
  return cold === undefined || cold.endedIndex !== 0 ? undefined : cold.venues.get(venue);
}

/** Until then no order may go there: what is open and held is not known. */
export function isColdPending(state: LedgerState, venue: string): boolean {
  const cold = coldVenue(state, venue);
  return cold !== undefined && cold.step !== 'reconciled';
}

export function coldStartView(state: LedgerState): ColdStart | undefined {
  const { cold } = state.reconciliation;
  if (cold === undefined) return undefined;
  return { ...cold, venues: Array.from(cold.venues, ([venue, one]) => ({ venue, ...one })) };
}
