/**
 * No ClOrdID is ever given twice, not even when an operator starts cold with a number of the incarnation that was used
 * before: what the venue remembers of ours says which incarnations there were, and ours becomes a later one before the
 * first order. The configuration's own number stays what it is.
 */
import { incarnationOf, incarnationPrefix } from '../clordid.ts';
import type { LedgerState } from '../ledger-state.ts';

/** A ClOrdID that the venue has told: if it is of this or a later incarnation, ours is raised above it. */
export function noteClOrdId(state: LedgerState, clOrdId: string): void {
  const { configured, reconciliation } = state;
  const { cold } = reconciliation;
  if (cold === undefined || configured === undefined || cold.endedIndex !== 0) return;
  const seen = incarnationOf(configured.clusterPrefix, clOrdId);
  if (seen === undefined || seen < cold.incarnation) return;
  cold.incarnation = seen + 1;
  raisePrefix(state);
}

/** Makes ClOrdIDs begin with the incarnation that the cold start has found to be free. */
export function raisePrefix(state: LedgerState): void {
  const { configured, reconciliation } = state;
  if (configured === undefined || reconciliation.cold === undefined) return;
  const { clusterId, incarnation } = configured.configuration;
  const prefix = incarnationPrefix(clusterId, Math.max(incarnation, reconciliation.cold.incarnation));
  if (prefix !== configured.prefix) state.configured = { ...configured, prefix };
}
