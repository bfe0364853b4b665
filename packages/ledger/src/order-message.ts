/**
 * Bodies of the messages that the ledger sends: NewOrderSingle (D), OrderCancelRequest (F), OrderCancelReplaceRequest (G),
 * OrderStatusRequest (H). FIX 4.4 volume 4; HandlInst (21) is added for 4.2, where it is required. TransactTime (60) is the
 * entry's time, so that a message is the same whichever node writes it. Bodies are put together as text, which costs a
 * third of a list of fields: every value is a number of ours, a name that the configuration's check found printable, or an
 * OrderID (37) that came in a field of a FIX message, so none can hold the separator.
 */
import { formatDecimal, formatUtcTimestamp } from '@baton/fix';
import type { OrderType, Side, TimeInForce } from './command.ts';
import type { Order, PendingChange } from './order.ts';

const SIDE: Readonly<Record<Side, string>> = { buy: '1', sell: '2' };
const ORD_TYPE: Readonly<Record<OrderType, string>> = { market: '1', limit: '2' };
const TIME_IN_FORCE: Readonly<Record<TimeInForce, string>> = { day: '0', gtc: '1', ioc: '3', fok: '4' };
const SOH = '\u0001';

export function newOrderSingle(order: Order, beginString: string, timeUs: number): Uint8Array {
  const head = `11=${order.rootClOrdId}${SOH}1=${order.instrument.account}${SOH}`;
  return bytesOf(head + handling(beginString) + terms(order, order, timeUs));
}

export function orderCancelRequest(order: Order, change: PendingChange, timeUs: number): Uint8Array {
  const { quantityScale } = order.instrument;
  const quantity = formatDecimal(order.quantity, quantityScale);
  return bytesOf(`${changeHead(order, change)}${what(order, timeUs)}38=${quantity}${SOH}`);
}

/** OrderQty (38) is the new total, what is filled already included. */
export function orderCancelReplaceRequest(
  order: Order,
  change: PendingChange,
  beginString: string,
  timeUs: number,
): Uint8Array {
  return bytesOf(changeHead(order, change) + handling(beginString) + terms(order, change, timeUs));
}

/** `requestId` (OrdStatusReqID, 790) tells the answer to this question from one to an earlier question; not before 4.4. */
export function orderStatusRequest(order: Order, beginString: string, requestId: string): Uint8Array {
  const { account, symbol } = order.instrument;
  const question = beginString === 'FIX.4.2' ? '' : `790=${requestId}${SOH}`;
  return bytesOf(
    `${orderId(order)}11=${order.workingClOrdId}${SOH}${question}1=${account}${SOH}55=${symbol}${SOH}54=${SIDE[order.side]}${SOH}`,
  );
}

/** The question about one order in the shape that some venues want it: MassStatusReqID (584) comes back with the answer. */
export function orderMassStatusRequest(order: Order, requestId: string): Uint8Array {
  const { account, symbol } = order.instrument;
  return bytesOf(
    `584=${requestId}${SOH}585=7${SOH}11=${order.workingClOrdId}${SOH}1=${account}${SOH}55=${symbol}${SOH}`,
  );
}

function changeHead(order: Order, change: PendingChange): string {
  const { account } = order.instrument;
  return `41=${order.workingClOrdId}${SOH}${orderId(order)}11=${change.clOrdId}${SOH}1=${account}${SOH}`;
}

function orderId(order: Order): string {
  return order.orderId === '' ? '' : `37=${order.orderId}${SOH}`;
}

function handling(beginString: string): string {
  return beginString === 'FIX.4.2' ? `21=1${SOH}` : '';
}

function what(order: Order, timeUs: number): string {
  return `55=${order.instrument.symbol}${SOH}54=${SIDE[order.side]}${SOH}60=${formatUtcTimestamp(timeUs)}${SOH}`;
}

/** Instrument, quantity, type, price and time in force of a new order, or of what a replace makes of it. */
function terms(order: Order, wanted: { readonly quantity: bigint; readonly price: bigint }, timeUs: number): string {
  const { priceScale, quantityScale } = order.instrument;
  const quantity = `38=${formatDecimal(wanted.quantity, quantityScale)}${SOH}40=${ORD_TYPE[order.orderType]}${SOH}`;
  const price = order.orderType === 'market' ? '' : `44=${formatDecimal(wanted.price, priceScale)}${SOH}`;
  return `${what(order, timeUs)}${quantity}${price}59=${TIME_IN_FORCE[order.timeInForce]}${SOH}`;
}

function bytesOf(body: string): Uint8Array {
  return Buffer.from(body, 'latin1');
}
