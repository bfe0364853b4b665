/**
 * Bodies of what a client is told: ExecutionReport (8), OrderCancelReject (9), BusinessMessageReject (j). Field order is
 * fixed and every figure comes from the state, so that all nodes make the same bytes. FIX 4.4 volume 4; FIX 4.2 says by
 * ExecTransType (20) what 4.4 says by ExecType (150).
 */
import {
  type BodyField,
  ExecTransType,
  ExecType,
  encodeBody,
  formatDecimal,
  formatUtcTimestamp,
  Tag,
} from '@baton/fix';
import { type ClientOrder, isToldClosed } from './client-order.ts';
import { reportText } from './client-refusal.ts';
import type { ClientConfiguration, OrderType, Side, TimeInForce } from './command.ts';
import type { Order } from './order.ts';

const SIDE: Readonly<Record<Side, string>> = { buy: '1', sell: '2' };
const ORD_TYPE: Readonly<Record<OrderType, string>> = { market: '1', limit: '2' };
const TIME_IN_FORCE: Readonly<Record<TimeInForce, string>> = { day: '0', gtc: '1', ioc: '3', fok: '4' };

/** OrderID (37) of what is no order of ours. */
export const NO_ORDER = 'NONE';
/** ExecID (17) of a status report, which is no execution. */
const NO_EXECUTION = '0';
/** AvgPx (6) has so many decimal places more than prices: a quotient rarely ends. */
const AVERAGE_EXTRA_SCALE = 8;

/** One report about one order, beside the figures that the client was told so far. */
export interface Report {
  readonly execType: string;
  readonly ordStatus: string;
  /** '' for a status report. */
  readonly execId: string;
  readonly clOrdId: string;
  /** '' for none. */
  readonly origClOrdId?: string;
  readonly rejectReason?: string;
  readonly last?: { readonly quantity: bigint; readonly price: bigint };
  /** ExecID of the report that is taken back. */
  readonly execRefId?: string;
  readonly text?: string;
  /** What a status request asked to have back. */
  readonly echo?: readonly BodyField[];
}

export function executionReport(
  client: ClientConfiguration,
  told: ClientOrder,
  order: Order,
  report: Report,
  timeUs: number,
): Uint8Array {
  const { instrument } = order;
  const { priceScale, quantityScale } = instrument;
  const fields: BodyField[] = [[Tag.OrderID, told.rootClOrdId]];
  if (order.orderId !== '') fields.push([Tag.SecondaryOrderID, order.orderId]);
  pushIdentity(fields, client, report, told.cumQuantity >= told.quantity);
  if (client.account !== '') fields.push([Tag.Account, client.account]);
  fields.push(
    [Tag.Symbol, instrument.symbol],
    [Tag.Side, SIDE[order.side]],
    [Tag.OrderQty, formatDecimal(told.quantity, quantityScale)],
    [Tag.OrdType, ORD_TYPE[order.orderType]],
  );
  if (order.orderType === 'limit') fields.push([Tag.Price, formatDecimal(told.price, priceScale)]);
  fields.push([Tag.TimeInForce, TIME_IN_FORCE[order.timeInForce]]);
  if (report.last !== undefined) {
    fields.push(
      [Tag.LastQty, formatDecimal(report.last.quantity, quantityScale)],
      [Tag.LastPx, formatDecimal(report.last.price, priceScale)],
    );
  }
  fields.push(
    [Tag.LeavesQty, formatDecimal(toldLeaves(told), quantityScale)],
    [Tag.CumQty, formatDecimal(told.cumQuantity, quantityScale)],
    [Tag.AvgPx, averagePrice(told, priceScale)],
  );
  pushEnd(fields, report, timeUs);
  return encodeBody(fields);
}

/** What a report about something that is no order of ours names, as the client named it. */
export interface AskedOrder {
  readonly clOrdId: string;
  readonly symbol: string;
  readonly side: string;
}

/** A report without an order: refused, or asked about and not known. */
export function orderlessReport(
  client: ClientConfiguration,
  asked: AskedOrder,
  report: Omit<Report, 'clOrdId'>,
  timeUs: number,
): Uint8Array {
  const fields: BodyField[] = [[Tag.OrderID, NO_ORDER]];
  pushIdentity(fields, client, { ...report, clOrdId: asked.clOrdId }, false);
  if (asked.symbol !== '') fields.push([Tag.Symbol, asked.symbol]);
  if (asked.side !== '') fields.push([Tag.Side, asked.side]);
  fields.push([Tag.LeavesQty, '0'], [Tag.CumQty, '0'], [Tag.AvgPx, '0']);
  pushEnd(fields, report, timeUs);
  return encodeBody(fields);
}

