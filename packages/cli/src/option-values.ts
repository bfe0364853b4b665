/**
 * Values of command line options, checked as they are parsed: a wrong one is a usage error that names option, value and
 * what was expected. Commander adds the option's name.
 */
import { findProfile, PROFILES, type VenueProfile } from '@baton/profiles';
import { InvalidArgumentError } from 'commander';

/** The name of a venue profile. */
export function profileName(text: string): string {
  if (findProfile(text) !== undefined) return text;
  throw new InvalidArgumentError(`Expected one of ${PROFILES.map(({ name }) => name).join(', ')}.`);
}

/** The option `profile` of a cluster, from the option of a command. */
export function profileOption(name: string | undefined): { readonly profile?: VenueProfile } {
  const profile = name === undefined ? undefined : findProfile(name);
  return profile === undefined ? {} : { profile };
}

/** A whole number from `min` to `max`. */
export function integerFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

/** A number from `min` to `max`, with or without places. */
export function numberFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a number from ${min} to ${max}.`);
  };
}

export const portNumber = integerFrom(1, 65_535);

/** `host:port` of a node's API; `http://` or `https://` before it says how it is asked. */
export function nodeAddress(text: string): string {
  const [, scheme = '', rest = ''] = /^(https?:\/\/)?(.*?)\/?$/.exec(text) ?? [];
  return `${scheme}${hostAndPort(rest)}`;
}

/** `host:port`. */
export function hostAndPort(text: string): string {
  const match = /^([^\s:]+):(\d{1,5})$/.exec(text);
  if (match !== null && Number(match[2]) <= 65_535) return text;
  throw new InvalidArgumentError('Expected host:port, such as 127.0.0.1:9091.');
}

/** For options that may be given several times. */
export function collected<T>(check: (text: string) => T): (text: string, earlier: readonly T[] | undefined) => T[] {
  return (text, earlier) => [...(earlier ?? []), check(text)];
}

/** Addresses of nodes: the option may be given several times, and several in one with commas between them. */
export function addresses(text: string, earlier: readonly string[] | undefined): string[] {
  return [...(earlier ?? []), ...text.split(',').map((part) => nodeAddress(part.trim()))];
}

/** `key=value` of a strategy's parameter: `true`, `false` and numbers are such; in double quotes everything is text. */
export function parameter(text: string): readonly [string, string | number | boolean] {
  const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(text);
  if (match === null) throw new InvalidArgumentError('Expected key=value, such as symbol=BTC-USD.');
  const [, key = '', value = ''] = match;
  if (value === 'true' || value === 'false') return [key, value === 'true'];
  if (/^-?\d+(\.\d+)?$/.test(value)) return [key, Number(value)];
  return [key, /^".*"$/s.test(value) ? value.slice(1, -1) : value];
}
