/** When time alone will do something: the earliest of all timers, sessions, aging orders and questions of a ledger. */
import { clientDeadlineUs } from './client-connection.ts';
import { heldDeadlineUs } from './dispatch.ts';
import { drainDeadlineUs } from './drain.ts';
import type { LedgerState } from './ledger-state.ts';
import { coldDeadlineUs } from './reconcile/apply-cold.ts';
import { queryDeadlineUs } from './status-query.ts';

/** µs since 1970; undefined when never. */
export function nextDeadlineUs(state: LedgerState): number | undefined {
  let next = state.timers.nextDueUs();
  for (const venue of state.venues.values()) {
    for (const deadlineUs of [
      venue.connectionId === 0 ? undefined : venue.session.nextDeadlineUs(),
      venue.held.length === 0 ? undefined : heldDeadlineUs(state, venue),
      venue.phase === 'InboundSynced' ? queryDeadlineUs(venue) : undefined,
    ]) {
      if (deadlineUs !== undefined && (next === undefined || deadlineUs < next)) next = deadlineUs;
    }
  }
  for (const deadlineUs of [drainDeadlineUs(state), coldDeadlineUs(state)]) {
    if (deadlineUs !== undefined && (next === undefined || deadlineUs < next)) next = deadlineUs;
  }
  for (const client of state.clients.values()) {
    const deadlineUs = clientDeadlineUs(client);
    if (deadlineUs !== undefined && (next === undefined || deadlineUs < next)) next = deadlineUs;
  }
  return next;
}
