/**
 * Values of command line options, checked as they are parsed: a wrong one is a usage error that names option, value and
 * what was expected. Commander adds the option's name.
 */
import { InvalidArgumentError } from 'commander';

/** A whole number from `min` to `max`. */
export function integerFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

export const portNumber = integerFrom(1, 65_535);

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
