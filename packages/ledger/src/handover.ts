/**
 * A line that the new leader has kept logged on and silent while it followed (where the venue allows several sessions of an
 * account, and numbers start at 1 with each logon). It is not in the log until now: its messages were the line's own, the
 * one logon and heartbeats, and no order ever left on it. This entry makes it the session: what is left of a takeover is
 * what is in doubt. What the line heard of executions follows as a VenueAnswer. Trading reference §3.6.
 */
import type { LedgerState } from './ledger-state.ts';
import { advanceTakeover, noteLoggedOn, reachPhase } from './takeover.ts';
import type { HandedOver } from './venue-command.ts';
import { factsOf, restartsNumbers } from './venue-facts.ts';
import { adoptLine } from './venue-line.ts';
import type { VenueSession } from './venue-session.ts';

/** What a FIX session may be called. */
const COMP_ID = /^[\x20-\x7e]{1,64}$/;

export function applySessionHandedOver(state: LedgerState, venue: VenueSession, handed: HandedOver): void {
  const { connectionId } = handed;
  const facts = factsOf(venue.configuration);
  if (!restartsNumbers(facts) || !facts.mutedSessions || !isLine(handed)) {
    const text = 'no session of this venue can be handed over';
    state.entry.effects.push({
      type: 'CloseTransport',
      venue: venue.configuration.venue,
      connectionId,
      reason: text,
    });
    return;
  }
  // Heard all the while that the last line was up and longer: then nothing was missed in between.
  const overlaps = handed.heardSinceUs + facts.clockSkewMaxMs * 1000 <= venue.lastInboundUs;
  adoptLine(state, venue, handed.compId, handed.line);
  venue.reportsMayMiss = !overlaps;
  venue.connectionId = connectionId;
  venue.connectionIdMax = connectionId;
  venue.logonSlot = handed.line.nextOut;
  reachPhase(state, venue, 'Connecting');
  noteLoggedOn(state, venue, { peerNextExpected: undefined, reset: false });
  venue.inboundSynced = true;
  advanceTakeover(state, venue);
}

function isLine({ compId, line }: HandedOver): boolean {
  const isNumber = (seq: number): boolean => Number.isSafeInteger(seq) && seq >= 1 && seq < 0x7fff_ffff;
  return COMP_ID.test(compId) && isNumber(line.nextOut) && isNumber(line.nextIn);
}
