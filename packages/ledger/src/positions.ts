/**
 * Positions per account and symbol, and per strategy within; and what open orders may still add to them. The worst case
 * of a position is itself plus everything that open orders of one side may fill: held, sent, working and in doubt alike,
 * because an order in doubt may be filled entirely (trading reference §3.2, §3.10). No average price is kept: cost is the
 * exact sum of price times quantity.
 */
import { formatDecimal } from '@baton/fix';
import type { Side } from './command.ts';
import type { Instrument } from './configured.ts';
import { Digest } from './digest.ts';
import type { PositionView, StrategyPositionView } from './event.ts';
import { type Order, worstCaseLeaves } from './order.ts';

export interface Position {
  net: bigint;
  bought: bigint;
  sold: bigint;
  /** Σ price × quantity of buys minus of sells, at priceScale + quantityScale. */
  cost: bigint;
}

/** All about one instrument on its venue's account. */
export interface InstrumentPosition {
  readonly symbol: string;
  readonly account: string;
  readonly total: Position;
  /** In the order of the strategies' first fills; '' is what no strategy of ours caused. */
  readonly byStrategy: Map<string, Position>;
  /** Σ reserved quantity of open orders of each side. */
  reservedBuy: bigint;
  reservedSell: bigint;
}

export class Positions {
  readonly #bySymbol = new Map<string, InstrumentPosition>();

  of(instrument: Instrument): InstrumentPosition {
    let position = this.#bySymbol.get(instrument.symbol);
    if (position === undefined) {
      position = {
        symbol: instrument.symbol,
        account: instrument.account,
        total: flat(),
        byStrategy: new Map(),
        reservedBuy: 0n,
        reservedSell: 0n,
      };
      this.#bySymbol.set(instrument.symbol, position);
    }
    return position;
  }

  /** In the order in which they came to be. */
  all(): IterableIterator<InstrumentPosition> {
    return this.#bySymbol.values();
  }

  /** Books a fill, or takes one back with a negative quantity. */
  book(fill: {
    readonly instrument: Instrument;
    readonly strategyId: string;
    readonly side: Side;
    readonly quantity: bigint;
    readonly price: bigint;
  }): InstrumentPosition {
    const position = this.of(fill.instrument);
    let own = position.byStrategy.get(fill.strategyId);
    if (own === undefined) {
      own = flat();
      position.byStrategy.set(fill.strategyId, own);
    }
    for (const one of [position.total, own]) {
      if (fill.side === 'buy') {
        one.bought += fill.quantity;
        one.net += fill.quantity;
        one.cost += fill.quantity * fill.price;
      } else {
        one.sold += fill.quantity;
        one.net -= fill.quantity;
        one.cost -= fill.quantity * fill.price;
      }
    }
    return position;
  }

  /** Brings an order's reservation to what it may still fill; called after every change of an order. */
  reserve(order: Order): void {
    const wanted = worstCaseLeaves(order);
    if (wanted === order.reserved) return;
    const position = this.of(order.instrument);
    const change = wanted - order.reserved;
    if (order.side === 'buy') position.reservedBuy += change;
    else position.reservedSell += change;
    order.reserved = wanted;
    if (position.reservedBuy < 0n || position.reservedSell < 0n) {
      throw new Error(`broken invariant: negative reservation on ${position.symbol}`);
    }
  }

  digest(): Digest {
    const digest = new Digest();
    for (const one of this.#bySymbol.values()) {
      digest.text(one.symbol).text(one.account).bigint(one.reservedBuy).bigint(one.reservedSell);
      digestPosition(digest, one.total);
      for (const [strategyId, own] of one.byStrategy) digestPosition(digest.text(strategyId), own);
    }
    return digest;
  }
}

/** The largest absolute position that a further `quantity` of `side` could lead to, everything open being filled. */
export function worstCase(position: InstrumentPosition, side: Side, quantity: bigint): bigint {
  return side === 'buy'
    ? position.total.net + position.reservedBuy + quantity
    : position.reservedSell + quantity - position.total.net;
}

export function positionView(position: InstrumentPosition, instrument: Instrument): PositionView {
  return figures(position, instrument, position.total);
}

export function strategyPositionView(
  position: InstrumentPosition,
  instrument: Instrument,
  strategyId: string,
): StrategyPositionView {
  return { ...figures(position, instrument, position.byStrategy.get(strategyId) ?? flat()), strategyId };
}

function figures(of: InstrumentPosition, instrument: Instrument, position: Position): PositionView {
  const { priceScale, quantityScale } = instrument;
  return {
    account: of.account,
    symbol: of.symbol,
    netQuantity: formatDecimal(position.net, quantityScale),
    boughtQuantity: formatDecimal(position.bought, quantityScale),
    soldQuantity: formatDecimal(position.sold, quantityScale),
    costNotional: formatDecimal(position.cost, priceScale + quantityScale),
  };
}

function flat(): Position {
  return { net: 0n, bought: 0n, sold: 0n, cost: 0n };
}

function digestPosition(digest: Digest, position: Position): void {
  digest.bigint(position.net).bigint(position.bought).bigint(position.sold).bigint(position.cost);
}
