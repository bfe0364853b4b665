/**
 * The state hash: 64 bits that are equal on nodes with equal state at an index. Orders, and all that is remembered of the
 * past, keep a running sum of digests; the few positions and sessions are digested when asked.
 */
import { digestAdjustments } from './adjustments.ts';
import type { ClientSession } from './client-session.ts';
import { Digest } from './digest.ts';
import { digestDrills } from './drill-encoding.ts';
import type { LedgerState } from './ledger-state.ts';
import { digestOperations } from './operations-encoding.ts';
import { digestReconciliation } from './reconcile/reconciliation-encoding.ts';
import { digestRisk } from './risk-encoding.ts';
import type { VenueSession } from './venue-session.ts';

export function stateHash(state: LedgerState): string {
  const digest = new Digest();
  digest.integer(state.entry.index).integer(state.entry.timeUs);
  digest.integer(state.takeoverTerm).integer(state.takeoverNode).integer(state.staleCommands);
  const { fills, orders, voided } = state.counts;
  digest.integer(orders).integer(voided).integer(fills);
  const tables = Array.from(state.recordTables(), (table) => table.digest());
  for (const part of [state.orders.digest(), state.positions.digest(), ...tables]) {
    digest.integer(part.low).integer(part.high);
  }
  digest.integer(state.orders.openCount);
  digest.text(state.configured?.configuration.clusterId ?? '');
  digest.integer(state.configured?.configuration.incarnation ?? 0);
  digestRisk(digest, state.risk);
  digestAdjustments(digest, state);
  digestReconciliation(digest, state.reconciliation);
  state.strategies.digest(digest);
  state.deployments.digest(digest);
  state.timers.digest(digest);
  // Builds that do not know operations must agree with those that do, until the cluster says that none is left.
  if (state.operations.logVersion >= 2) digestOperations(digest, state.operations);
  digestDrills(digest, state.drills);
  digest.integer(state.takeovers.count).integer(state.doubts.size);
  for (const venue of state.venues.values()) digestVenue(digest, venue);
  for (const client of state.clients.values()) digestClient(digest, client);
  return digest.hex();
}

/** All that a client was told, and all that it asked for, is in its running digest. */
function digestClient(digest: Digest, client: ClientSession): void {
  digest.text(client.configuration.client).integer(client.connectionId).integer(client.connectionIdMax);
  digest.integer(client.digest.low).integer(client.digest.high).integer(client.unsent.length);
  digest.integer(client.toldSlot).integer(client.proven).integer(client.barrierSlot);
  digest.integer(client.orders.openCount);
  digest.integer(client.massStatus?.left.length ?? -1);
  digestSession(digest, client.session.state);
}

function digestVenue(digest: Digest, venue: VenueSession): void {
  digest.text(venue.configuration.venue).text(venue.phase).integer(venue.connectionId).integer(venue.connectionIdMax);
  digest.integer(venue.logonSlot).integer(venue.nextExpected).integer(venue.answeredSlotMax).text(venue.barrierId);
  digest.boolean(venue.inboundSynced).boolean(venue.proofLost);
  digest.integer(venue.gatewaysToReset).integer(venue.fillsKnownFromUs);
  digest.text(venue.compId).integer(venue.gateway).integer(venue.connectionsInTerm).integer(venue.lastOrderUs);
  digest
    .integer(venue.lineEndedUs)
    .integer(venue.lastInboundUs)
    .boolean(venue.reportsMayMiss)
    .text(venue.lastExecId)
    .text(venue.replay.stage);
  digest.integer(venue.replay.attempts).integer(venue.replay.dueUs);
  for (const [clOrdId, cumQuantity] of venue.inferred) digest.text(clOrdId).bigint(cumQuantity);
  if (venue.otherSession !== undefined) digestSession(digest, venue.otherSession.state);
  for (const [clOrdId, query] of venue.queries)
    digest.text(clOrdId).integer(query.askedIndex).integer(query.dueUs).integer(query.slot).integer(query.attempts);
  for (const clOrdId of venue.held) digest.text(clOrdId);
  digestSession(digest, venue.session.state);
}

function digestSession(digest: Digest, session: VenueSession['session']['state']): void {
  digest.integer(session.nextOut).integer(session.nextIn).integer(session.sequenceIndex).text(session.status);
  digest.integer(session.outbox.size).integer(session.gapQueue.size).integer(session.lastSentUs);
  digest.integer(session.lastReceivedUs);
}
