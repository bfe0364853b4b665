/** Decimal text as one scaled bigint, whatever its places: the venue's scales and ours need not be the same. */
import { formatDecimal, parseDecimal } from '@baton/fix';
import { divideHalfEven } from '../rounding.ts';

export type Exact = bigint;

const SCALE = 18;

/** 0 for '' and for what is no decimal. */
export function exact(text: string): Exact {
  return text === '' ? 0n : (parseDecimal(text, SCALE) ?? 0n);
}

export function textOf(value: Exact): string {
  return formatDecimal(value, SCALE);
}

/** Is the worth above a bound; '' bounds nothing. */
export function isAbove(worth: Exact, bound: string): boolean {
  return bound !== '' && (worth < 0n ? -worth : worth) > exact(bound);
}

/** Price times quantity. */
export function product(one: Exact, other: Exact): Exact {
  return (one * other) / 10n ** BigInt(SCALE);
}

/** Rounded towards zero at the scale of all. */
export function quotient(one: Exact, other: Exact): Exact {
  return (one * 10n ** BigInt(SCALE)) / other;
}

/** Text with at most so many places, half to even. */
export function roundedText(value: Exact, places: number): string {
  if (places >= SCALE) return textOf(value);
  return formatDecimal(divideHalfEven(value, 10n ** BigInt(SCALE - places)), places);
}
