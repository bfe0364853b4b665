/**
 * The venue's records as JSON: decimals as shortest text, instants as two integers. These shapes are the query interface's
 * answers; the README lists which request gives which.
 */
import { formatDecimal } from '@baton/fix';
import type { Instant } from './instant.ts';
import type { Market } from './market.ts';
import type { OrderType, TimeInForce } from './matching-engine.ts';
import type { Order, OrderStatus, RejectReason } from './order.ts';
import type { Position } from './positions.ts';
import type { Side } from './side.ts';
import type { Fill } from './trade-tape.ts';

/** Scale of prices and quantities of a symbol that is not listed; only rejected orders have one. */
export const UNLISTED_SCALE = 8;

export interface OrderView {
  readonly orderId: string;
  readonly owner: string;
  readonly account: string;
  readonly clOrdId: string;
  readonly rootClOrdId: string;
  readonly clOrdIds: readonly string[];
  readonly symbol: string;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly price: string | null;
  readonly quantity: string;
  readonly cumQuantity: string;
  readonly leavesQuantity: string;
  readonly status: OrderStatus;
  readonly rejectReason: RejectReason | null;
  readonly connectionId: number | null;
  readonly msgSeqNum: number | null;
  readonly acceptedAt: Instant;
  readonly endedAt: Instant | null;
}

export interface FillView {
  readonly execId: string;
  readonly tradeId: string;
  readonly orderId: string;
  readonly clOrdId: string;
  readonly owner: string;
  readonly counterparty: string;
  readonly symbol: string;
  readonly side: Side;
  readonly price: string;
  readonly quantity: string;
  readonly liquidity: 'maker' | 'taker';
  readonly at: Instant;
}

export interface PositionView {
  readonly owner: string;
  readonly symbol: string;
  readonly netQuantity: string;
  readonly boughtQuantity: string;
  readonly soldQuantity: string;
  /** Money paid minus money received, at price scale + quantity scale. */
  readonly costNotional: string;
  readonly fillCount: number;
}

export interface MarketDataView {
  readonly symbol: string;
  readonly bid: { readonly price: string; readonly quantity: string } | null;
  readonly ask: { readonly price: string; readonly quantity: string } | null;
  readonly last: string | null;
}

export function scalesOf(market: Market, symbol: string): { readonly price: number; readonly quantity: number } {
  const instrument = market.instrument(symbol);
  if (instrument === undefined) return { price: UNLISTED_SCALE, quantity: UNLISTED_SCALE };
  return { price: instrument.priceScale, quantity: instrument.quantityScale };
}

export function orderView(market: Market, order: Readonly<Order>): OrderView {
  const scale = scalesOf(market, order.symbol);
  return {
    orderId: order.orderId,
    owner: order.owner,
    account: order.account,
    clOrdId: order.clOrdId,
    rootClOrdId: order.clOrdIds[0] ?? order.clOrdId,
    clOrdIds: [...order.clOrdIds],
    symbol: order.symbol,
    side: order.side,
    orderType: order.orderType,
    timeInForce: order.timeInForce,
    price: order.price === null ? null : formatDecimal(order.price, scale.price),
    quantity: formatDecimal(order.quantity, scale.quantity),
    cumQuantity: formatDecimal(order.cumQuantity, scale.quantity),
    leavesQuantity: formatDecimal(order.leavesQuantity, scale.quantity),
    status: order.status,
    rejectReason: order.rejectReason,
    connectionId: order.origin?.connectionId ?? null,
    msgSeqNum: order.origin?.msgSeqNum ?? null,
    acceptedAt: order.acceptedAt,
    endedAt: order.endedAt,
  };
}

export function fillView(market: Market, fill: Fill): FillView {
  const scale = scalesOf(market, fill.symbol);
  const { execId, tradeId, orderId, clOrdId, owner, counterparty, symbol, side, liquidity, at } = fill;
  const price = formatDecimal(fill.price, scale.price);
  const quantity = formatDecimal(fill.quantity, scale.quantity);
  return { execId, tradeId, orderId, clOrdId, owner, counterparty, symbol, side, price, quantity, liquidity, at };
}

export function positionView(market: Market, position: Readonly<Position>): PositionView {
  const scale = scalesOf(market, position.symbol);
  const { owner, symbol, boughtQuantity, soldQuantity, fillCount } = position;
  return {
    owner,
    symbol,
    netQuantity: formatDecimal(boughtQuantity - soldQuantity, scale.quantity),
    boughtQuantity: formatDecimal(boughtQuantity, scale.quantity),
    soldQuantity: formatDecimal(soldQuantity, scale.quantity),
    costNotional: formatDecimal(position.boughtNotional - position.soldNotional, scale.price + scale.quantity),
    fillCount,
  };
}

/** Best bid, best offer and last price; undefined for a symbol that is not listed. */
export function marketDataView(market: Market, symbol: string): MarketDataView | undefined {
  const engine = market.engine(symbol);
  if (engine === undefined) return undefined;
  const scale = scalesOf(market, symbol);
  const best = (side: Side) => {
    const level = engine.book.best(side);
    if (level === undefined) return null;
    return { price: formatDecimal(level.price, scale.price), quantity: formatDecimal(level.quantity, scale.quantity) };
  };
  const last = engine.lastPrice === null ? null : formatDecimal(engine.lastPrice, scale.price);
  return { symbol, bid: best('buy'), ask: best('sell'), last };
}
