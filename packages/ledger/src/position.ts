/**
 * One position: what was bought and sold, what it cost, and what open orders may still add. No average price is kept: cost
 * is the exact sum of price times quantity. Realised profit is by average cost: what reduces a position takes its share of
 * the open cost with it (half-even where it does not divide), and since `realised = openCost - cost`, no rounding is ever
 * lost between what is realised and what is open (trading reference §7.1).
 */
import type { Side } from './command.ts';
import { divideHalfEven } from './rounding.ts';

export interface Position {
  net: bigint;
  bought: bigint;
  sold: bigint;
  /** Σ price × quantity of buys minus of sells, at priceScale + quantityScale. */
  cost: bigint;
  /** The part of the cost that the open position carries; negative for a short one, 0 when flat. */
  openCost: bigint;
  /** Σ reserved quantity of open orders of each side. */
  reservedBuy: bigint;
  reservedSell: bigint;
  /** What it adds to the P&L and to the margin of its scopes now, in its currency. */
  pnl: bigint;
  margin: bigint;
}

export interface BookedTrade {
  readonly side: Side;
  /** Negative for a fill that is taken back. */
  readonly quantity: bigint;
  readonly price: bigint;
}

export function flatPosition(): Position {
  return {
    net: 0n,
    bought: 0n,
    sold: 0n,
    cost: 0n,
    openCost: 0n,
    reservedBuy: 0n,
    reservedSell: 0n,
    pnl: 0n,
    margin: 0n,
  };
}

/** Books a trade, or takes one back. */
export function bookInto(position: Position, trade: BookedTrade): void {
  const { price, quantity, side } = trade;
  const signed = side === 'buy' ? quantity : -quantity;
  if (side === 'buy') position.bought += quantity;
  else position.sold += quantity;
  position.openCost = openCostAfter(position, signed, price, quantity < 0n);
  position.net += signed;
  position.cost += signed * price;
}

/** Realised profit at priceScale + quantityScale. */
export function realisedOf(position: Position): bigint {
  return position.openCost - position.cost;
}

/** Average price of the open position at priceScale, half-even; undefined when flat. For people: no rule uses it. */
export function averagePriceOf(position: Position): bigint | undefined {
  if (position.net === 0n) return undefined;
  return position.net > 0n
    ? divideHalfEven(position.openCost, position.net)
    : divideHalfEven(-position.openCost, -position.net);
}

/** The largest position towards `side` that a further `quantity` could lead to, everything open on that side filled. */
export function worstCase(position: Position, side: Side, quantity: bigint): bigint {
  return side === 'buy'
    ? position.net + position.reservedBuy + quantity
    : position.reservedSell + quantity - position.net;
}

/** Can a further `quantity` only bring the position towards flat, even with everything open on that side filled? */
export function isReducing(position: Position, side: Side, quantity: bigint): boolean {
  return quantity === 0n || worstCase(position, side, quantity) <= 0n;
}

function openCostAfter(position: Position, signed: bigint, price: bigint, isReversal: boolean): bigint {
  const { net, openCost } = position;
  const after = net + signed;
  if (after === 0n) return 0n;
  const grows = net === 0n || net > 0n === signed > 0n;
  if (grows) return openCost + signed * price;
  if (net > 0n !== after > 0n) return after * price;
  if (isReversal) {
    // The fill leaves with its own cost, as if it had never been; unless that would leave a cost of the wrong sign.
    const own = openCost + signed * price;
    if (own > 0n === after > 0n) return own;
  }
  const share = net > 0n ? divideHalfEven(openCost * signed, net) : divideHalfEven(-openCost * signed, -net);
  return openCost + share;
}
