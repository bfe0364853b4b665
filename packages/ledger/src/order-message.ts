/**
 * Bodies of the messages that the ledger sends: NewOrderSingle (D), OrderCancelRequest (F), OrderCancelReplaceRequest (G),
 * OrderStatusRequest (H). FIX 4.4 volume 4; HandlInst (21) is added for 4.2, where it is required. TransactTime (60) is the
 * entry's time, so that a message is the same whichever node writes it.
 */
import { type BodyField, encodeBody, formatDecimal, formatUtcTimestamp, Tag } from '@baton/fix';
import type { OrderType, Side, TimeInForce } from './command.ts';
import type { Order, PendingChange } from './order.ts';

const SIDE: Readonly<Record<Side, string>> = { buy: '1', sell: '2' };
const ORD_TYPE: Readonly<Record<OrderType, string>> = { market: '1', limit: '2' };
const TIME_IN_FORCE: Readonly<Record<TimeInForce, string>> = { day: '0', gtc: '1', ioc: '3', fok: '4' };

export function newOrderSingle(order: Order, beginString: string, timeUs: number): Uint8Array {
  const { instrument } = order;
  const fields: BodyField[] = [
    [Tag.ClOrdID, order.rootClOrdId],
    [Tag.Account, instrument.account],
  ];
  if (beginString === 'FIX.4.2') fields.push([Tag.HandlInst, '1']);
  fields.push(
    [Tag.Symbol, instrument.symbol],
    [Tag.Side, SIDE[order.side]],
    [Tag.TransactTime, formatUtcTimestamp(timeUs)],
    [Tag.OrderQty, formatDecimal(order.quantity, instrument.quantityScale)],
    [Tag.OrdType, ORD_TYPE[order.orderType]],
  );
  if (order.orderType === 'limit') fields.push([Tag.Price, formatDecimal(order.price, instrument.priceScale)]);
  fields.push([Tag.TimeInForce, TIME_IN_FORCE[order.timeInForce]]);
  return encodeBody(fields);
}

export function orderCancelRequest(order: Order, change: PendingChange, timeUs: number): Uint8Array {
  const { instrument } = order;
  return encodeBody([
    ...changeHead(order, change),
    [Tag.Account, instrument.account],
    [Tag.Symbol, instrument.symbol],
    [Tag.Side, SIDE[order.side]],
    [Tag.TransactTime, formatUtcTimestamp(timeUs)],
    [Tag.OrderQty, formatDecimal(order.quantity, instrument.quantityScale)],
  ]);
}

/** OrderQty (38) is the new total, what is filled already included. */
export function orderCancelReplaceRequest(
  order: Order,
  change: PendingChange,
  beginString: string,
  timeUs: number,
): Uint8Array {
  const { instrument } = order;
  const fields: BodyField[] = [...changeHead(order, change), [Tag.Account, instrument.account]];
  if (beginString === 'FIX.4.2') fields.push([Tag.HandlInst, '1']);
  fields.push(
    [Tag.Symbol, instrument.symbol],
    [Tag.Side, SIDE[order.side]],
    [Tag.TransactTime, formatUtcTimestamp(timeUs)],
    [Tag.OrderQty, formatDecimal(change.quantity, instrument.quantityScale)],
    [Tag.OrdType, ORD_TYPE[order.orderType]],
  );
  if (order.orderType === 'limit') fields.push([Tag.Price, formatDecimal(change.price, instrument.priceScale)]);
  fields.push([Tag.TimeInForce, TIME_IN_FORCE[order.timeInForce]]);
  return encodeBody(fields);
}

/** `requestId` (OrdStatusReqID, 790) tells the answer to this question from one to an earlier question; not before 4.4. */
export function orderStatusRequest(order: Order, beginString: string, requestId: string): Uint8Array {
  const fields: BodyField[] = [];
  if (order.orderId !== '') fields.push([Tag.OrderID, order.orderId]);
  fields.push([Tag.ClOrdID, order.workingClOrdId]);
  if (beginString !== 'FIX.4.2') fields.push([Tag.OrdStatusReqID, requestId]);
  fields.push(
    [Tag.Account, order.instrument.account],
    [Tag.Symbol, order.instrument.symbol],
    [Tag.Side, SIDE[order.side]],
  );
  return encodeBody(fields);
}

function changeHead(order: Order, change: PendingChange): BodyField[] {
  const fields: BodyField[] = [[Tag.OrigClOrdID, order.workingClOrdId]];
  if (order.orderId !== '') fields.push([Tag.OrderID, order.orderId]);
  fields.push([Tag.ClOrdID, change.clOrdId]);
  return fields;
}
