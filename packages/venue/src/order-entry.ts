/**
 * Order entry: application messages in, reports out. It reads a message, asks the market, writes down what happened and
 * makes the reports. To which sessions they go, over which connection and under which number is not its business; which
 * questions are answered is the profile's. Source: FIX 4.4 volume 4; messages D F G H q, AF, AD and AN.
 */
import { BusinessRejectReason, type FixMessage, MsgType, Tag } from '@baton/fix';
import type { StatusQueryWay, VenueProfile } from '@baton/profiles';
import { businessReject, cancelReject, executionReport } from './execution-report.ts';
import type { Instant } from './instant.ts';
import type { AmendOutcome, CancelRequest, Market, OrderRequest } from './market.ts';
import { answerMassCancel } from './mass-cancel.ts';
import type { MessageRecord } from './message-record.ts';
import { type Execution, HOUSE } from './order.ts';
import { type Incomplete, parseCancel, parseNewOrder, parseReplace, type Sender } from './order-message.ts';
import { answer, answerMassStatus, answerPositions, answerStatus, answerUnlessNew } from './order-queries.ts';
import type { ExecutionOutbound, Outbound } from './outbound.ts';
import type { Records } from './records.ts';
import { answerEventResend, answerLastExecId, answerTrades, ExecutionLog, ReplayMsgType } from './trade-queries.ts';
import type { VenueSession } from './venue-session.ts';
import { fillView, orderView, scalesOf } from './views.ts';
import type { ViolationCode } from './violation.ts';

/** An application message in sequence, with where it came from. */
export interface Inbound {
  readonly session: VenueSession;
  readonly connectionId: number;
  readonly msgSeqNum: number;
  readonly possDup: boolean;
  readonly message: FixMessage;
  readonly record: MessageRecord;
}

const EVENT_OF = {
  new: 'order-accepted',
  rejected: 'order-rejected',
  canceled: 'order-canceled',
  replaced: 'order-replaced',
  expired: 'order-expired',
} as const;

/** Which way of asking a message type belongs to. */
const QUERY_OF: Readonly<Record<string, StatusQueryWay>> = {
  [MsgType.OrderStatusRequest]: 'H',
  [MsgType.OrderMassStatusRequest]: 'AF',
  [MsgType.TradeCaptureReportRequest]: 'AD',
  [MsgType.RequestForPositions]: 'AN',
  [ReplayMsgType.LastExecIdRequest]: 'F1F3',
  [ReplayMsgType.EventResendRequest]: 'F1F3',
};

export class OrderEntry {
  readonly #market: Market;
  readonly #records: Records;
  /** ClOrdID by SecondaryClOrdID (526) and owner: one intent, one order. */
  readonly #intents = new Map<string, string>();
  readonly #profile: VenueProfile;
  readonly #log = new ExecutionLog();
  readonly #clOrdIdPattern: RegExp;

  constructor(market: Market, records: Records, profile: VenueProfile) {
    this.#market = market;
    this.#records = records;
    this.#profile = profile;
    this.#clOrdIdPattern = new RegExp(profile.orders.clOrdIdPattern);
  }

  handle(inbound: Inbound, at: Instant): Outbound[] {
    switch (inbound.message.msgType) {
      case MsgType.NewOrderSingle:
        return this.#newOrder(inbound, at);
      case MsgType.OrderCancelRequest:
        return this.#cancel(inbound, at);
      case MsgType.OrderCancelReplaceRequest:
        return this.#replace(inbound, at);
      case MsgType.OrderMassCancelRequest:
        return this.#massCancel(inbound, at);
      default:
        return this.#query(inbound, at);
    }
  }

