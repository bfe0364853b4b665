/**
 * Rounding of scaled amounts. Where a rule has to divide, it names its mode; the only one in use is half-even (IEEE 754
 * "roundTiesToEven"), because sums of many rounded amounts then drift least. Input is never rounded: a decimal beyond its
 * scale is refused where it comes in.
 */

/** Nearest whole number to `value` / `divisor`, ties to the even one. `divisor` is positive. */
export function divideHalfEven(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  const remainder = value % divisor;
  if (remainder === 0n) return quotient;
  const twice = (remainder < 0n ? -remainder : remainder) * 2n;
  if (twice < divisor || (twice === divisor && quotient % 2n === 0n)) return quotient;
  return value < 0n ? quotient - 1n : quotient + 1n;
}

/** `value` of `from` decimal places in `to` places: exact when `to` is not fewer, else half-even. */
export function rescaleHalfEven(value: bigint, from: number, to: number): bigint {
  if (to >= from) return to === from ? value : value * 10n ** BigInt(to - from);
  return divideHalfEven(value, 10n ** BigInt(from - to));
}
