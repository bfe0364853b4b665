/**
 * What of the file the cluster must agree on, as the ledger takes it. In the ledger's own order of keys, with empty lists
 * left out, because a leader compares the two and proposes its file when they differ.
 */
import {
  type ClientConfiguration,
  type Configuration,
  type Limits,
  normalConfiguration,
  type ScopedLimits,
} from '@baton/ledger';
import type { FileConfiguration } from './schema.ts';
import { ledgerVenue } from './venue-profile.ts';

export function ledgerConfiguration(file: FileConfiguration): Configuration {
  const { strategies, symbols, venues, ...limits } = file.limits;
  return normalConfiguration({
    clusterId: file.cluster,
    incarnation: file.incarnation,
    instruments: file.instruments.map(given),
    venues: file.venues.map(ledgerVenue),
    limits: given(limits),
    clients: file.clients.map(ledgerClient),
    currencies: Object.entries(file.currencies).map(([currency, scale]) => ({ currency, scale })),
    scopedLimits: [...scoped('venue', venues), ...scoped('strategy', strategies), ...scoped('symbol', symbols)],
  });
}

function scoped(scope: ScopedLimits['scope'], byName: Readonly<Record<string, object>>): ScopedLimits[] {
  return Object.entries(byName).map(([target, limits]) => ({ scope, target, limits: given(limits) as Limits }));
}

/** Without keys that were left out: absent is not undefined to who compares. */
function given<T extends object>(from: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  const entries = Object.entries(from).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]: Exclude<T[Key], undefined> };
}

function ledgerClient(client: FileConfiguration['clients'][number]): ClientConfiguration {
  const { name, beginString, senderCompId, targetCompId, account, heartBtIntS, resetOnLogon } = client;
  return { client: name, beginString, senderCompId, targetCompId, account, heartBtIntS, resetOnLogon };
}
