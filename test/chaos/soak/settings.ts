/** What a soak is asked to do. */
import { parseArgs } from 'node:util';
import { findProfile, PROFILES, type VenueProfile } from '@baton/profiles';

export interface SoakSettings {
  readonly minutes: number;
  /** Orders a second; 0: half of what this machine is measured to do. */
  readonly rate: number;
  readonly killEveryS: number;
  readonly timing: 'colocated' | 'lan' | 'wan' | 'requirements';
  readonly durability: 'disk' | 'memory';
  readonly profile: VenueProfile;
  readonly built: boolean;
  /** Folder for data; '' for a temporary one. */
  readonly folder: string;
  readonly out: string;
}

export class SoakSettingsError extends Error {
  readonly code = 'BATON_SOAK_SETTINGS';
}

/** @throws SoakSettingsError, TypeError for options that do not exist */
export function soakSettings(args: readonly string[], out: string): SoakSettings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '30' },
      rate: { type: 'string', default: '0' },
      'kill-every-s': { type: 'string', default: '60' },
      timing: { type: 'string', default: 'lan' },
      durability: { type: 'string', default: 'disk' },
      profile: { type: 'string', default: 'classic-789' },
      sources: { type: 'boolean', default: false },
      folder: { type: 'string', default: '' },
      out: { type: 'string', default: out },
    },
  });
  const profile = findProfile(values.profile);
  if (profile === undefined) throw wrong('profile', values.profile, PROFILES.map(({ name }) => name).join(', '));
  return {
    minutes: numberOf('minutes', values.minutes, 0.5, 10_000),
    rate: numberOf('rate', values.rate, 0, 1_000),
    killEveryS: numberOf('kill-every-s', values['kill-every-s'], 5, 3_600),
    timing: oneOf('timing', values.timing, ['colocated', 'lan', 'wan', 'requirements'] as const),
    durability: oneOf('durability', values.durability, ['disk', 'memory'] as const),
    profile,
    built: !values.sources,
    folder: values.folder,
    out: values.out,
  };
}

function numberOf(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text !== '' && value >= min && value <= max) return value;
  throw wrong(name, text, `a number from ${min} to ${max}`);
}

function oneOf<Value extends string>(name: string, text: string, values: readonly Value[]): Value {
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  throw wrong(name, text, values.join(', '));
}

function wrong(name: string, text: string, expected: string): SoakSettingsError {
  return new SoakSettingsError(`--${name} is ${text}: expected ${expected}`);
}
