/**
 * An account as a venue tells it: its fills since a point in time, its open orders, its positions. Decimals are text, as
 * they came. Who reads it (over FIX or HTTP) is no matter here; what a venue does not tell is absent, never empty.
 */

import { choice } from '../configuration-encoding.ts';
import type { MsgpackReader } from '../msgpack-reader.ts';
import type { MsgpackWriter } from '../msgpack-writer.ts';
import type { OrderType, Side, TimeInForce } from '../order-command.ts';
import { SIDES } from './sides.ts';

export const ACCOUNT_SUBJECTS = ['fills', 'orders', 'positions'] as const;
export type AccountSubject = (typeof ACCOUNT_SUBJECTS)[number];

export interface AccountFill {
  /** The one that its execution report has, or had. */
  readonly execId: string;
  readonly clOrdId: string;
  readonly orderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: string;
  readonly price: string;
  /** The venue's time, µs since 1970; 0 if it does not say. */
  readonly timeUs: number;
}

export interface AccountOrder {
  /** The last one that the venue accepted. */
  readonly clOrdId: string;
  readonly orderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly quantity: string;
  /** '' for a market order. */
  readonly price: string;
  readonly cumQuantity: string;
}

export interface AccountPosition {
  readonly symbol: string;
  /** Signed: negative is short. */
  readonly quantity: string;
  /** '' where the venue does not tell one, or the position is flat. */
  readonly averagePrice: string;
}

/** One reading of an account. A subject that the venue does not offer is undefined. */
export interface AccountRead {
  /** Fills before this are not in it, µs since 1970. */
  readonly sinceUs: number;
  readonly fills: readonly AccountFill[] | undefined;
  /** Open ones, all of them. */
  readonly orders: readonly AccountOrder[] | undefined;
  readonly positions: readonly AccountPosition[] | undefined;
}

const ORDER_TYPES: readonly OrderType[] = ['market', 'limit'];
const TIMES_IN_FORCE: readonly TimeInForce[] = ['day', 'gtc', 'ioc', 'fok'];
const TEXT_MAX = 256;

export function writeAccountFill(to: MsgpackWriter, fill: AccountFill): void {
  to.text(fill.execId).text(fill.clOrdId).text(fill.orderId).text(fill.symbol).integer(SIDES.indexOf(fill.side));
  to.text(fill.quantity).text(fill.price).integer(fill.timeUs);
}

export function readAccountFill(from: MsgpackReader): AccountFill {
  return {
    execId: from.text(TEXT_MAX),
    clOrdId: from.text(TEXT_MAX),
    orderId: from.text(TEXT_MAX),
    symbol: from.text(TEXT_MAX),
    side: choice(from, SIDES),
    quantity: from.text(TEXT_MAX),
    price: from.text(TEXT_MAX),
    timeUs: from.natural(),
  };
}

export function writeAccountOrder(to: MsgpackWriter, order: AccountOrder): void {
  to.text(order.clOrdId).text(order.orderId).text(order.symbol).integer(SIDES.indexOf(order.side));
  to.integer(ORDER_TYPES.indexOf(order.orderType)).integer(TIMES_IN_FORCE.indexOf(order.timeInForce));
  to.text(order.quantity).text(order.price).text(order.cumQuantity);
}

export function readAccountOrder(from: MsgpackReader): AccountOrder {
  return {
    clOrdId: from.text(TEXT_MAX),
    orderId: from.text(TEXT_MAX),
    symbol: from.text(TEXT_MAX),
    side: choice(from, SIDES),
    orderType: choice(from, ORDER_TYPES),
    timeInForce: choice(from, TIMES_IN_FORCE),
    quantity: from.text(TEXT_MAX),
    price: from.text(TEXT_MAX),
    cumQuantity: from.text(TEXT_MAX),
  };
}
