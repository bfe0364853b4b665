/**
 * Reading inbound order messages: NewOrderSingle (D), OrderCancelRequest (F), OrderCancelReplaceRequest (G). A message that
 * lacks a field the venue cannot do without is `incomplete` (BusinessMessageReject follows). Nothing is rounded: a price or
 * quantity that is no decimal, or finer than the instrument's scale, is read as 0, which the market refuses.
 */
import { type FixMessage, Side as FixSide, TimeInForce as FixTimeInForce, OrdType, Tag } from '@baton/fix';
import type { CancelRequest, Market, OrderRequest, ReplaceRequest } from './market.ts';
import type { TimeInForce } from './matching-engine.ts';
import type { OrderOrigin } from './order.ts';
import { scalesOf } from './views.ts';

export type Incomplete = { readonly kind: 'incomplete'; readonly tag: number };

export type ParsedOrder =
  | { readonly kind: 'order'; readonly request: OrderRequest }
  | { readonly kind: 'unsupported'; readonly request: OrderRequest }
  | Incomplete;

export type ParsedCancel = { readonly kind: 'cancel'; readonly request: CancelRequest } | Incomplete;

export type ParsedReplace = { readonly kind: 'replace'; readonly request: ReplaceRequest } | Incomplete;

const ORDER_FIELDS = [Tag.ClOrdID, Tag.Symbol, Tag.Side, Tag.OrderQty, Tag.OrdType];

const TIMES_IN_FORCE: ReadonlyMap<string, TimeInForce> = new Map([
  [FixTimeInForce.Day, 'day'],
  [FixTimeInForce.GoodTillCancel, 'gtc'],
  [FixTimeInForce.ImmediateOrCancel, 'ioc'],
  [FixTimeInForce.FillOrKill, 'fok'],
] as const);

/** Who asks, and which orders a request of its reaches. */
export type Sender = Pick<CancelRequest, 'owner' | 'scopeKey' | 'reach'>;

export function parseNewOrder(market: Market, from: Sender, message: FixMessage, origin: OrderOrigin): ParsedOrder {
  const isLimit = message.getString(Tag.OrdType) !== OrdType.Market;
  const missing = missingField(message, isLimit ? [...ORDER_FIELDS, Tag.Price] : ORDER_FIELDS);
  if (missing !== null) return missing;
  const symbol = textOf(message, Tag.Symbol);
  const scale = scalesOf(market, symbol);
  const timeInForce = TIMES_IN_FORCE.get(message.getString(Tag.TimeInForce) ?? FixTimeInForce.Day);
  const side = textOf(message, Tag.Side);
  const orderType = textOf(message, Tag.OrdType);
  const { owner, scopeKey = '' } = from;
  const request: OrderRequest = {
    owner,
    scopeKey,
    account: message.getString(Tag.Account) ?? '',
    clOrdId: textOf(message, Tag.ClOrdID),
    symbol,
    side: side === FixSide.Buy ? 'buy' : 'sell',
    orderType: isLimit ? 'limit' : 'market',
    timeInForce: timeInForce ?? 'day',
    price: isLimit ? (message.getDecimal(Tag.Price, scale.price) ?? 0n) : null,
    quantity: message.getDecimal(Tag.OrderQty, scale.quantity) ?? 0n,
    origin,
  };
  const isSideKnown = side === FixSide.Buy || side === FixSide.Sell || side === FixSide.SellShort;
  const isTypeKnown = orderType === OrdType.Limit || orderType === OrdType.Market;
  const isSupported = isSideKnown && isTypeKnown && timeInForce !== undefined;
  return { kind: isSupported ? 'order' : 'unsupported', request };
}

export function parseCancel(from: Sender, message: FixMessage): ParsedCancel {
  const missing = missingField(message, [Tag.ClOrdID, Tag.OrigClOrdID]);
  if (missing !== null) return missing;
  const clOrdId = textOf(message, Tag.ClOrdID);
  return { kind: 'cancel', request: { ...from, clOrdId, origClOrdId: textOf(message, Tag.OrigClOrdID) } };
}

export function parseReplace(market: Market, from: Sender, message: FixMessage): ParsedReplace {
  const missing = missingField(message, [Tag.ClOrdID, Tag.OrigClOrdID, Tag.OrderQty]);
  if (missing !== null) return missing;
  const origClOrdId = textOf(message, Tag.OrigClOrdID);
  const scale = scalesOf(market, market.orders.find(from.owner, origClOrdId)?.symbol ?? textOf(message, Tag.Symbol));
  const price = message.has(Tag.Price) ? (message.getDecimal(Tag.Price, scale.price) ?? 0n) : null;
  const quantity = message.getDecimal(Tag.OrderQty, scale.quantity) ?? 0n;
  return { kind: 'replace', request: { ...from, clOrdId: textOf(message, Tag.ClOrdID), origClOrdId, price, quantity } };
}

/** The first of these fields that the message lacks. */
export function missingField(message: FixMessage, tags: readonly number[]): Incomplete | null {
  const tag = tags.find((wanted) => (message.getString(wanted) ?? '') === '');
  return tag === undefined ? null : { kind: 'incomplete', tag };
}

function textOf(message: FixMessage, tag: number): string {
  return message.getString(tag) ?? '';
}
