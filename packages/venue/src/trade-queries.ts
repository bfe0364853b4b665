/**
 * Questions about what has happened: TradeCaptureReportRequest (AD), answered by AQ and one AE a fill, and the replay of
 * executions by ExecID (F1: what was the last one; F3: give me this range), as the profile offers them. Executions come
 * again as they were told, with the same ExecIDs. Source: FIX 4.4 volume 5 (AD, AE, AQ); F1 to F5 are a venue's own.
 */
import {
  type BodyField,
  encodeBody,
  type FixMessage,
  Side as FixSide,
  formatDecimal,
  formatUtcTimestamp,
  MsgType,
  Tag,
} from '@baton/fix';
import type { EventReplayFacts } from '@baton/profiles';
import type { Instant } from './instant.ts';
import type { Market } from './market.ts';
import { type Asker, answer } from './order-queries.ts';
import type { ExecutionOutbound, Outbound } from './outbound.ts';
import type { Fill } from './trade-tape.ts';
import { scalesOf } from './views.ts';

/** Message types of the replay; no FIX standard has them. */
export const ReplayMsgType = {
  LastExecIdRequest: 'F1',
  LastExecId: 'F2',
  EventResendRequest: 'F3',
  EventResendComplete: 'F4',
  EventResendReject: 'F5',
} as const;

/** TradeRequestResult (749): 0 successful; TradeRequestStatus (750): 1 completed. */
const SUCCESSFUL = '0';
const COMPLETED = '1';
const ALL_TRADES = '0';

/** Answers AD with all fills of the account, or of one order or symbol; null without a TradeRequestID. */
export function answerTrades(market: Market, from: Asker, message: FixMessage, at: Instant): Outbound[] | null {
  const reqId = message.getString(Tag.TradeRequestID);
  if (reqId === undefined) return null;
  const clOrdId = message.getString(Tag.ClOrdID);
  const symbol = message.getString(Tag.Symbol);
  const orderIds = clOrdId === undefined ? null : orderIdsOf(market, from.owner, clOrdId);
  // TrdCapDtGrp (NoDates 580): one date and time is where the range begins.
  const sinceUs = message.getTimeUs(Tag.TransactTime) ?? 0;
  const fills = market
    .fills()
    .filter((fill) => fill.at.wallUs >= sinceUs)
    .filter((fill) => fill.owner === from.owner && (symbol === undefined || fill.symbol === symbol))
    .filter(({ orderId }) => orderIds === null || orderIds.has(orderId));
  const acknowledged = encodeBody([
    [Tag.TradeRequestID, reqId],
    [Tag.TradeRequestType, message.getString(Tag.TradeRequestType) ?? ALL_TRADES],
    [Tag.TradeRequestResult, SUCCESSFUL],
    [Tag.TradeRequestStatus, COMPLETED],
    [Tag.TotNumTradeReports, fills.length],
  ]);
  const reports = fills.map((fill, n) => {
    const isLast = n === fills.length - 1;
    const counts: BodyField[] = [
      [Tag.TotNumTradeReports, fills.length],
      [Tag.LastRptRequested, isLast ? 'Y' : 'N'],
    ];
    return answer(from, MsgType.TradeCaptureReport, tradeReport(market, fill, reqId, counts, at), fill.clOrdId);
  });
  return [answer(from, MsgType.TradeCaptureReportRequestAck, acknowledged), ...reports];
}

function orderIdsOf(market: Market, owner: string, clOrdId: string): Set<string> {
  const orders = market.orders.history().filter((order) => order.owner === owner && order.clOrdIds.includes(clOrdId));
  return new Set(orders.map(({ orderId }) => orderId));
}

function tradeReport(market: Market, fill: Fill, reqId: string, counts: readonly BodyField[], at: Instant): Buffer {
  const scale = scalesOf(market, fill.symbol);
  const transactTime = formatUtcTimestamp(fill.at.wallUs);
  return encodeBody([
    [Tag.TradeReportID, `${fill.execId}-${at.monotonicUs.toString(36)}`],
    [Tag.TradeRequestID, reqId],
    [Tag.PreviouslyReported, 'Y'],
    ...counts,
    [Tag.ExecID, fill.execId],
    [Tag.Symbol, fill.symbol],
    [Tag.LastQty, formatDecimal(fill.quantity, scale.quantity)],
    [Tag.LastPx, formatDecimal(fill.price, scale.price)],
    [Tag.TradeDate, transactTime.slice(0, 8)],
    [Tag.TransactTime, transactTime],
    [Tag.NoSides, 1],
    [Tag.Side, fill.side === 'buy' ? FixSide.Buy : FixSide.Sell],
    [Tag.OrderID, fill.orderId],
    [Tag.ClOrdID, fill.clOrdId],
  ]);
}

/** Every execution told to a participant, in order, for a replay by ExecID. */
export class ExecutionLog {
  readonly #byOwner = new Map<string, ExecutionOutbound[]>();

  note(execution: ExecutionOutbound): void {
    const log = this.#byOwner.get(execution.owner);
    if (log === undefined) this.#byOwner.set(execution.owner, [execution]);
    else log.push(execution);
  }

  of(owner: string): readonly ExecutionOutbound[] {
    return this.#byOwner.get(owner) ?? [];
  }
}

/** Answers F1 with F2: the newest ExecID of the account, `0` before the first. */
export function answerLastExecId(log: ExecutionLog, from: Asker): Outbound[] {
  const last = log.of(from.owner).at(-1)?.execId ?? '0';
  return [answer(from, ReplayMsgType.LastExecId, encodeBody([[Tag.ExecID, last]]))];
}

/** Answers F3: the executions from the first to the last ExecID named, both included, then F4; F5 for unknown ExecIDs. */
export function answerEventResend(
  log: ExecutionLog,
  { beginExecIdTag, endExecIdTag }: EventReplayFacts,
  from: Asker,
  message: FixMessage,
): Outbound[] {
  const executions = log.of(from.owner);
  const begin = message.getString(beginExecIdTag) ?? '0';
  const end = message.getString(endExecIdTag) ?? '0';
  const first = begin === '0' ? 0 : executions.findIndex(({ execId }) => execId === begin);
  const last = end === '0' ? executions.length - 1 : executions.findIndex(({ execId }) => execId === end);
  if (first === -1 || (last === -1 && end !== '0')) {
    const text = `no execution has ExecID ${first === -1 ? begin : end}`;
    return [answer(from, ReplayMsgType.EventResendReject, encodeBody([[Tag.Text, text]]))];
  }
  const wanted = executions.slice(first, last + 1);
  const complete = encodeBody([
    [beginExecIdTag, begin],
    [endExecIdTag, end],
    [Tag.TotNumReports, wanted.length],
  ]);
  return [
    ...wanted.map(
      ({ msgType, body, key }): Outbound => ({ kind: 'answer', sessionId: from.sessionId, msgType, body, key }),
    ),
    answer(from, ReplayMsgType.EventResendComplete, complete),
  ];
}
