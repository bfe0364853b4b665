/**
 * Whether a venue keeps the bytes of a stopped or cut-off process from being taken after others have written: by letting one
 * line of the cluster in at a time, or by refusing what is older than a receive window. Where it does neither (a CompID a
 * node without a window, two gateways), late orders are found when they are reported (SAFETY_VIOLATION), not prevented.
 */
import type { VenueProfile } from '@baton/profiles';

export function isFenced(profile: VenueProfile): boolean {
  return isOneLine(profile) || profile.orders.receiveWindow !== undefined;
}

/** The venue lets one connection of the cluster in at a time. */
export function isOneLine({ logon, session }: VenueProfile): boolean {
  return logon.compIdPer === 'cluster' && session.gateways === 1;
}
