// What one run of the benchmark is asked to do: read from the command line, checked, kept with the results.

import { parseArgs } from 'node:util';
import { findProfile, PROFILES, type VenueProfile } from '@baton/profiles';

export const MODES = [
  'crash',
  'stop',
  'partition',
  'cut-out',
  'cut-in',
  'disk-stall',
  'transfer',
  'host-loss',
  'none',
] as const;
export type Mode = (typeof MODES)[number];

export interface Settings {
  readonly kills: number;
  readonly mode: Mode;
  readonly durability: 'disk' | 'memory';
  readonly timing: 'colocated' | 'spare-cores' | 'lan' | 'wan' | 'requirements';
  /** What the venue plays and the cluster is configured for (packages/profiles). */
  readonly profile: VenueProfile;
  /** Between two new orders, which come at fixed times whatever becomes of the earlier ones. */
  readonly everyMs: number;
  /** A node that was killed plays at most about so much of the log when it comes back. */
  readonly checkpointEntries: number;
  /** In the log before the first fault; only for profiles whose numbers begin anew with each logon. */
  readonly historyOrders: number;
  /** Busy loops beside the cluster, at normal priority. */
  readonly hogs: number;
  /** Quiet time before each fault, after all nodes have caught up. */
  readonly settleMs: number;
  /** No fault is begun after so long; the run still ends in order. 0: no limit. */
  readonly timeLimitS: number;
  /** Length of a run of mode `none`. */
  readonly durationS: number;
  /** Run the sources instead of the compiled build. */
  readonly sources: boolean;
  /** Data and logs are kept when all went well too. */
  readonly keep: boolean;
  /** Folder for data and logs of the nodes; on the disk that is to be measured. */
  readonly folder: string;
  /** Folder for the results. */
  readonly out: string;
}

export class SettingsError extends Error {
  readonly code = 'BATON_BENCH_SETTINGS';
}

/** @throws SettingsError, TypeError for options that do not exist */
export function settingsFromArguments(args: readonly string[], defaults: { folder: string; out: string }): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: 'string', default: '20' },
      mode: { type: 'string', default: 'crash' },
      durability: { type: 'string', default: 'disk' },
      timing: { type: 'string', default: 'colocated' },
      profile: { type: 'string', default: 'classic-789' },
      'time-limit-s': { type: 'string', default: '0' },
      'every-ms': { type: 'string', default: '20' },
      'checkpoint-entries': { type: 'string', default: '5000' },
      'history-orders': { type: 'string', default: '0' },
      hogs: { type: 'string', default: '0' },
      'settle-ms': { type: 'string', default: '700' },
      'duration-s': { type: 'string', default: '60' },
      sources: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      folder: { type: 'string', default: defaults.folder },
      out: { type: 'string', default: defaults.out },
    },
  });
  const profile = profileNamed(values.profile);
  const historyOrders = count('history-orders', values['history-orders'], 0, 10_000_000);
  if (historyOrders > 0 && profile.session.sequence !== 'reset-at-logon') {
    throw new SettingsError(
      `--history-orders is ${historyOrders} with --profile ${profile.name}, whose numbers go on from logon to logon: expected a profile that resets them, such as deribit-like`,
    );
  }
  return {
    kills: count('kills', values.kills, 1, 100_000),
    mode: oneOf('mode', values.mode, MODES),
    durability: oneOf('durability', values.durability, ['disk', 'memory'] as const),
    timing: oneOf('timing', values.timing, ['colocated', 'spare-cores', 'lan', 'wan', 'requirements'] as const),
    profile,
    timeLimitS: count('time-limit-s', values['time-limit-s'], 0, 86_400),
    everyMs: count('every-ms', values['every-ms'], 1, 1000),
    checkpointEntries: count('checkpoint-entries', values['checkpoint-entries'], 1000, 1_000_000),
    historyOrders,
    hogs: count('hogs', values.hogs, 0, 64),
    settleMs: count('settle-ms', values['settle-ms'], 0, 60_000),
    durationS: count('duration-s', values['duration-s'], 1, 86_400),
    sources: values.sources,
    keep: values.keep,
    folder: values.folder,
    out: values.out,
  };
}

function count(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new SettingsError(`--${name} is ${text}: expected an integer from ${min} to ${max}`);
}

function oneOf<Value extends string>(name: string, text: string, values: readonly Value[]): Value {
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  throw new SettingsError(`--${name} is ${text}: expected one of ${values.join(', ')}`);
}

function profileNamed(name: string): VenueProfile {
  const found = findProfile(name);
  if (found !== undefined) return found;
  const names = PROFILES.map((profile) => profile.name).join(', ');
  throw new SettingsError(`--profile is ${name}: expected one of ${names}`);
}
