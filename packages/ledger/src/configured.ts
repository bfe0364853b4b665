/**
 * The configuration as the ledger uses it: names resolved, limits as scaled bigints an instrument. Decides whether a
 * Configure command is acceptable: every fault of it is found before anything changes, and what a running ledger rests on
 * (cluster, scales, session identities, accounts) cannot be changed under its orders.
 */
import { parseDecimal } from '@baton/fix';
import { findClientChanges, findClientFaults } from './client-configuration.ts';
import { clusterPrefix, INCARNATION_MAX, incarnationPrefix } from './clordid.ts';
import type { Configuration, InstrumentConfiguration, LimitConfiguration, VenueConfiguration } from './command.ts';
import { factsOf } from './venue-facts.ts';

/** More places than any venue quotes; keeps a notional (both scales) within exact powers of ten. */
const SCALE_MAX = 18;

/** One instrument with what orders of it need; an undefined limit means none. */
export interface Instrument {
  readonly symbol: string;
  readonly venue: string;
  readonly account: string;
  readonly priceScale: number;
  readonly quantityScale: number;
  readonly orderQuantityMax: bigint | undefined;
  /** At priceScale + quantityScale. */
  readonly orderNotionalMax: bigint | undefined;
  readonly positionMax: bigint | undefined;
}

export interface Configured {
  readonly configuration: Configuration;
  /** Start of ClOrdIDs of any incarnation of this cluster, and of this one. */
  readonly clusterPrefix: string;
  readonly prefix: string;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly venues: ReadonlyMap<string, VenueConfiguration>;
  readonly openOrdersMax: number;
}

export type ConfigurationOutcome =
  | { readonly ok: true; readonly configured: Configured }
  | { readonly ok: false; readonly text: string };

/** `before` is the configuration in force; undefined for the first. */
export function resolveConfiguration(
  configuration: Configuration,
  before: Configured | undefined,
): ConfigurationOutcome {
  const faults: string[] = [];
  const prefix = clusterPrefix(configuration.clusterId);
  if (prefix === undefined) faults.push(`clusterId '${configuration.clusterId}' has no letter or digit`);
  if (configuration.incarnation > INCARNATION_MAX) {
    faults.push(`incarnation ${configuration.incarnation} is above ${INCARNATION_MAX}`);
  }
  const venues = resolveVenues(configuration, faults);
  const instruments = resolveInstruments(configuration, venues, faults);
  faults.push(...findClientFaults(configuration.clients ?? []));
  if (before !== undefined) findForbiddenChanges(before, { configuration, venues, instruments }, faults);
  if (prefix === undefined || faults.length > 0) return { ok: false, text: faults.join('; ') };
  return {
    ok: true,
    configured: {
      configuration,
      clusterPrefix: prefix,
      prefix: incarnationPrefix(configuration.clusterId, configuration.incarnation),
      instruments,
      venues,
      openOrdersMax: configuration.limits.openOrdersMax,
    },
  };
}

function resolveVenues(configuration: Configuration, faults: string[]): Map<string, VenueConfiguration> {
  const venues = new Map<string, VenueConfiguration>();
  for (const venue of configuration.venues) {
    if (venues.has(venue.venue)) faults.push(`venue '${venue.venue}' is configured twice`);
    if (!isFixText(venue.account)) faults.push(`account of venue '${venue.venue}' is not printable ASCII text`);
    venues.set(venue.venue, venue);
  }
  return venues;
}

function resolveInstruments(
  configuration: Configuration,
  venues: ReadonlyMap<string, VenueConfiguration>,
  faults: string[],
): Map<string, Instrument> {
  const instruments = new Map<string, Instrument>();
  for (const one of configuration.instruments) {
    const venue = venues.get(one.venue);
    if (instruments.has(one.symbol)) faults.push(`instrument '${one.symbol}' is configured twice`);
    if (!isFixText(one.symbol)) faults.push(`symbol '${one.symbol}' is not printable ASCII text`);
    if (one.priceScale > SCALE_MAX || one.quantityScale > SCALE_MAX) {
      faults.push(`scales of '${one.symbol}' are above ${SCALE_MAX}`);
    } else if (venue === undefined) {
      faults.push(`venue '${one.venue}' of instrument '${one.symbol}' is not configured`);
    } else {
      instruments.set(one.symbol, instrumentFrom(one, venue.account, configuration.limits, faults));
    }
  }
  return instruments;
}

function instrumentFrom(
  one: InstrumentConfiguration,
  account: string,
  limits: LimitConfiguration,
  faults: string[],
): Instrument {
  const limit = (name: keyof LimitConfiguration, scale: number): bigint | undefined => {
    const text = String(limits[name]);
    if (text === '') return undefined;
    const value = parseLimit(text, scale);
    if (value === undefined) faults.push(`limit ${name} '${text}' is not a decimal of at least 0`);
    return value;
  };
  const { symbol, venue, priceScale, quantityScale } = one;
  return {
    symbol,
    venue,
    account,
    priceScale,
    quantityScale,
    orderQuantityMax: limit('orderQuantityMax', quantityScale),
    orderNotionalMax: limit('orderNotionalMax', priceScale + quantityScale),
    positionMax: limit('positionMax', quantityScale),
  };
}

/** Digits beyond the scale are dropped: "at most 1.55" of something counted in tenths is "at most 1.5". */
function parseLimit(text: string, scale: number): bigint | undefined {
  const [whole, fraction = ''] = text.split('.');
  if (!/^\d+(\.\d+)?$/.test(text)) return undefined;
  return parseDecimal(`${whole}.${fraction.slice(0, scale)}0`, scale);
}

/** Orders, positions and sessions refer to these by name: they may be added to, not changed or taken away. */
function findForbiddenChanges(
  before: Configured,
  after: {
    readonly configuration: Configuration;
    readonly venues: ReadonlyMap<string, VenueConfiguration>;
    readonly instruments: ReadonlyMap<string, Instrument>;
  },
  faults: string[],
): void {
  if (before.configuration.clusterId !== after.configuration.clusterId) faults.push('clusterId cannot change');
  if (before.configuration.incarnation > after.configuration.incarnation) faults.push('incarnation cannot go back');
  faults.push(...findClientChanges(before.configuration.clients ?? [], after.configuration.clients ?? []));
  for (const [name, old] of before.venues) {
    const next = after.venues.get(name);
    if (next === undefined) faults.push(`venue '${name}' cannot be taken away`);
    else if (sessionIdentity(old) !== sessionIdentity(next)) {
      faults.push(`session identity, heartbeat and account of venue '${name}' cannot change`);
    }
  }
  for (const [symbol, old] of before.instruments) {
    const next = after.instruments.get(symbol);
    if (next === undefined) faults.push(`instrument '${symbol}' cannot be taken away`);
    else if (old.venue !== next.venue) faults.push(`venue of instrument '${symbol}' cannot change`);
    else if (old.priceScale !== next.priceScale || old.quantityScale !== next.quantityScale) {
      faults.push(`scales of instrument '${symbol}' cannot change`);
    }
  }
}

function sessionIdentity(venue: VenueConfiguration): string {
  const { beginString, senderCompId, targetCompId, account, heartBtIntS, nextExpectedMsgSeqNum } = venue;
  const { compIdPer, gateways, sequence } = factsOf(venue);
  const identity = [beginString, senderCompId, targetCompId, account, heartBtIntS, nextExpectedMsgSeqNum];
  return [...identity, compIdPer, gateways, sequence].join('\u0001');
}

/** Text that may stand in a FIX field: not empty, printable, so that it can neither end the field nor start another. */
function isFixText(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text);
}
