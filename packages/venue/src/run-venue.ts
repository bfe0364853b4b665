/** The venue on this machine's clock and network: what `baton venue` runs. */
import { NodeClock, NodeNetwork } from '@baton/host/node';
import { Venue } from './venue.ts';
import type { VenueOptions } from './venue-options.ts';

/**
 * Starts a venue; the caller stops it (`venue.stop()`), which logs clients out first.
 * @throws VenueOptionsError, VenueListenError
 */
export function runVenue(options: VenueOptions): Promise<Venue> {
  return Venue.start({ ...options, clock: new NodeClock(), network: new NodeNetwork() });
}
