/**
 * The way out when the venue's numbers contradict ours (crash-point matrix row 20): it restarted them, expects lower ones
 * than we have used, or higher ones. Nothing proves then what was received, so the gate stays closed, no further logon is
 * tried, and a person reconciles with the venue and says with which numbers to go on. From there every open order is asked
 * about, as where numbers restart with every logon.
 */

import { denied } from './denial.ts';
import type { CommandResult } from './event.ts';
import type { LedgerState } from './ledger-state.ts';
import { advanceTakeover, reachPhase } from './takeover.ts';
import { leaveNumbers } from './venue-line.ts';

/** Room is left below the largest number that FIX sessions count with (2^31 - 1). */
const ACCEPTED_MAX = 2_000_000_000;

export interface AcceptedNumbers {
  readonly venue: string;
  /** MsgSeqNum of our next message, and of the venue's; used only while no session is logged on. */
  readonly nextOut: number;
  readonly nextIn: number;
  readonly reason: string;
}

export function applyAcceptSequenceReset(state: LedgerState, accepted: AcceptedNumbers): CommandResult {
  const { nextIn, nextOut, reason } = accepted;
  const venue = state.venues.get(accepted.venue);
  if (venue === undefined) return denied('BAD_COMMAND', `no venue '${accepted.venue}'`);
  if (!venue.proofLost) return denied('BAD_COMMAND', `the numbers of '${accepted.venue}' are not in question`);
  if (![nextIn, nextOut].every((seq) => seq >= 1 && seq <= ACCEPTED_MAX)) {
    return denied('BAD_COMMAND', `sequence numbers go from 1 to ${ACCEPTED_MAX}`);
  }
  venue.proofLost = false;
  leaveNumbers(state, venue);
  const { session } = venue;
  if (session.state.status === 'active') {
    // The numbers that restarted are in force on this connection: from its Logon on everything is known.
    venue.nextExpected = venue.logonSlot;
    reachPhase(state, venue, 'LoggedOn');
  } else if (session.state.status === 'disconnected') session.setSequenceNumbers({ nextIn, nextOut });
  venue.sequenceIndex = session.state.sequenceIndex;
  state.emit({ type: 'SequenceResetAccepted', venue: accepted.venue, nextOut, nextIn, reason });
  advanceTakeover(state, venue);
  return { ok: true, clOrdId: '', duplicate: false };
}
