/**
 * Applies what a finding tells as if the venue's session had said it: one ExecutionReport, by the same rules as any. A text
 * that no FIX message can carry comes from no session: it is refused, never applied in part.
 */
import { encodeBody, encodeMessage, MsgType, parseMessage } from '@baton/fix';
import { applyExecutionReport } from '../execution.ts';
import type { LedgerState } from '../ledger-state.ts';
import type { VenueSession } from '../venue-session.ts';

const PRINTABLE = /^[\x20-\x7e]*$/;

/** Could these be values of FIX fields? */
export function isTellable(...values: readonly string[]): boolean {
  return values.every((value) => PRINTABLE.test(value));
}

/** Empty values are left out. False: nothing was applied. */
export function reportFinding(
  state: LedgerState,
  venue: VenueSession,
  fields: readonly (readonly [number, string])[],
): boolean {
  if (!isTellable(...fields.map(([, value]) => value))) return false;
  const { beginString, senderCompId, targetCompId } = venue.configuration;
  const header = { beginString, senderCompId: targetCompId, targetCompId: senderCompId };
  const { timeUs } = state.entry;
  const body = encodeBody(fields.filter(([, value]) => value !== ''));
  const bytes = encodeMessage(
    { ...header, msgType: MsgType.ExecutionReport, msgSeqNum: 1, sendingTimeUs: timeUs },
    body,
  );
  applyExecutionReport(state, venue, parseMessage(bytes));
  return true;
}
