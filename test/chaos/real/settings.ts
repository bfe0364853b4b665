/** What a run of the chaos is asked to do: read from the command line and checked. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { PROFILES } from '@baton/profiles';
import { FAULT_KINDS, type FaultKind } from './fault.ts';
import { QUICKFIX } from './plan.ts';

export interface Settings {
  /** No round begins later. */
  readonly minutes: number;
  readonly seed: number;
  /** Venues to rotate through: names of profiles, and `quickfix`. */
  readonly venues: readonly string[];
  readonly roundS: number;
  readonly faultEveryMs: number;
  readonly timing: 'colocated' | 'lan' | 'wan' | 'requirements';
  readonly firstRound: number;
  /** At most so many rounds; 0: as many as there is time for. */
  readonly rounds: number;
  readonly only: readonly FaultKind[];
  /** Only what loopback allows, even where namespaces can be made. */
  readonly loopback: boolean;
  /** Run the compiled build instead of the sources. */
  readonly built: boolean;
  /** Data and logs are kept when all went well, too. */
  readonly keep: boolean;
  /** Where data, logs and the report go. */
  readonly out: string;
}

export class ChaosSettingsError extends Error {
  readonly code = 'BATON_CHAOS_SETTINGS';
}

/** @throws ChaosSettingsError, TypeError for options that do not exist */
export function settingsFromArguments(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
      profile: { type: 'string', default: '' },
      'round-s': { type: 'string', default: '45' },
      'fault-every-ms': { type: 'string', default: '2000' },
      timing: { type: 'string', default: 'lan' },
      'first-round': { type: 'string', default: '1' },
      rounds: { type: 'string', default: '0' },
      only: { type: 'string', default: '' },
      loopback: { type: 'boolean', default: false },
      built: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      out: { type: 'string', default: '' },
    },
  });
  return {
    minutes: number('minutes', values.minutes, 0.01, 1_440),
    seed: integer('seed', values.seed, 0, 2 ** 31 - 1),
    venues: venuesNamed(values.profile),
    roundS: integer('round-s', values['round-s'], 3, 3_600),
    faultEveryMs: integer('fault-every-ms', values['fault-every-ms'], 50, 600_000),
    timing: oneOf('timing', values.timing, ['colocated', 'lan', 'wan', 'requirements'] as const),
    firstRound: integer('first-round', values['first-round'], 1, 100_000),
    rounds: integer('rounds', values.rounds, 0, 100_000),
    only: list(values.only).map((kind) => oneOf('only', kind, FAULT_KINDS)),
    loopback: values.loopback,
    built: values.built,
    keep: values.keep,
    out: values.out,
  };
}

function venuesNamed(text: string): readonly string[] {
  const known = [...PROFILES.map(({ name }) => name), QUICKFIX];
  return text === '' ? known : list(text).map((name) => oneOf('profile', name, known));
}

function list(text: string): readonly string[] {
  return text.split(',').filter((part) => part !== '');
}

function number(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text !== '' && value >= min && value <= max) return value;
  throw new ChaosSettingsError(`--${name} is ${text}: expected a number from ${min} to ${max}`);
}

function integer(name: string, text: string, min: number, max: number): number {
  const value = number(name, text, min, max);
  if (Number.isInteger(value)) return value;
  throw new ChaosSettingsError(`--${name} is ${text}: expected an integer`);
}

function oneOf<Value extends string>(name: string, text: string, values: readonly Value[]): Value {
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  throw new ChaosSettingsError(`--${name} is ${text}: expected one of ${values.join(', ')}`);
}
