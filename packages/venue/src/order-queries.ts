/**
 * Questions about orders and positions: OrderStatusRequest (H), OrderMassStatusRequest (AF; with a ClOrdID for one order,
 * where the profile says so), RequestForPositions (AN), and a new order with PossResend (97=Y), which asks for the state of
 * an order the venue may know. Answers change nothing.
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
import type { VenueSession } from './venue-session.ts';
import { scalesOf } from './views.ts';

/** Who asks. */
export type Asker = Pick<VenueSession, 'sessionId' | 'owner'>;

/** Answers H; null when it names no order. */
export function answerStatus(market: Market, from: Asker, message: FixMessage, at: Instant): Outbound[] | null {
  const clOrdId = message.getString(Tag.ClOrdID);
  if (clOrdId === undefined) return null;
  const echo = echoOf(message, [Tag.OrdStatusReqID]);
  const order = market.orders.find(from.owner, clOrdId);
  if (order !== undefined) return [status(market, from, order, echo, at)];
  const asked = { clOrdId, symbol: message.getString(Tag.Symbol) ?? 'N/A', side: message.getString(Tag.Side) ?? '1' };
  const body = unknownOrderReport(asked, `no order has ClOrdID ${clOrdId}`, echo, at);
  return [answer(from, MsgType.ExecutionReport, body, clOrdId)];
}

/** For a new order with 97=Y whose ClOrdID the venue knows: where that order stands. Null: treat it as new. */
export function answerUnlessNew(market: Market, from: Asker, message: FixMessage, at: Instant): Outbound[] | null {
  if (!message.possResend) return null;
  const order = market.orders.find(from.owner, message.getString(Tag.ClOrdID) ?? '');
  return order === undefined ? null : [status(market, from, order, [], at)];
}

/** Answers AF with one report for each open order, the last marked; null without a MassStatusReqID. */
export function answerMassStatus(market: Market, from: Asker, message: FixMessage, at: Instant): Outbound[] | null {
  const reqId = message.getString(Tag.MassStatusReqID);
  if (reqId === undefined) return null;
  const clOrdId = message.getString(Tag.ClOrdID);
  if (clOrdId !== undefined) return [massStatusOfOne(market, from, { reqId, clOrdId }, at)];
  const isBySymbol = message.getString(Tag.MassStatusReqType) === MassStatusReqType.OrdersForSecurity;
  const symbol = isBySymbol ? message.getString(Tag.Symbol) : undefined;
  const orders = [...market.orders.open(from.owner)].filter((order) => symbol === undefined || order.symbol === symbol);
  const echoAt = (n: number): StatusEcho => [
    [Tag.MassStatusReqID, reqId],
    [Tag.TotNumReports, orders.length],
    [Tag.LastRptRequested, n >= orders.length - 1 ? 'Y' : 'N'],
  ];
  if (orders.length > 0) return orders.map((order, n) => status(market, from, order, echoAt(n), at));
  const asked = { clOrdId: reqId, symbol: symbol ?? 'N/A', side: '1' };
  const body = unknownOrderReport(asked, 'no open orders', echoAt(0), at);
  return [answer(from, MsgType.ExecutionReport, body)];
}

/** Where one order stands, ended or not: the answer to AF with a ClOrdID. */
function massStatusOfOne(
  market: Market,
  from: Asker,
  { reqId, clOrdId }: { readonly reqId: string; readonly clOrdId: string },
  at: Instant,
): Outbound {
  const echo: StatusEcho = [
    [Tag.MassStatusReqID, reqId],
    [Tag.TotNumReports, 1],
    [Tag.LastRptRequested, 'Y'],
  ];
  const order = market.orders.find(from.owner, clOrdId);
  if (order !== undefined) return status(market, from, order, echo, at);
  const asked = { clOrdId, symbol: 'N/A', side: '1' };
  const body = unknownOrderReport(asked, `no order has ClOrdID ${clOrdId}`, echo, at);
  return answer(from, MsgType.ExecutionReport, body, clOrdId);
}

/** Answers AN with an acknowledgement (AO) and one report (AP) a symbol; null without a PosReqID. */
export function answerPositions(market: Market, from: Asker, message: FixMessage, at: Instant): Outbound[] | null {
  const reqId = message.getString(Tag.PosReqID);
  if (reqId === undefined) return null;
  const positions = [...market.positions.of(from.owner)];
  const account = message.getString(Tag.Account) ?? from.owner;
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
    answer(from, MsgType.RequestForPositionsAck, acknowledged),
    ...reports.map((body) => answer(from, MsgType.PositionReport, body)),
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

function status(market: Market, from: Asker, order: Readonly<Order>, echo: StatusEcho, at: Instant): Outbound {
  const body = statusReport(order, scalesOf(market, order.symbol), echo, at);
  return answer(from, MsgType.ExecutionReport, body, order.clOrdId);
}

export function answer(
  { sessionId }: Pick<VenueSession, 'sessionId'>,
  msgType: string,
  body: Buffer,
  key = '',
): Outbound {
  return { kind: 'answer', sessionId, msgType, body, key };
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
