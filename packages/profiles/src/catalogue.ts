/** All profiles, by name. A new venue is one file and one line here. */
import { binanceLike } from './binance-like.ts';
import { classic } from './classic.ts';
import { classic789 } from './classic-789.ts';
import { coinbaseDerivativesLike } from './coinbase-derivatives-like.ts';
import { coinbaseExchangeLike } from './coinbase-exchange-like.ts';
import { deribitLike } from './deribit-like.ts';
import { krakenLike } from './kraken-like.ts';
import type { VenueProfile } from './venue-profile.ts';

export const PROFILES: readonly VenueProfile[] = [
  classic789,
  classic,
  binanceLike,
  coinbaseExchangeLike,
  krakenLike,
  deribitLike,
  coinbaseDerivativesLike,
];

export function findProfile(name: string): VenueProfile | undefined {
  return PROFILES.find((profile) => profile.name === name);
}
