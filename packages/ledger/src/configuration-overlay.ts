/**
 * Keys of the configuration that may change while nodes run, and what a configuration is with values set above its file.
 * A key names a list, an entry of it and a field: `limits.positionMax`, `limits.symbols.BTC-USD.priceCollarPercent`,
 * `instruments.BTC-USD.tradable`, `venues.SIM.orderMaxAgeMs`. Names may hold dots: the field is what follows the last one.
 */
import type { Configuration, Limits, ScopedLimits } from './configuration.ts';
import { COUNT_LIMITS, DECIMAL_LIMITS, orderedLimits } from './limits-encoding.ts';

type Shape = 'decimal' | 'count' | 'boolean' | readonly string[];

const LIMITS: Readonly<Record<string, Shape>> = Object.fromEntries([
  ...DECIMAL_LIMITS.map((name) => [name, 'decimal']),
  ...COUNT_LIMITS.map((name) => [name, 'count']),
  ['selfMatchGuard', 'boolean'],
]);
const INSTRUMENT: Readonly<Record<string, Shape>> = {
  tradable: 'boolean',
  tickSize: 'decimal',
  lotSize: 'decimal',
  quantityMin: 'decimal',
  quantityMax: 'decimal',
};
const VENUE: Readonly<Record<string, Shape>> = {
  orderMaxAgeMs: 'count',
  neverReceivedPolicy: ['void', 'resend'],
};
const SCOPE_OF_LIST: Readonly<Record<string, ScopedLimits['scope']>> = {
  venues: 'venue',
  strategies: 'strategy',
  symbols: 'symbol',
};

/** For people: what can change live. */
export const CONFIGURATION_KEYS: readonly string[] = [
  ...['limits.', 'limits.venues.NAME.', 'limits.strategies.NAME.', 'limits.symbols.NAME.'].flatMap((head) =>
    Object.keys(LIMITS).map((name) => `${head}${name}`),
  ),
  ...Object.keys(INSTRUMENT).map((name) => `instruments.SYMBOL.${name}`),
  ...Object.keys(VENUE).map((name) => `venues.NAME.${name}`),
];

/** First parts of keys that the file has, and that only a restart reads. */
const RESTART = [
  'cluster',
  'incarnation',
  'dataFolder',
  'durability',
  'timing',
  'nodes',
  'tls',
  'linkTls',
  'linkPlaintext',
];
const RESTART_LISTS = ['clients', 'strategies', 'currencies', 'log', 'feeds', 'preferredLeader', 'rehearseTakeovers'];

export type KeyFault = { readonly code: 'UNKNOWN_KEY' | 'BAD_VALUE' | 'RESTART_NEEDED'; readonly text: string };

type Outcome =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly fault: KeyFault };

/** `file` with the values above it, in order. */
export function overlaid(file: Configuration, overrides: Iterable<readonly [string, string]>): Outcome {
  let configuration = file;
  for (const [key, value] of overrides) {
    const outcome = withKey(configuration, key, value);
    if (!outcome.ok) return outcome;
    configuration = outcome.configuration;
  }
  return { ok: true, configuration };
}

/** What a key says, as text; '' when it says nothing. */
export function valueAt(configuration: Configuration, key: string): string {
  const place = placeOf(configuration, key);
  if ('code' in place) return '';
  const value = place.holder[place.field];
  return value === undefined ? '' : String(value);
}

/** The configuration with one key set. */
export function withKey(configuration: Configuration, key: string, text: string): Outcome {
  const place = placeOf(configuration, key);
  if ('code' in place) return { ok: false, fault: place };
  const value = valueFrom(place.shape, text);
  if (value === undefined) {
    const expected = typeof place.shape === 'string' ? EXPECTED[place.shape] : `one of ${place.shape.join(', ')}`;
    return { ok: false, fault: { code: 'BAD_VALUE', text: `${key} is '${text}', expected ${expected}` } };
  }
  return { ok: true, configuration: place.put({ ...place.holder, [place.field]: value }) };
}

