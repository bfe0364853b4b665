/**
 * Questions of FIX clients: OrderStatusRequest (H) about one order, OrderMassStatusRequest (AF) about all open ones. A mass
 * status is told in batches, one an entry, so that no entry takes long and a slow client is not flooded; one at a time.
 */
import {
  type BodyField,
  BusinessRejectReason,
  ExecType,
  type FixMessage,
  MassStatusReqType,
  OrdRejReason,
  OrdStatus,
  Tag,
} from '@baton/fix';
import { orderlessReport } from './client-message.ts';
import { tell } from './client-outbox.ts';
import { lacksField, refuseMessage, text } from './client-reject.ts';
import { tellStatus } from './client-report.ts';
import { findKnown } from './client-request.ts';
import type { ClientSession } from './client-session.ts';
import type { LedgerState } from './ledger-state.ts';

/** Reports an entry: about a millisecond of work. */
const BATCH = 100;
export function tellOrderStatus(state: LedgerState, client: ClientSession, message: FixMessage): void {
  if (lacksField(state, client, message, [Tag.ClOrdID])) return;
  const clOrdId = text(message, Tag.ClOrdID);
  const requestId = text(message, Tag.OrdStatusReqID);
  const echo: BodyField[] = requestId === '' ? [] : [[Tag.OrdStatusReqID, requestId]];
  const told = findKnown(state, client, clOrdId);
  if (told !== undefined) {
    tellStatus(state, client, told, echo);
    return;
  }
  const asked = { clOrdId, symbol: text(message, Tag.Symbol), side: text(message, Tag.Side) };
  const why = `UNKNOWN_ORDER: no order of yours has ClOrdID ${clOrdId}, or it closed long ago`;
  tellUnknown(state, client, asked, why, echo);
}

export function beginMassStatus(state: LedgerState, client: ClientSession, message: FixMessage): void {
  if (lacksField(state, client, message, [Tag.MassStatusReqID, Tag.MassStatusReqType])) return;
  const requestId = text(message, Tag.MassStatusReqID);
  const type = text(message, Tag.MassStatusReqType);
  const isForSecurity = type === MassStatusReqType.OrdersForSecurity;
  if (!isForSecurity && type !== MassStatusReqType.AllOrders) {
    refuseMessage(state, client, message, BusinessRejectReason.Other, 'MassStatusReqType (585): expected 1 or 7');
    return;
  }
  if (isForSecurity && lacksField(state, client, message, [Tag.Symbol])) return;
  if (client.massStatus !== undefined) {
    refuseMessage(
      state,
      client,
      message,
      BusinessRejectReason.ApplicationNotAvailable,
      'the mass status request before it is being answered',
    );
    return;
  }
  const symbol = text(message, Tag.Symbol);
  const left: string[] = [];
  for (const told of client.orders.open()) {
    if (!isForSecurity || state.orders.find(told.rootClOrdId)?.instrument.symbol === symbol)
      left.push(told.rootClOrdId);
  }
  if (left.length === 0) {
    const asked = { clOrdId: requestId, symbol, side: '' };
    tellUnknown(state, client, asked, 'no open orders', massEcho(requestId, 0, true));
    return;
  }
  client.massStatus = { requestId, total: left.length, left, dueUs: 0 };
  continueMassStatus(state, client);
}

/** Tells the next batch. Orders that have closed meanwhile are told as closed. */
export function continueMassStatus(state: LedgerState, client: ClientSession): void {
  const { massStatus } = client;
  if (massStatus === undefined) return;
  const batch = massStatus.left.slice(0, BATCH);
  massStatus.left = massStatus.left.slice(BATCH);
  massStatus.dueUs = state.entry.timeUs;
  const isLastBatch = massStatus.left.length === 0;
  batch.forEach((root, at) => {
    const echo = massEcho(massStatus.requestId, massStatus.total, isLastBatch && at === batch.length - 1);
    const told = client.orders.ofRoot(root);
    if (told !== undefined && state.orders.find(root) !== undefined) tellStatus(state, client, told, echo);
    else tellUnknown(state, client, { clOrdId: root, symbol: '', side: '' }, 'closed long ago', echo);
  });
  if (isLastBatch) client.massStatus = undefined;
}

function massEcho(requestId: string, total: number, isLast: boolean): BodyField[] {
  return [
    [Tag.MassStatusReqID, requestId],
    [Tag.TotNumReports, total],
    [Tag.LastRptRequested, isLast ? 'Y' : 'N'],
  ];
}

function tellUnknown(
  state: LedgerState,
  client: ClientSession,
  asked: { readonly clOrdId: string; readonly symbol: string; readonly side: string },
  why: string,
  echo: readonly BodyField[],
): void {
  const rejectReason = OrdRejReason.UnknownOrder;
  const facts = {
    execType: ExecType.OrderStatus,
    ordStatus: OrdStatus.Rejected,
    execId: '',
    rejectReason,
    text: why,
    echo,
  };
  tell(state, client, '8', orderlessReport(client.configuration, asked, facts, state.entry.timeUs));
}
