/** From the configuration to this node's market data sessions: one a venue that is asked for any. */
import type { Address, ClientTls } from '@baton/host';
import type { FileConfiguration } from './schema.ts';
import { ledgerVenue } from './venue-profile.ts';

export interface ReferencePlan {
  readonly everyMs: number;
  readonly symbols: readonly { readonly symbol: string; readonly priceScale: number }[];
}

/** Twice a second: a collar needs no more, and the log grows by no more. */
const SAMPLE_EVERY_MS = 500;
const SAMPLE_EVERY_MIN_MS = 100;

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
  /** Whose prices are sampled into the log, and how often; left out: no limit asks for them. */
  readonly references?: ReferencePlan;
  /** Where historical bars are asked for; undefined: nowhere, and warm-ups are empty. */
  readonly history: string | undefined;
}

export function feedPlans(
  { instruments, limits, venues }: FileConfiguration,
  tlsOf: (venue: string) => ClientTls | undefined,
  node: string,
): FeedPlan[] {
  const everyMs = sampleEveryMs(limits);
  return venues.flatMap((venue) => {
    const { marketData } = venue;
    if (marketData === undefined) return [];
    const tls = tlsOf(venue.name);
    const [host = '', port = ''] = (marketData.address ?? venue.address).split(':');
    const listed = instruments.filter((one) => one.venue === venue.name);
    const symbols = listed.map(({ priceScale, symbol }) => ({ symbol, priceScale }));
    return [
      {
        venue: venue.name,
        address: { host, port: Number(port) },
        ...(tls === undefined ? {} : { tls }),
        beginString: ledgerVenue(venue).beginString,
        senderCompId: marketData.senderCompId.replaceAll('{node}', node),
        targetCompId: venue.targetCompId,
        heartBtIntS: marketData.heartBtIntS,
        symbols: listed.map(({ symbol }) => symbol),
        ...(everyMs === undefined ? {} : { references: { everyMs, symbols } }),
        history: marketData.history,
      },
    ];
  });
}

/** Undefined where no limit of any scope is judged by reference prices. */
function sampleEveryMs(limits: FileConfiguration['limits']): number | undefined {
  const scopes = [
    limits,
    ...[limits.venues, limits.strategies, limits.symbols].flatMap((named) => Object.values(named)),
  ];
  const isSet = (text: string | undefined): boolean => text !== undefined && text !== '';
  const isNeeded = scopes.some(
    ({ dailyLossMax, priceCollarPercent, referenceMaxAgeMs }) =>
      isSet(priceCollarPercent) || isSet(dailyLossMax) || referenceMaxAgeMs !== undefined,
  );
  if (!isNeeded) return undefined;
  // Four samples before the first of them is too old.
  const ages = scopes.flatMap(({ referenceMaxAgeMs }) => referenceMaxAgeMs ?? []);
  return Math.max(SAMPLE_EVERY_MIN_MS, Math.min(SAMPLE_EVERY_MS, ...ages.map((age) => Math.floor(age / 4))));
}
