/** Compares decimal texts with a bound, exactly. */
import { parseDecimal } from '@baton/fix';

const SCALE = 18;

/** Is the value, whatever its sign, above the bound? '' bounds nothing. */
export function isBeyond(value: string, bound: string): boolean {
  const most = bound === '' ? undefined : parseDecimal(bound, SCALE);
  const amount = parseDecimal(value, SCALE);
  if (most === undefined || amount === undefined) return false;
  return (amount < 0n ? -amount : amount) > most;
}
