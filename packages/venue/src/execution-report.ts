/**
 * The venue's answers as FIX 4.4 bodies: ExecutionReport (8), OrderCancelReject (9), OrderMassCancelReport (r),
 * BusinessMessageReject (j). Field order is fixed, so equal facts give equal bytes. Source: FIX 4.4 volume 4 and volume 6.
 */
import {
  type BodyField,
  CxlRejReason,
  ExecType,
  encodeBody,
  Side as FixSide,
  TimeInForce as FixTimeInForce,
  formatDecimal,
  formatUtcTimestamp,
  OrdRejReason,
  OrdStatus,
  OrdType,
  Tag,
} from '@baton/fix';
import type { Instant } from './instant.ts';
import type { CancelRefusal } from './market.ts';
import type { Execution, Order, RejectReason } from './order.ts';

/** Scales of the order's symbol. */
export interface Scales {
  readonly price: number;
  readonly quantity: number;
}

/** AvgPx has so many decimal places more than prices. */
const AVERAGE_EXTRA_SCALE = 4;
/** ExecID of a status report, which is no execution (FIX 4.4, ExecID). */
const NO_EXECUTION = '0';
/** OrderID of an order the venue does not know. */
export const NO_ORDER = 'NONE';

const EXEC_TYPE = {
  new: ExecType.New,
  trade: ExecType.Trade,
  canceled: ExecType.Canceled,
  replaced: ExecType.Replaced,
  rejected: ExecType.Rejected,
  expired: ExecType.Expired,
} as const;

const ORD_STATUS = {
  new: OrdStatus.New,
  'partially-filled': OrdStatus.PartiallyFilled,
  filled: OrdStatus.Filled,
  canceled: OrdStatus.Canceled,
  rejected: OrdStatus.Rejected,
  expired: OrdStatus.Expired,
} as const;

const REJECT_REASON: Record<RejectReason, string> = {
  'unknown-symbol': OrdRejReason.UnknownSymbol,
  'duplicate-order': OrdRejReason.DuplicateOrder,
  'unsupported-characteristic': OrdRejReason.UnsupportedOrderCharacteristic,
  'incorrect-quantity': OrdRejReason.IncorrectQuantity,
  'price-invalid': OrdRejReason.Other,
  'turned-away': OrdRejReason.Other,
};

const CANCEL_REFUSAL: Record<CancelRefusal, { readonly code: string; readonly text: string }> = {
  'too-late': { code: CxlRejReason.TooLateToCancel, text: 'the order is not open any more' },
  'unknown-order': { code: CxlRejReason.UnknownOrder, text: 'no such order' },
  'duplicate-cl-ord-id': { code: CxlRejReason.DuplicateClOrdID, text: 'ClOrdID was used before' },
  'stale-cl-ord-id': { code: CxlRejReason.Other, text: 'OrigClOrdID was replaced since; name the newest' },
  'price-invalid': { code: CxlRejReason.Other, text: 'Price must be greater than 0' },
  'incorrect-quantity': { code: CxlRejReason.Other, text: 'OrderQty must be greater than 0' },
  'turned-away': { code: CxlRejReason.Other, text: 'the venue turned the message away' },
};

/** Tells one execution. */
export function executionReport(execution: Execution, scale: Scales): Buffer {
  const fields: BodyField[] = [
    [Tag.OrderID, execution.order.orderId],
    [Tag.ClOrdID, execution.clOrdId],
  ];
  if (execution.origClOrdId !== null) fields.push([Tag.OrigClOrdID, execution.origClOrdId]);
  fields.push(
    [Tag.ExecID, execution.execId],
    [Tag.ExecType, EXEC_TYPE[execution.type]],
    [Tag.OrdStatus, ORD_STATUS[execution.status]],
  );
  if (execution.rejectReason !== null) fields.push([Tag.OrdRejReason, REJECT_REASON[execution.rejectReason]]);
  pushTerms(fields, execution.order, execution, scale);
  if (execution.last !== null) {
    fields.push(
      [Tag.LastQty, formatDecimal(execution.last.quantity, scale.quantity)],
      [Tag.LastPx, formatDecimal(execution.last.price, scale.price)],
    );
  }
  pushFigures(fields, execution, scale);
  fields.push([Tag.TransactTime, formatUtcTimestamp(execution.at.wallUs)]);
  if (execution.text !== '') fields.push([Tag.Text, execution.text]);
  return encodeBody(fields);
}

/** What a status request is answered with: fields it asked to have back, and for mass status the count. */
export type StatusEcho = readonly BodyField[];

