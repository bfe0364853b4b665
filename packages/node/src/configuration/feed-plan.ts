/** From the configuration to this node's market data sessions: one a venue that is asked for any. */
import type { Address, ClientTls } from '@baton/host';
import type { FileConfiguration } from './schema.ts';
import { ledgerVenue } from './venue-profile.ts';

/** A venue's market data, as planned for this node. */
export interface FeedPlan {
  readonly venue: string;
  readonly address: Address;
  readonly tls?: ClientTls;
  readonly beginString: string;
  readonly senderCompId: string;
  readonly targetCompId: string;
  readonly heartBtIntS: number;
  readonly symbols: readonly string[];
  /** Where historical bars are asked for; undefined: nowhere, and warm-ups are empty. */
  readonly history: string | undefined;
}

export function feedPlans(
  { instruments, venues }: FileConfiguration,
  tlsOf: (venue: string) => ClientTls | undefined,
  node: string,
): FeedPlan[] {
  return venues.flatMap((venue) => {
    const { marketData } = venue;
    if (marketData === undefined) return [];
    const tls = tlsOf(venue.name);
    const [host = '', port = ''] = (marketData.address ?? venue.address).split(':');
    return [
      {
        venue: venue.name,
        address: { host, port: Number(port) },
        ...(tls === undefined ? {} : { tls }),
        beginString: ledgerVenue(venue).beginString,
        senderCompId: marketData.senderCompId.replaceAll('{node}', node),
        targetCompId: venue.targetCompId,
        heartBtIntS: marketData.heartBtIntS,
        symbols: instruments.filter((one) => one.venue === venue.name).map(({ symbol }) => symbol),
        history: marketData.history,
      },
    ];
  });
}
