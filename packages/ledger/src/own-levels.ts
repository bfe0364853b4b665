/**
 * The prices at which our own orders of one symbol rest or may come to rest, for the guard against trading with ourselves:
 * the best of each side is known at once. Kept only while a limit asks for the guard; computed again after a restore.
 */
import type { Side } from './command.ts';
import { isClosed, type Order } from './order.ts';

/** A market order trades with anything. */
const ANY_SELL = 0n;
const ANY_BUY = 10n ** 40n;

export class OwnLevels {
  /** Ascending; one member an order and price. */
  readonly #buys: bigint[] = [];
  readonly #sells: bigint[] = [];
  readonly #byOrder = new Map<Order, readonly bigint[]>();

  /** Brings an order's prices up to date; called after every change of it. */
  follow(order: Order): void {
    const before = this.#byOrder.get(order);
    const after = pricesOf(order);
    if (before === undefined && after.length === 0) return;
    if (before !== undefined && before.length === after.length && before.every((one, at) => one === after[at])) return;
    const side = order.side === 'buy' ? this.#buys : this.#sells;
    for (const price of before ?? []) side.splice(firstAtLeast(side, price), 1);
    for (const price of after) side.splice(firstAtLeast(side, price), 0, price);
    if (after.length === 0) this.#byOrder.delete(order);
    else this.#byOrder.set(order, after);
  }

  /** Could an order of `side` at `price` (undefined: market) trade with one of ours? */
  crosses(side: Side, price: bigint | undefined): boolean {
    if (side === 'buy') {
      const best = this.#sells[0];
      return best !== undefined && (price === undefined || best <= price);
    }
    const best = this.#buys.at(-1);
    return best !== undefined && (price === undefined || best >= price);
  }
}

/** What it rests at, and what a pending replace would have it rest at: either may be so at the venue. */
function pricesOf(order: Order): readonly bigint[] {
  if (isClosed(order)) return [];
  if (order.orderType === 'market') return [order.side === 'buy' ? ANY_BUY : ANY_SELL];
  const { pending, price } = order;
  return pending?.kind === 'replace' && pending.price !== price ? [price, pending.price] : [price];
}

function firstAtLeast(ascending: readonly bigint[], price: bigint): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as bigint) < price) low = middle + 1;
    else high = middle;
  }
  return low;
}
