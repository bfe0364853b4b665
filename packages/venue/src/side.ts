/** Buy or sell, with what follows from it. FIX Side(54): 1 buy, 2 sell. */

export type Side = 'buy' | 'sell';

export function oppositeSide(side: Side): Side {
  return side === 'buy' ? 'sell' : 'buy';
}

/** Whether an order of `side` with this limit may trade at `price`; no limit (null, a market order) takes any price. */
export function isWithinLimit(side: Side, limit: bigint | null, price: bigint): boolean {
  if (limit === null) return true;
  return side === 'buy' ? price <= limit : price >= limit;
}

/** Whether `a` trades before `b` on this side: the higher bid, the lower offer. */
export function isBetterPrice(side: Side, a: bigint, b: bigint): boolean {
  return side === 'buy' ? a > b : a < b;
}
