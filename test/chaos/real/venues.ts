/** The venues that a round can be played against, and what is asked of any of them. */
import { QUICKFIX } from './plan.ts';
import { QuickfixVenue } from './quickfix-venue.ts';
import { SimulatedVenue } from './simulated-venue.ts';
import type { VenueSide, VenueWish } from './venue-side.ts';

const ASK_MS = 10_000;

/** The venue of a round, by its name in the plan. */
export async function startVenue(name: string, wish: VenueWish): Promise<VenueSide> {
  return name === QUICKFIX ? await QuickfixVenue.start(wish) : await SimulatedVenue.start(name, wish);
}

/** When the venue took each new order of the cluster: wall clock, µs since 1970. */
export async function acceptedTimes({ addresses }: VenueSide): Promise<readonly number[]> {
  const response = await fetch(`http://${addresses.http}/orders?owner=BATON`, { signal: AbortSignal.timeout(ASK_MS) });
  const orders = (await response.json()) as readonly { readonly acceptedAt: { readonly wallUs: number } }[];
  return orders.map(({ acceptedAt }) => acceptedAt.wallUs);
}
