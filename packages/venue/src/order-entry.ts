/**
 * Order entry: application messages in, reports out. It reads a message, asks the market, writes down what happened and
 * makes the reports, each for the session that owns the order. Which session, connection or sequence number carries a
 * report is the acceptor's business. Source: FIX 4.4 volume 4; messages D F G H q, AF and AN.
 */
import { BusinessRejectReason, type FixMessage, MsgType, Tag } from '@baton/fix';
import { businessReject, cancelReject, executionReport } from './execution-report.ts';
import type { Instant } from './instant.ts';
import type { AmendOutcome, CancelRequest, Market } from './market.ts';
import { answerMassCancel } from './mass-cancel.ts';
import type { MessageRecord } from './message-record.ts';
import { type Execution, HOUSE } from './order.ts';
import { type Incomplete, parseCancel, parseNewOrder, parseReplace } from './order-message.ts';
import { answerMassStatus, answerPositions, answerStatus, answerUnlessNew } from './order-queries.ts';
import type { Outbound } from './outbound.ts';
import type { Records } from './records.ts';
import { fillView, orderView, scalesOf } from './views.ts';

/** An application message in sequence, with where it came from. */
export interface Inbound {
  readonly compId: string;
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

export class OrderEntry {
  readonly #market: Market;
  readonly #records: Records;
  /** ClOrdID by SecondaryClOrdID (526) and owner: one intent, one order. */
  readonly #intents = new Map<string, string>();

  constructor(market: Market, records: Records) {
    this.#market = market;
    this.#records = records;
  }

