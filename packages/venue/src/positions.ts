/**
 * What each participant bought and sold, per symbol, kept by adding up fills. Every trade has a buyer and a seller, so the
 * positions of all participants together are always zero; `assertConserved` says so or throws.
 */
import type { Side } from './side.ts';

export interface Position {
  readonly owner: string;
  readonly symbol: string;
  boughtQuantity: bigint;
  soldQuantity: bigint;
  /** Money paid and received, at price scale + quantity scale. */
  boughtNotional: bigint;
  soldNotional: bigint;
  fillCount: number;
}

export class Positions {
  readonly #byOwner = new Map<string, Map<string, Position>>();

  add(owner: string, symbol: string, side: Side, price: bigint, quantity: bigint): void {
    const position = this.#of(owner, symbol);
    position.fillCount += 1;
    if (side === 'buy') {
      position.boughtQuantity += quantity;
      position.boughtNotional += price * quantity;
    } else {
      position.soldQuantity += quantity;
      position.soldNotional += price * quantity;
    }
  }

  *all(): Generator<Readonly<Position>> {
    for (const positions of this.#byOwner.values()) yield* positions.values();
  }

  *of(owner: string): Generator<Readonly<Position>> {
    yield* this.#byOwner.get(owner)?.values() ?? [];
  }

  /** Throws when somebody bought what nobody sold. */
  assertConserved(): void {
    const net = new Map<string, { quantity: bigint; notional: bigint }>();
    for (const position of this.all()) {
      const sum = net.get(position.symbol) ?? { quantity: 0n, notional: 0n };
      sum.quantity += position.boughtQuantity - position.soldQuantity;
      sum.notional += position.boughtNotional - position.soldNotional;
      net.set(position.symbol, sum);
    }
    for (const [symbol, { quantity, notional }] of net) {
      if (quantity !== 0n || notional !== 0n) {
        throw new Error(`positions in ${symbol} do not add up to zero: quantity ${quantity}, notional ${notional}`);
      }
    }
  }

  #of(owner: string, symbol: string): Position {
    let positions = this.#byOwner.get(owner);
    if (positions === undefined) {
      positions = new Map();
      this.#byOwner.set(owner, positions);
    }
    let position = positions.get(symbol);
    if (position === undefined) {
      const none = { boughtQuantity: 0n, soldQuantity: 0n, boughtNotional: 0n, soldNotional: 0n, fillCount: 0 };
      position = { owner, symbol, ...none };
      positions.set(symbol, position);
    }
    return position;
  }
}
