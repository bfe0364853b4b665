/**
 * Questions about orders and positions: OrderStatusRequest (H), OrderMassStatusRequest (AF), RequestForPositions (AN), and a
 * new order with PossResend (97=Y), which asks for the state of an order the venue may know. Answers change nothing.
 * Source: FIX 4.4 volume 4 (H, AF), volume 5 (AN, AO, AP), volume 2 (possible resends).
 */
import {
  type BodyField,
  encodeBody,
  type FixMessage,
  formatDecimal,
  MassStatusReqType,
  MsgType,
  PosReqResult,
  Tag,
} from '@baton/fix';
import { type StatusEcho, statusReport, unknownOrderReport } from './execution-report.ts';
import type { Instant } from './instant.ts';
import type { Market } from './market.ts';
import type { Order } from './order.ts';
import type { Outbound } from './outbound.ts';
import type { Position } from './positions.ts';
import { scalesOf } from './views.ts';

/** Answers H; null when it names no order. */
export function answerStatus(market: Market, compId: string, message: FixMessage, at: Instant): Outbound[] | null {
  const clOrdId = message.getString(Tag.ClOrdID);
  if (clOrdId === undefined) return null;
  const echo = echoOf(message, [Tag.OrdStatusReqID]);
  const order = market.orders.find(compId, clOrdId);
  if (order !== undefined) return [status(market, compId, order, echo, at)];
  const asked = { clOrdId, symbol: message.getString(Tag.Symbol) ?? 'N/A', side: message.getString(Tag.Side) ?? '1' };
  const body = unknownOrderReport(asked, `no order has ClOrdID ${clOrdId}`, echo, at);
  return [{ compId, msgType: MsgType.ExecutionReport, body, key: clOrdId }];
}

/** For a new order with 97=Y whose ClOrdID the venue knows: where that order stands. Null: treat it as new. */
export function answerUnlessNew(market: Market, compId: string, message: FixMessage, at: Instant): Outbound[] | null {
  if (!message.possResend) return null;
  const order = market.orders.find(compId, message.getString(Tag.ClOrdID) ?? '');
  return order === undefined ? null : [status(market, compId, order, [], at)];
}

/** Answers AF with one report for each open order, the last marked; null without a MassStatusReqID. */
export function answerMassStatus(market: Market, compId: string, message: FixMessage, at: Instant): Outbound[] | null {
  const reqId = message.getString(Tag.MassStatusReqID);
  if (reqId === undefined) return null;
  const isBySymbol = message.getString(Tag.MassStatusReqType) === MassStatusReqType.OrdersForSecurity;
  const symbol = isBySymbol ? message.getString(Tag.Symbol) : undefined;
  const orders = [...market.orders.open(compId)].filter((order) => symbol === undefined || order.symbol === symbol);
  const echoAt = (n: number): StatusEcho => [
    [Tag.MassStatusReqID, reqId],
    [Tag.TotNumReports, orders.length],
    [Tag.LastRptRequested, n >= orders.length - 1 ? 'Y' : 'N'],
  ];
  if (orders.length > 0) return orders.map((order, n) => status(market, compId, order, echoAt(n), at));
  const asked = { clOrdId: reqId, symbol: symbol ?? 'N/A', side: '1' };
  const body = unknownOrderReport(asked, 'no open orders', echoAt(0), at);
  return [{ compId, msgType: MsgType.ExecutionReport, body, key: '' }];
}

/** Answers AN with an acknowledgement (AO) and one report (AP) a symbol; null without a PosReqID. */
export function answerPositions(market: Market, compId: string, message: FixMessage, at: Instant): Outbound[] | null {
  const reqId = message.getString(Tag.PosReqID);
  if (reqId === undefined) return null;
  const positions = [...market.positions.of(compId)];
  const account = message.getString(Tag.Account) ?? compId;
  const date = message.getString(Tag.ClearingBusinessDate) ?? utcDate(at);
  const names = (n: number): BodyField[] => [
    [Tag.PosMaintRptID, `${reqId}-${n}`],
    [Tag.PosReqID, reqId],
  ];
  const result: BodyField = [Tag.PosReqResult, positions.length === 0 ? PosReqResult.NoPositions : PosReqResult.Valid];
  const owner: BodyField[] = [
    [Tag.Account, account],
    [Tag.AccountType, message.getString(Tag.AccountType) ?? '1'],
  ];
  const acknowledged = encodeBody([
    ...names(0),
    [Tag.TotalNumPosReports, positions.length],
    result,
    [Tag.PosReqStatus, '0'],
    ...owner,
  ]);
  const reports = positions.map((position, n) =>
    encodeBody([
      ...names(n + 1),
      result,
      [Tag.ClearingBusinessDate, date],
      ...owner,
      ...positionFields(market, position),
    ]),
  );
  return [
    { compId, msgType: MsgType.RequestForPositionsAck, body: acknowledged, key: '' },
    ...reports.map((body) => ({ compId, msgType: MsgType.PositionReport, body, key: '' })),
  ];
}

/** What was bought and sold; the difference is the position (PosType TQ: transaction quantity). */
function positionFields(market: Market, position: Readonly<Position>): BodyField[] {
  const scale = scalesOf(market, position.symbol);
  const last = market.engine(position.symbol)?.lastPrice ?? 0n;
  return [
    [Tag.Symbol, position.symbol],
    [Tag.SettlPrice, formatDecimal(last, scale.price)],
    [Tag.SettlPriceType, '2'],
    [Tag.PriorSettlPrice, formatDecimal(last, scale.price)],
    [Tag.NoPositions, 1],
    [Tag.PosType, 'TQ'],
    [Tag.LongQty, formatDecimal(position.boughtQuantity, scale.quantity)],
    [Tag.ShortQty, formatDecimal(position.soldQuantity, scale.quantity)],
  ];
}

function status(market: Market, compId: string, order: Readonly<Order>, echo: StatusEcho, at: Instant): Outbound {
  const body = statusReport(order, scalesOf(market, order.symbol), echo, at);
  return { compId, msgType: MsgType.ExecutionReport, body, key: order.clOrdId };
}

function echoOf(message: FixMessage, tags: readonly number[]): StatusEcho {
  return tags.flatMap((tag) => {
    const value = message.getString(tag);
    return value === undefined ? [] : [[tag, value] as const];
  });
}

function utcDate(at: Instant): string {
  return new Date(at.wallUs / 1_000).toISOString().slice(0, 10).replaceAll('-', '');
}