  handle(inbound: Inbound, at: Instant): Outbound[] {
    const { compId, message } = inbound;
    switch (message.msgType) {
      case MsgType.NewOrderSingle:
        return this.#newOrder(inbound, at);
      case MsgType.OrderCancelRequest:
        return this.#cancel(inbound, at);
      case MsgType.OrderCancelReplaceRequest:
        return this.#replace(inbound, at);
      case MsgType.OrderMassCancelRequest:
        return this.#massCancel(inbound, at);
      case MsgType.OrderStatusRequest:
        return answerStatus(this.#market, compId, message, at) ?? this.#incomplete(inbound, Tag.ClOrdID, at);
      case MsgType.OrderMassStatusRequest:
        return (
          answerMassStatus(this.#market, compId, message, at) ?? this.#incomplete(inbound, Tag.MassStatusReqID, at)
        );
      case MsgType.RequestForPositions:
        return answerPositions(this.#market, compId, message, at) ?? this.#incomplete(inbound, Tag.PosReqID, at);
      default:
        return this.#refuse(inbound, BusinessRejectReason.UnsupportedMessageType, 'Unsupported Message Type', at);
    }
  }

  /** Writes executions down and makes their reports. Those of the house are nobody's business. */
  report(executions: readonly Execution[]): Outbound[] {
    const outbound: Outbound[] = [];
    for (const execution of executions) {
      const { order, clOrdId, type } = execution;
      if (order.owner === HOUSE) continue;
      this.#record(execution);
      const body = executionReport(execution, scalesOf(this.#market, order.symbol));
      outbound.push({ compId: order.owner, msgType: MsgType.ExecutionReport, body, key: clOrdId });
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
    const { compId, message, record, connectionId, msgSeqNum, possDup } = inbound;
    const parsed = parseNewOrder(this.#market, compId, message, { connectionId, msgSeqNum, possDup });
    if (parsed.kind === 'incomplete') return this.#incomplete(inbound, parsed.tag, at);
    const known = answerUnlessNew(this.#market, compId, message, at);
    if (known !== null) return known;
    const { request } = parsed;
    if (this.#market.orders.isUsed(compId, request.clOrdId)) this.#duplicateClOrdId(inbound, request.clOrdId, at);
    else this.#checkIntent(inbound, request.clOrdId, at);
    const executions =
      parsed.kind === 'order'
        ? this.#market.submit(request, at)
        : [this.#market.refuse(request, 'unsupported-characteristic', at)];
    record.outcome = executions[0]?.type === 'rejected' ? 'rejected' : 'accepted';
    return this.report(executions);
  }

  #cancel(inbound: Inbound, at: Instant): Outbound[] {
    const parsed = parseCancel(inbound.compId, inbound.message);
    if (parsed.kind === 'incomplete') return this.#incomplete(inbound, parsed.tag, at);
    return this.#amended(inbound, parsed.request, this.#market.cancel(parsed.request, at), '1', at);
  }

  #replace(inbound: Inbound, at: Instant): Outbound[] {
    const parsed = parseReplace(this.#market, inbound.compId, inbound.message);
    if (parsed.kind === 'incomplete') return this.#incomplete(inbound, parsed.tag, at);
    return this.#amended(inbound, parsed.request, this.#market.replace(parsed.request, at), '2', at);
  }

  #amended(
    inbound: Inbound,
    { clOrdId, origClOrdId }: CancelRequest,
    outcome: AmendOutcome,
    responseTo: '1' | '2',
    at: Instant,
  ): Outbound[] {
    const { compId, record } = inbound;
    record.outcome = outcome.ok ? 'accepted' : 'rejected';
    if (outcome.ok) return this.report(outcome.executions);
    const { reason, order } = outcome;
    if (reason === 'duplicate-cl-ord-id') this.#duplicateClOrdId(inbound, clOrdId, at);
    this.#records.event({ type: 'cancel-rejected', compId, clOrdId, reason }, at);
    const body = cancelReject({ clOrdId, origClOrdId, responseTo }, order, reason, at);
    return [{ compId, msgType: MsgType.OrderCancelReject, body, key: clOrdId }];
  }

  #massCancel(inbound: Inbound, at: Instant): Outbound[] {
    const { compId, message, record } = inbound;
    const answer = answerMassCancel(this.#market, compId, message, at);
    if (answer.kind === 'incomplete') return this.#incomplete(inbound, answer.tag, at);
    if (answer.isDuplicate) this.#duplicateClOrdId(inbound, answer.report.key, at);
    record.outcome = answer.isAccepted ? 'accepted' : 'rejected';
    return [answer.report, ...this.report(answer.executions)];
  }

  /** Remembers which order an intent became, and says so when it becomes a second one. */
  #checkIntent({ compId, message, connectionId }: Inbound, clOrdId: string, at: Instant): void {
    const intent = message.getString(Tag.SecondaryClOrdID);
    if (intent === undefined) return;
    const first = this.#intents.get(`${compId} ${intent}`);
    if (first === undefined) {
      this.#intents.set(`${compId} ${intent}`, clOrdId);
      return;
    }
    const text = `SecondaryClOrdID ${intent} came as ${first} and again as ${clOrdId}`;
    this.#records.violation({ code: 'duplicate-economic-order', compId, connectionId, clOrdId, text, at });
  }

  #duplicateClOrdId({ compId, message, connectionId, msgSeqNum }: Inbound, clOrdId: string, at: Instant): void {
    const text = `message ${msgSeqNum} (${message.msgType}) uses ClOrdID ${clOrdId} again`;
    this.#records.violation({ code: 'duplicate-cl-ord-id', compId, connectionId, clOrdId, text, at });
  }

  #incomplete(inbound: Inbound, tag: Incomplete['tag'], at: Instant): Outbound[] {
    const reason = BusinessRejectReason.ConditionallyRequiredFieldMissing;
    return this.#refuse(inbound, reason, `field ${tag} is missing`, at);
  }

  #refuse(
    { compId, message, connectionId, msgSeqNum }: Inbound,
    reason: string,
    text: string,
    at: Instant,
  ): Outbound[] {
    const clOrdId = message.getString(Tag.ClOrdID) ?? null;
    const facts = `message ${msgSeqNum} (${message.msgType}): ${text}`;
    this.#records.violation({ code: 'message-rejected', compId, connectionId, clOrdId, text: facts, at });
    const body = businessReject(message.msgType, msgSeqNum, reason, text);
    return [{ compId, msgType: MsgType.BusinessMessageReject, body, key: clOrdId ?? '' }];
  }
}