  /** Refuses an order message unread, in the way of its kind: too old, too many, too busy. */
  turnAway(inbound: Inbound, text: string, at: Instant): Outbound[] {
    const { session, message, record, msgSeqNum } = inbound;
    const { msgType } = message;
    record.outcome = 'rejected';
    if (msgType === MsgType.NewOrderSingle) {
      const parsed = parseNewOrder(this.#market, this.#senderOf(session), message, this.#originOf(inbound));
      if (parsed.kind !== 'incomplete')
        return this.report([this.#market.refuse(parsed.request, 'turned-away', at, text)]);
    }
    const clOrdId = message.getString(Tag.ClOrdID) ?? '';
    if (msgType === MsgType.OrderCancelRequest || msgType === MsgType.OrderCancelReplaceRequest) {
      const origClOrdId = message.getString(Tag.OrigClOrdID) ?? '';
      const responseTo = msgType === MsgType.OrderCancelRequest ? '1' : '2';
      const order = this.#market.orders.find(session.owner, origClOrdId) ?? null;
      const body = cancelReject({ clOrdId, origClOrdId, responseTo }, order, 'turned-away', at, text);
      return [answer(session, MsgType.OrderCancelReject, body, clOrdId)];
    }
    const body = businessReject(msgType, msgSeqNum, BusinessRejectReason.Other, text);
    return [answer(session, MsgType.BusinessMessageReject, body, clOrdId)];
  }

  /** A message of a kind the venue does not take, or not from this session. */
  unsupported(inbound: Inbound, at: Instant): Outbound[] {
    return this.#refuse(inbound, BusinessRejectReason.UnsupportedMessageType, 'Unsupported Message Type', at);
  }

  /** Cancels what works of a session whose connection has ended. */
  disconnected(session: VenueSession, at: Instant): Outbound[] {
    const isMeant = ({ origin }: { readonly origin: Execution['order']['origin'] }) =>
      origin?.sessionId === session.sessionId && (session.cancelsOnDisconnect || origin.cancelsOnDisconnect);
    return this.report(this.#market.cancelWhere(session.owner, isMeant, 'cancel on disconnect', at));
  }

  /** Writes executions down and makes their reports. Those of the house are nobody's business. */
  report(executions: readonly Execution[]): ExecutionOutbound[] {
    const outbound: ExecutionOutbound[] = [];
    for (const execution of executions) {
      const { order, clOrdId, type, execId } = execution;
      if (order.owner === HOUSE) continue;
      this.#record(execution);
      const body = executionReport(execution, scalesOf(this.#market, order.symbol));
      const sessionId = order.origin?.sessionId ?? order.owner;
      const { owner } = order;
      const report: ExecutionOutbound = {
        kind: 'execution',
        owner,
        execId,
        sessionId,
        msgType: MsgType.ExecutionReport,
        body,
        key: clOrdId,
      };
      outbound.push(report);
      if (this.#profile.recovery.eventReplay !== undefined) this.#log.note(report);
      if (type === 'new' || type === 'replaced') this.#records.accepted(execution);
    }
    return outbound;
  }

  #record(execution: Execution): void {
    const { type, order, at } = execution;
    if (type === 'trade') {
      const fill = this.#market.tape.fillOf(execution);
      this.#records.event({ type: 'fill', fill: fillView(this.#market, fill) }, at);
    } else {
      this.#records.event({ type: EVENT_OF[type], order: orderView(this.#market, order) }, at);
    }
  }

  #newOrder(inbound: Inbound, at: Instant): Outbound[] {
    const { session, message, record } = inbound;
    const parsed = parseNewOrder(this.#market, this.#senderOf(session), message, this.#originOf(inbound));
    if (parsed.kind === 'incomplete') return this.incomplete(inbound, parsed.tag, at);
    const known = this.#profile.orders.possResend ? answerUnlessNew(this.#market, session, message, at) : null;
    if (known !== null) return known;
    const { request } = parsed;
    if (this.#market.orders.isUsed(request)) this.#duplicateClOrdId(inbound, request.clOrdId, at);
    else this.#checkIntent(inbound, request, at);
    const executions = this.#submit(parsed.kind === 'order', request, at);
    record.outcome = executions[0]?.type === 'rejected' ? 'rejected' : 'accepted';
    return this.report(executions);
  }

  #submit(isSupported: boolean, request: OrderRequest, at: Instant): Execution[] {
    const { clOrdIdPattern, clOrdIdLengthMax } = this.#profile.orders;
    const { clOrdId } = request;
    if (!isSupported) return [this.#market.refuse(request, 'unsupported-characteristic', at)];
    if (clOrdId.length <= clOrdIdLengthMax && this.#clOrdIdPattern.test(clOrdId)) {
      return this.#market.submit(request, at);
    }
    const text = `ClOrdID must match ${clOrdIdPattern} and have at most ${clOrdIdLengthMax} characters`;
    return [this.#market.refuse(request, 'turned-away', at, text)];
  }

  #cancel(inbound: Inbound, at: Instant): Outbound[] {
    const parsed = parseCancel(this.#senderOf(inbound.session), inbound.message);
    if (parsed.kind === 'incomplete') return this.incomplete(inbound, parsed.tag, at);
    return this.#amended(inbound, parsed.request, this.#market.cancel(parsed.request, at), '1', at);
  }

  #replace(inbound: Inbound, at: Instant): Outbound[] {
    const parsed = parseReplace(this.#market, this.#senderOf(inbound.session), inbound.message);
    if (parsed.kind === 'incomplete') return this.incomplete(inbound, parsed.tag, at);
    return this.#amended(inbound, parsed.request, this.#market.replace(parsed.request, at), '2', at);
  }

  /** A question, if the profile has this way of asking; anything else is of a kind the venue does not know. */
  #query(inbound: Inbound, at: Instant): Outbound[] {
    const { session, message } = inbound;
    const way = QUERY_OF[message.msgType];
    const { statusBy, eventReplay, massStatusByClOrdId } = this.#profile.recovery;
    if (way === undefined || !statusBy.includes(way)) return this.unsupported(inbound, at);
    const market = this.#market;
    switch (message.msgType) {
      case MsgType.OrderStatusRequest:
        return answerStatus(market, session, message, at) ?? this.incomplete(inbound, Tag.ClOrdID, at);
      case MsgType.OrderMassStatusRequest: {
        if (message.has(Tag.ClOrdID) && !massStatusByClOrdId) return this.unsupported(inbound, at);
        return answerMassStatus(market, session, message, at) ?? this.incomplete(inbound, Tag.MassStatusReqID, at);
      }
      case MsgType.TradeCaptureReportRequest:
        return answerTrades(market, session, message, at) ?? this.incomplete(inbound, Tag.TradeRequestID, at);
      case MsgType.RequestForPositions:
        return answerPositions(market, session, message, at) ?? this.incomplete(inbound, Tag.PosReqID, at);
      case ReplayMsgType.LastExecIdRequest:
        return answerLastExecId(this.#log, session);
      default:
        if (eventReplay === undefined) return this.unsupported(inbound, at);
        return answerEventResend(this.#log, eventReplay, session, message);
    }
  }

  #senderOf(session: VenueSession): Sender {
    const { cancelScope, clOrdIdScope } = this.#profile.orders;
    const { owner, sessionId } = session;
    const scopeKey = clOrdIdScope === 'session' ? session.scopeKey : '';
    return cancelScope === 'session' ? { owner, scopeKey, reach: sessionId } : { owner, scopeKey };
  }

  #originOf({ session, connectionId, msgSeqNum, possDup, message }: Inbound) {
    const { mode, tag, on, default: absent } = this.#profile.cancelOnDisconnect;
    const asked = mode === 'order' && tag !== undefined ? message.getString(tag) : undefined;
    const cancelsOnDisconnect = mode === 'order' && (asked === undefined ? absent : asked === on);
    return { sessionId: session.sessionId, connectionId, msgSeqNum, possDup, cancelsOnDisconnect };
  }

  #amended(
    inbound: Inbound,
    { clOrdId, origClOrdId }: CancelRequest,
    outcome: AmendOutcome,
    responseTo: '1' | '2',
    at: Instant,
  ): Outbound[] {
    const { session, record } = inbound;
    record.outcome = outcome.ok ? 'accepted' : 'rejected';
    if (outcome.ok) return this.report(outcome.executions);
    const { reason, order } = outcome;
    if (reason === 'duplicate-cl-ord-id') this.#duplicateClOrdId(inbound, clOrdId, at);
    this.#records.event({ type: 'cancel-rejected', compId: session.compId, clOrdId, reason }, at);
    const body = cancelReject({ clOrdId, origClOrdId, responseTo }, order, reason, at);
    return [answer(session, MsgType.OrderCancelReject, body, clOrdId)];
  }

  #massCancel(inbound: Inbound, at: Instant): Outbound[] {
    const { session, message, record } = inbound;
    const outcome = answerMassCancel(this.#market, session, message, at);
    if (outcome.kind === 'incomplete') return this.incomplete(inbound, outcome.tag, at);
    if (outcome.isDuplicate) this.#duplicateClOrdId(inbound, outcome.report.key, at);
    record.outcome = outcome.isAccepted ? 'accepted' : 'rejected';
    return [outcome.report, ...this.report(outcome.executions)];
  }

  /** Remembers which order an intent became, and says so when it becomes a second one. */
  #checkIntent(inbound: Inbound, { owner, clOrdId }: OrderRequest, at: Instant): void {
    const earlier = this.#market.orders.find(owner, clOrdId);
    if (earlier !== undefined && earlier.status !== 'rejected') {
      const text = `ClOrdID ${clOrdId} was order ${earlier.orderId} (${earlier.status}) and becomes another one`;
      this.#violation('duplicate-economic-order', inbound, clOrdId, text, at);
    }
    const intent = inbound.message.getString(Tag.SecondaryClOrdID);
    if (intent === undefined) return;
    const first = this.#intents.get(`${owner} ${intent}`);
    if (first === undefined) {
      this.#intents.set(`${owner} ${intent}`, clOrdId);
      return;
    }
    const text = `SecondaryClOrdID ${intent} came as ${first} and again as ${clOrdId}`;
    this.#violation('duplicate-economic-order', inbound, clOrdId, text, at);
  }

  #duplicateClOrdId(inbound: Inbound, clOrdId: string, at: Instant): void {
    const text = `message ${inbound.msgSeqNum} (${inbound.message.msgType}) uses ClOrdID ${clOrdId} again`;
    this.#violation('duplicate-cl-ord-id', inbound, clOrdId, text, at);
  }

  /** A message without a field that its answer cannot do without. */
  incomplete(inbound: Inbound, tag: Incomplete['tag'], at: Instant): Outbound[] {
    const reason = BusinessRejectReason.ConditionallyRequiredFieldMissing;
    return this.#refuse(inbound, reason, `field ${tag} is missing`, at);
  }

  #refuse(inbound: Inbound, reason: string, text: string, at: Instant): Outbound[] {
    const { session, message, msgSeqNum } = inbound;
    const clOrdId = message.getString(Tag.ClOrdID) ?? null;
    const facts = `message ${msgSeqNum} (${message.msgType}): ${text}`;
    this.#violation('message-rejected', inbound, clOrdId, facts, at);
    const body = businessReject(message.msgType, msgSeqNum, reason, text);
    return [answer(session, MsgType.BusinessMessageReject, body, clOrdId ?? '')];
  }

  #violation(
    code: ViolationCode,
    { session: { owner, compId }, connectionId }: Inbound,
    clOrdId: string | null,
    text: string,
    at: Instant,
  ): void {
    this.#records.violation({ code, owner, compId, connectionId, clOrdId, text, at });
  }
}
