/**
 * At which price a position was opened, when the venue tells its fills and no average: by average cost over those fills if
 * they make up the whole position, else the price of the last one, which is the nearest thing to a fact.
 */
import type { AccountFill } from './account.ts';
import { type Exact, exact, product, quotient } from './exact.ts';

/** Undefined without a fill of the symbol. `fills` in the order in which they happened. */
export function openingPrice(fills: readonly AccountFill[], symbol: string, quantity: Exact): Exact | undefined {
  let held = 0n;
  let cost = 0n;
  let last: Exact | undefined;
  for (const fill of fills) {
    if (fill.symbol !== symbol) continue;
    last = exact(fill.price);
    const size = exact(fill.quantity);
    const signed = fill.side === 'buy' ? size : -size;
    const after = held + signed;
    const grows = held === 0n || held > 0n === signed > 0n;
    if (grows) cost += product(signed, last);
    else if (after === 0n || after > 0n !== held > 0n) cost = product(after, last);
    else cost = product(quotient(cost, held), after);
    held = after;
  }
  return held === quantity && held !== 0n ? quotient(cost, held) : last;
}