/** Tells where an order stands, without anything having happened (ExecType I, ExecID 0). */
export function statusReport(order: Readonly<Order>, scale: Scales, echo: StatusEcho, at: Instant): Buffer {
  const fields: BodyField[] = [
    [Tag.OrderID, order.orderId],
    [Tag.ClOrdID, order.clOrdId],
    [Tag.ExecID, NO_EXECUTION],
    [Tag.ExecType, ExecType.OrderStatus],
    [Tag.OrdStatus, ORD_STATUS[order.status]],
  ];
  if (order.rejectReason !== null) fields.push([Tag.OrdRejReason, REJECT_REASON[order.rejectReason]]);
  pushTerms(fields, order, order, scale);
  pushFigures(fields, order, scale);
  fields.push([Tag.TransactTime, formatUtcTimestamp(at.wallUs)], ...echo);
  return encodeBody(fields);
}

/** Answers a status request about an order the venue has never accepted: OrdStatus 8, OrdRejReason 5. */
export function unknownOrderReport(
  asked: { readonly clOrdId: string; readonly symbol: string; readonly side: string },
  text: string,
  echo: StatusEcho,
  at: Instant,
): Buffer {
  return encodeBody([
    [Tag.OrderID, NO_ORDER],
    [Tag.ClOrdID, asked.clOrdId],
    [Tag.ExecID, NO_EXECUTION],
    [Tag.ExecType, ExecType.OrderStatus],
    [Tag.OrdStatus, OrdStatus.Rejected],
    [Tag.OrdRejReason, OrdRejReason.UnknownOrder],
    [Tag.Symbol, asked.symbol],
    [Tag.Side, asked.side],
    [Tag.LeavesQty, '0'],
    [Tag.CumQty, '0'],
    [Tag.AvgPx, '0'],
    [Tag.TransactTime, formatUtcTimestamp(at.wallUs)],
    [Tag.Text, text],
    ...echo,
  ]);
}

/** Refuses a cancel (`responseTo` 1) or replace (2). */
export function cancelReject(
  request: { readonly clOrdId: string; readonly origClOrdId: string; readonly responseTo: '1' | '2' },
  order: Readonly<Order> | null,
  reason: CancelRefusal,
  at: Instant,
  because?: string,
): Buffer {
  const { code, text } = CANCEL_REFUSAL[reason];
  return encodeBody([
    [Tag.OrderID, order?.orderId ?? NO_ORDER],
    [Tag.ClOrdID, request.clOrdId],
    [Tag.OrigClOrdID, request.origClOrdId],
    [Tag.OrdStatus, order === null ? OrdStatus.Rejected : ORD_STATUS[order.status]],
    [Tag.TransactTime, formatUtcTimestamp(at.wallUs)],
    [Tag.CxlRejResponseTo, request.responseTo],
    [Tag.CxlRejReason, code],
    [Tag.Text, because ?? text],
  ]);
}

/** Refuses an application message that lacks a field (5) or is of a kind the venue does not know (3). */
export function businessReject(refMsgType: string, refSeqNum: number, reason: string, text: string): Buffer {
  return encodeBody([
    [Tag.RefSeqNum, refSeqNum],
    [Tag.RefMsgType, refMsgType],
    [Tag.BusinessRejectReason, reason],
    [Tag.Text, text],
  ]);
}

type Terms = Pick<Execution, 'price' | 'quantity'>;
type Figures = Pick<Execution, 'cumQuantity' | 'leavesQuantity' | 'cumNotional'>;

function pushTerms(fields: BodyField[], order: Readonly<Order>, terms: Terms, scale: Scales): void {
  if (order.account !== '') fields.push([Tag.Account, order.account]);
  fields.push(
    [Tag.Symbol, order.symbol],
    [Tag.Side, order.side === 'buy' ? FixSide.Buy : FixSide.Sell],
    [Tag.OrderQty, formatDecimal(terms.quantity, scale.quantity)],
    [Tag.OrdType, order.orderType === 'market' ? OrdType.Market : OrdType.Limit],
  );
  if (terms.price !== null) fields.push([Tag.Price, formatDecimal(terms.price, scale.price)]);
  fields.push([Tag.TimeInForce, TIME_IN_FORCE[order.timeInForce]]);
}

const TIME_IN_FORCE = {
  day: FixTimeInForce.Day,
  gtc: FixTimeInForce.GoodTillCancel,
  ioc: FixTimeInForce.ImmediateOrCancel,
  fok: FixTimeInForce.FillOrKill,
} as const;

function pushFigures(fields: BodyField[], figures: Figures, scale: Scales): void {
  fields.push(
    [Tag.LeavesQty, formatDecimal(figures.leavesQuantity, scale.quantity)],
    [Tag.CumQty, formatDecimal(figures.cumQuantity, scale.quantity)],
    [Tag.AvgPx, averagePrice(figures, scale.price)],
  );
}

/** Average price of the fills, rounded half up at four places more than prices; 0 without fills. */
function averagePrice({ cumQuantity, cumNotional }: Figures, priceScale: number): string {
  if (cumQuantity === 0n) return '0';
  const raised = cumNotional * 10n ** BigInt(AVERAGE_EXTRA_SCALE);
  return formatDecimal((2n * raised + cumQuantity) / (2n * cumQuantity), priceScale + AVERAGE_EXTRA_SCALE);
}
