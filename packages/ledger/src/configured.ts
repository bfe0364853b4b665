/**
 * The configuration as the ledger uses it: names resolved, instruments scaled. Decides whether a
 * Configure command is acceptable: every fault of it is found before anything changes, and what a running ledger rests on
 * (cluster, scales, session identities, accounts) cannot be changed under its orders.
 */
import { findClientChanges, findClientFaults } from './client-configuration.ts';
import { clusterPrefix, INCARNATION_MAX, incarnationPrefix } from './clordid.ts';
import type { Configuration, VenueConfiguration } from './configuration.ts';
import { type Instrument, instrumentFrom, SCALE_MAX } from './instrument.ts';
import { findLimitFaults } from './limit-set.ts';
import { factsOf } from './venue-facts.ts';
import { findVenueFaults } from './venue-faults.ts';

export interface Configured {
  readonly configuration: Configuration;
  /** Start of ClOrdIDs of any incarnation of this cluster, and of this one. */
  readonly clusterPrefix: string;
  readonly prefix: string;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly venues: ReadonlyMap<string, VenueConfiguration>;
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
  faults.push(...findScopedFaults(configuration, { venues, instruments }));
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
    },
  };
}

function resolveVenues(configuration: Configuration, faults: string[]): Map<string, VenueConfiguration> {
  const venues = new Map<string, VenueConfiguration>();
  for (const venue of configuration.venues) {
    if (venues.has(venue.venue)) faults.push(`venue '${venue.venue}' is configured twice`);
    if (!isFixText(venue.account)) faults.push(`account of venue '${venue.venue}' is not printable ASCII text`);
    faults.push(...findVenueFaults(venue));
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
      instruments.set(one.symbol, instrumentFrom(one, venue.account, configuration.currencies ?? [], faults));
    }
  }
  return instruments;
}

/** Limits of a scope that does not exist would bind nothing, which their author does not expect. */
function findScopedFaults(
  configuration: Configuration,
  known: { readonly venues: ReadonlyMap<string, unknown>; readonly instruments: ReadonlyMap<string, unknown> },
): string[] {
  const faults = findLimitFaults(configuration.limits, '');
  const seen = new Set<string>();
  for (const { limits, scope, target } of configuration.scopedLimits ?? []) {
    const where = `of ${scope} '${target}'`;
    faults.push(...findLimitFaults(limits, where));
    if (seen.has(where)) faults.push(`limits ${where} are configured twice`);
    seen.add(where);
    if (scope === 'venue' && !known.venues.has(target)) faults.push(`limits ${where}, which is not configured`);
    if (scope === 'symbol' && !known.instruments.has(target)) faults.push(`limits ${where}, which is not configured`);
  }
  for (const { currency, scale } of configuration.currencies ?? []) {
    if (scale > SCALE_MAX) faults.push(`scale of currency '${currency}' is above ${SCALE_MAX}`);
  }
  return faults;
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
    } else if (worthOf(old) !== worthOf(next)) {
      faults.push(`multiplier and currency of instrument '${symbol}' cannot change, nor its currency's scale`);
    }
  }
}

/** What amounts already booked rest on. */
function worthOf(instrument: Instrument): string {
  const { currency, currencyScale, multiplier, multiplierScale } = instrument;
  return [currency, currencyScale, multiplier, multiplierScale].join('\u0001');
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