const EXPECTED: Readonly<Record<Extract<Shape, string>, string>> = {
  decimal: 'a decimal number such as 0.5',
  count: 'a whole number from 0',
  boolean: 'true or false',
};

interface Place {
  readonly shape: Shape;
  readonly holder: Readonly<Record<string, unknown>>;
  readonly field: string;
  put(holder: Readonly<Record<string, unknown>>): Configuration;
}

function placeOf(configuration: Configuration, key: string): Place | KeyFault {
  const parts = key.split('.');
  const [list = ''] = parts;
  const field = parts.at(-1) ?? '';
  if (list === 'limits') return limitsPlace(configuration, key, parts);
  const name = parts.slice(1, -1).join('.');
  if (list === 'instruments') {
    return entryPlace(key, INSTRUMENT[field], configuration.instruments, 'symbol', name, field, (instruments) => ({
      ...configuration,
      instruments,
    }));
  }
  if (list === 'venues') {
    return entryPlace(key, VENUE[field], configuration.venues, 'venue', name, field, (venues) => ({
      ...configuration,
      venues,
    }));
  }
  return [...RESTART, ...RESTART_LISTS].includes(list) ? restartNeeded(key) : unknownKey(key);
}

function limitsPlace(configuration: Configuration, key: string, parts: readonly string[]): Place | KeyFault {
  const field = parts.at(-1) ?? '';
  const shape = LIMITS[field];
  if (shape === undefined) return unknownKey(key);
  if (parts.length === 2) {
    const put = (holder: object): Configuration => ({
      ...configuration,
      limits: orderedLimits(holder as Limits) as Configuration['limits'],
    });
    return { shape, holder: { ...configuration.limits }, field, put };
  }
  const scope = SCOPE_OF_LIST[parts[1] ?? ''];
  const target = parts.slice(2, -1).join('.');
  if (scope === undefined || target === '') return unknownKey(key);
  const all = configuration.scopedLimits ?? [];
  const found = all.find((each) => each.scope === scope && each.target === target);
  const put = (holder: object): Configuration => {
    const next: ScopedLimits = { scope, target, limits: orderedLimits(holder as Limits) };
    const scopedLimits = found === undefined ? [...all, next] : all.map((each) => (each === found ? next : each));
    return { ...configuration, scopedLimits };
  };
  return { shape, holder: { ...found?.limits }, field, put };
}

function entryPlace<Name extends string, Entry extends { readonly [Key in Name]: string }>(
  key: string,
  shape: Shape | undefined,
  entries: readonly Entry[],
  by: Name,
  name: string,
  field: string,
  put: (entries: readonly Entry[]) => Configuration,
): Place | KeyFault {
  const found = entries.find((each) => each[by] === name);
  if (found === undefined) return unknownKey(key, entries.map((each) => each[by]).join(', '));
  if (shape === undefined) return field in found ? restartNeeded(key) : unknownKey(key);
  return {
    shape,
    holder: found,
    field,
    put: (holder) => put(entries.map((each) => (each === found ? (holder as unknown as Entry) : each))),
  };
}

function valueFrom(shape: Shape, text: string): string | number | boolean | undefined {
  if (shape === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (shape === 'count') return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  if (shape === 'decimal') return /^\d{1,30}(\.\d{1,15})?$/.test(text) ? text : undefined;
  return shape.includes(text) ? text : undefined;
}

function unknownKey(key: string, names = ''): KeyFault {
  const known = names === '' ? '' : `; names are ${names}`;
  return {
    code: 'UNKNOWN_KEY',
    text: `'${key}' is no key that can change while nodes run${known}; baton config show lists them`,
  };
}

function restartNeeded(key: string): KeyFault {
  return {
    code: 'RESTART_NEEDED',
    text: `'${key}' is read when a node starts: change it in the file of each node and restart them one at a time`,
  };
}