export interface CancelReject {
  /** Ours; NONE when the client named no order of its own. */
  readonly orderId: string;
  readonly clOrdId: string;
  readonly origClOrdId: string;
  readonly ordStatus: string;
  readonly responseTo: '1' | '2';
  readonly reason: string;
  readonly text: string;
}

export function orderCancelReject(reject: CancelReject, timeUs: number): Uint8Array {
  return encodeBody([
    [Tag.OrderID, reject.orderId],
    [Tag.ClOrdID, reject.clOrdId],
    [Tag.OrigClOrdID, reject.origClOrdId],
    [Tag.OrdStatus, reject.ordStatus],
    [Tag.TransactTime, formatUtcTimestamp(timeUs)],
    [Tag.CxlRejResponseTo, reject.responseTo],
    [Tag.CxlRejReason, reject.reason],
    [Tag.Text, reportText(reject.text)],
  ]);
}

export interface BusinessReject {
  readonly refSeqNum: number;
  readonly refMsgType: string;
  /** The refused message's own id; '' for none. */
  readonly refId: string;
  readonly reason: string;
  readonly text: string;
}

export function businessMessageReject(reject: BusinessReject): Uint8Array {
  const fields: BodyField[] = [
    [Tag.RefSeqNum, reject.refSeqNum],
    [Tag.RefMsgType, reject.refMsgType],
  ];
  if (reject.refId !== '') fields.push([Tag.BusinessRejectRefID, reject.refId]);
  fields.push([Tag.BusinessRejectReason, reject.reason], [Tag.Text, reportText(reject.text)]);
  return encodeBody(fields);
}

/** Quantity that may still be filled, as the client was told; never negative (overfills). */
function toldLeaves(told: ClientOrder): bigint {
  return isToldClosed(told) || told.cumQuantity >= told.quantity ? 0n : told.quantity - told.cumQuantity;
}

/** Average price of the fills, rounded half up in the last place; 0 without fills. */
function averagePrice(told: ClientOrder, priceScale: number): string {
  const { cumNotional, cumQuantity } = told;
  if (cumQuantity <= 0n) return '0';
  const raised = cumNotional * 10n ** BigInt(AVERAGE_EXTRA_SCALE);
  return formatDecimal((2n * raised + cumQuantity) / (2n * cumQuantity), priceScale + AVERAGE_EXTRA_SCALE);
}

function pushIdentity(fields: BodyField[], client: ClientConfiguration, report: Report, isFull: boolean): void {
  fields.push([Tag.ClOrdID, report.clOrdId]);
  if (report.origClOrdId !== undefined && report.origClOrdId !== '') fields.push([Tag.OrigClOrdID, report.origClOrdId]);
  fields.push([Tag.ExecID, report.execId === '' ? NO_EXECUTION : report.execId]);
  const is42 = client.beginString === 'FIX.4.2';
  if (is42) fields.push([Tag.ExecTransType, execTransType(report.execType)]);
  if (report.execRefId !== undefined) fields.push([Tag.ExecRefID, report.execRefId]);
  fields.push([Tag.ExecType, is42 ? execType42(report, isFull) : report.execType], [Tag.OrdStatus, report.ordStatus]);
  if (report.rejectReason !== undefined) fields.push([Tag.OrdRejReason, report.rejectReason]);
}

function execTransType(execType: string): string {
  if (execType === ExecType.TradeCancel) return ExecTransType.Cancel;
  return execType === ExecType.OrderStatus ? ExecTransType.Status : ExecTransType.New;
}

/** Until 4.2 a trade is told by what it did to the order, and a status by the order's own. */
function execType42({ execType, ordStatus }: Report, isFull: boolean): string {
  if (execType === ExecType.Trade) return isFull ? ExecType.Fill : ExecType.PartialFill;
  if (execType === ExecType.TradeCancel || execType === ExecType.OrderStatus) return ordStatus;
  return execType;
}

function pushEnd(fields: BodyField[], report: Pick<Report, 'text' | 'echo'>, timeUs: number): void {
  fields.push([Tag.TransactTime, formatUtcTimestamp(timeUs)]);
  if (report.text !== undefined && report.text !== '') fields.push([Tag.Text, reportText(report.text)]);
  if (report.echo !== undefined) fields.push(...report.echo);
}
