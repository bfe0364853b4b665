/**
 * What the leader has learnt of a venue beside its FIX session: over HTTP, or from a silent session of its own. Reports are
 * applied as if the session had delivered them, by the same rules: executions once by their ExecID, status reports only as
 * answers to the question that is open. An answer to an older question settles nothing.
 */
import { parseMessage, Tag } from '@baton/fix';
import { applyExecutionReport } from './execution.ts';
import type { LedgerState } from './ledger-state.ts';
import { evidenceOf } from './session-evidence.ts';
import { advanceTakeover } from './takeover.ts';

export function applyVenueAnswer(
  state: LedgerState,
  name: string,
  question: number,
  reports: readonly Uint8Array[],
): void {
  const venue = state.venues.get(name);
  if (venue === undefined) {
    state.staleCommands += 1;
    return;
  }
  for (const bytes of reports) {
    const message = parseMessage(bytes);
    if (message.fault !== undefined || message.msgType !== '8') {
      state.alarm('VENUE_ANSWER_GARBLED', `${name}: a report from beside the session is no ExecutionReport`);
      continue;
    }
    state.entry.evidence =
      question === 0
        ? { ...evidenceOf(message), kind: 'MutedSession' }
        : { ...evidenceOf(message), kind: 'HttpAnswer' };
    const isStatus = message.getString(Tag.ExecType) === 'I';
    const query = venue.queries.get(state.orders.find(message.getString(Tag.ClOrdID) ?? '')?.rootClOrdId ?? '');
    if (isStatus && query?.askedIndex !== question) state.staleCommands += 1;
    else applyExecutionReport(state, venue, message);
  }
  advanceTakeover(state, venue);
}
