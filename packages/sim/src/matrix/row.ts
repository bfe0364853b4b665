/** One row of the crash-point matrix (trading reference §3.13): where the kill is, and what must come of it. */
import type { VenueProfile } from '@baton/profiles';

/** What came of a cell, in a few words, and what proves it. */
export interface Finding {
  readonly outcome: string;
  readonly evidence: string;
}

export interface Row {
  readonly number: number;
  /** A second way to play the same row: 'b', 'c', …; '' for the first. */
  readonly variant: string;
  readonly title: string;
  /** The reference's required outcome. */
  readonly required: string;
  /** Why the protocol of a venue makes this cell impossible; undefined: it is possible. */
  readonly impossible?: (profile: VenueProfile) => string | undefined;
  /** Plays the row; throws when the outcome is not the required one. */
  readonly play: (profile: VenueProfile) => Promise<Finding>;
}

/** Why a venue never gets a message again under its own number. */
export function whyNoResend({ session }: VenueProfile): string | undefined {
  if (!session.resend) return 'this venue takes no message again: only void is safe';
  return session.gateways === 2 ? 'the other gateway has numbers of its own: only void is safe' : undefined;
}

/** Why a takeover of a venue has no Logon. */
export function whyNoLogon({ logon, session }: VenueProfile): string | undefined {
  const isMuted = logon.mutedSessions && session.gateways === 1;
  return isMuted ? 'every node stays logged on and silent: a takeover has no Logon' : undefined;
}
