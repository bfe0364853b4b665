/**
 * How a FIX client is told that it asked for what cannot be: an ExecutionReport for a new order, an OrderCancelReject (9)
 * for a cancel or replace, a BusinessMessageReject (j) for a message that cannot be understood at all.
 */
import { BusinessRejectReason, CxlRejResponseTo, ExecType, type FixMessage, OrdStatus, Tag } from '@baton/fix';
import { businessMessageReject, NO_ORDER, orderCancelReject, orderlessReport } from './client-message.ts';
import { tell } from './client-outbox.ts';
import { type ClientRefusal, cxlRejReason, ordRejReason } from './client-refusal.ts';
import { nextExecId, ordStatusOf } from './client-report.ts';
import type { ClientSession } from './client-session.ts';
import type { LedgerState } from './ledger-state.ts';

/** A message that names nothing, or lacks what it must have, cannot be answered by a report. */
export function lacksField(
  state: LedgerState,
  client: ClientSession,
  message: FixMessage,
  tags: readonly number[],
): boolean {
  const missing = tags.find((tag) => text(message, tag) === '');
  if (missing === undefined) return false;
  refuseMessage(
    state,
    client,
    message,
    BusinessRejectReason.ConditionallyRequiredFieldMissing,
    `field ${missing} is missing`,
  );
  return true;
}

export function refuseMessage(
  state: LedgerState,
  client: ClientSession,
  message: FixMessage,
  reason: string,
  why: string,
): void {
  const refId = text(message, Tag.ClOrdID);
  const facts = { refSeqNum: message.msgSeqNum ?? 0, refMsgType: message.msgType, refId, reason, text: why };
  tell(state, client, 'j', businessMessageReject(facts));
}

export function refuseOrder(
  state: LedgerState,
  client: ClientSession,
  message: FixMessage,
  refusal: ClientRefusal,
): void {
  const asked = {
    clOrdId: text(message, Tag.ClOrdID),
    symbol: text(message, Tag.Symbol),
    side: text(message, Tag.Side),
  };
  const facts = {
    execType: ExecType.Rejected,
    ordStatus: OrdStatus.Rejected,
    execId: nextExecId(state),
    rejectReason: ordRejReason(refusal.code, client.configuration.beginString),
    text: `${refusal.code}: ${refusal.text}`,
  };
  tell(state, client, '8', orderlessReport(client.configuration, asked, facts, state.entry.timeUs));
}

export function refuseChange(
  state: LedgerState,
  client: ClientSession,
  message: FixMessage,
  refusal: ClientRefusal,
): void {
  const told = client.orders.find(text(message, Tag.OrigClOrdID));
  const facts = {
    orderId: told?.rootClOrdId ?? NO_ORDER,
    clOrdId: text(message, Tag.ClOrdID),
    origClOrdId: text(message, Tag.OrigClOrdID),
    ordStatus: told === undefined ? OrdStatus.Rejected : ordStatusOf(told),
    responseTo:
      message.msgType === 'G' ? CxlRejResponseTo.OrderCancelReplaceRequest : CxlRejResponseTo.OrderCancelRequest,
    reason: cxlRejReason(refusal.code, client.configuration.beginString),
    text: `${refusal.code}: ${refusal.text}`,
  };
  tell(state, client, '9', orderCancelReject(facts, state.entry.timeUs));
}

/** A field's value; '' when it is absent. */
export function text(message: FixMessage, tag: number): string {
  return message.getString(tag) ?? '';
}
