/**
 * Until when an order that was sent on a connection that has ended may still enter the venue's book. Where orders carry a
 * receive window the venue itself refuses what comes later: the window counts from SendingTime, which for these venues is
 * the time of the entry that gave the message its slot. Elsewhere the end of the connection bounds it: nothing was written
 * after it, and the venue's machine needs at most its longest delay for what was. Our clocks' distance to the venue's is
 * added. Trading reference §3.2 P2 (3).
 */
import { factsOf } from './venue-facts.ts';
import type { VenueSession } from './venue-session.ts';

const MS_US = 1000;

export function doubtEndsUs(venue: VenueSession): number {
  const { clockSkewMaxMs, processingDelayMaxMs, receiveWindow } = factsOf(venue.configuration);
  const marginUs = (processingDelayMaxMs + clockSkewMaxMs) * MS_US;
  if (receiveWindow === undefined) return venue.lineEndedUs + marginUs;
  return venue.lastOrderUs + receiveWindow.windowMs * MS_US + marginUs;
}

/** Does "unknown", in answer to a question asked then, prove that an order never entered the book? */
export function isUnknownProof(venue: VenueSession, askedUs: number): 'proof' | 'too-early' | 'never' {
  switch (factsOf(venue.configuration).unknownIs) {
    case 'conclusive':
      return 'proof';
    case 'after-window':
      return askedUs >= doubtEndsUs(venue) ? 'proof' : 'too-early';
    case 'inconclusive':
      return 'never';
  }
}
