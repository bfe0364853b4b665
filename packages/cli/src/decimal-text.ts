/**
 * Exact arithmetic on decimal text (`-12.50`), for comparing what two sides wrote with different numbers of places. Text in,
 * scaled bigint inside, never a float.
 */

interface Scaled {
  readonly value: bigint;
  readonly places: number;
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

function parse(text: string): Scaled {
  // A leading "--" comes from negating a negative; two signs cancel.
  const plain = text.startsWith('--') ? text.slice(2) : text;
  const match = DECIMAL.exec(plain);
  if (match === null) throw new RangeError(`decimal text expected, got "${text.slice(0, 100)}"`);
  const fraction = match[3] ?? '';
  const magnitude = BigInt(`${match[2]}${fraction}`);
  return { value: match[1] === '-' ? -magnitude : magnitude, places: fraction.length };
}

function raise(scaled: Scaled, places: number): bigint {
  return scaled.value * 10n ** BigInt(places - scaled.places);
}

/** Negative, zero or positive as `a` is below, equal to or above `b`; `1.0` equals `1`. */
export function compareDecimals(a: string, b: string): number {
  const left = parse(a);
  const right = parse(b);
  const places = Math.max(left.places, right.places);
  const difference = raise(left, places) - raise(right, places);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Exact sum as plain decimal text without trailing zeros; `0` for no terms. */
export function sumDecimals(terms: readonly string[]): string {
  const scaled = terms.map(parse);
  const places = Math.max(0, ...scaled.map((term) => term.places));
  let total = 0n;
  for (const term of scaled) total += raise(term, places);
  return format({ value: total, places });
}

function format({ value, places }: Scaled): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
