/** The catalogue, and by name the profiles that single laws are about. */
import { findProfile, PROFILES, type StatusQueryWay, type VenueProfile } from '@baton/profiles';

export { PROFILES, type StatusQueryWay };

function named(name: string): VenueProfile {
  const profile = findProfile(name);
  if (profile === undefined) throw new Error(`there is no profile ${name}`);
  return profile;
}

export const binance = named('binance-like');
export const coinbaseDerivatives = named('coinbase-derivatives-like');
export const deribit = named('deribit-like');
export const classic789 = named('classic-789');
