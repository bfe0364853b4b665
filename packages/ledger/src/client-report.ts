/**
 * What happened to a client's orders, told to it: after each entry its events are read, and what the client does not know
 * yet becomes ExecutionReports (8) and OrderCancelRejects (9), whether it is logged on or not. The client sees one order
 * under its own ClOrdIDs; that we and the venue have others is not its business. Every cancel and replace that was
 * accepted is answered exactly once: by its report, or by a reject.
 */
import { CxlRejResponseTo, ExecType, OrdStatus, parseDecimal } from '@baton/fix';
import { executionReport, orderCancelReject, type Report } from './client-message.ts';
import { type ClientOrder, type ClientRequest, isToldClosed } from './client-order.ts';
import { tell } from './client-outbox.ts';
import { cxlRejReason, ordRejReason } from './client-refusal.ts';
import type { ClientSession } from './client-session.ts';
import { execIdAt } from './clordid.ts';
import type { EventBody, OrderView } from './event.ts';
import type { LedgerState } from './ledger-state.ts';
import { isClosed, type Order } from './order.ts';

type EventOf<Type extends EventBody['type']> = Extract<EventBody, { readonly type: Type }>;

/** One order of one client, while it is being told of. */
interface Told {
  readonly client: ClientSession;
  readonly told: ClientOrder;
  readonly order: Order;
}

/** Tells all clients of the entry's events since the last call. */
export function tellClients(state: LedgerState): void {
  const { entry } = state;
  while (entry.toldEvents < entry.events.length) {
    const event = entry.events[entry.toldEvents];
    entry.toldEvents += 1;
    if (state.clients.size === 0) continue;
    switch (event?.type) {
      case 'OrderChanged':
        onOrderChanged(state, event.order);
        break;
      case 'FillApplied':
        onFillApplied(state, event);
        break;
      case 'FillBusted':
        onFillBusted(state, event);
        break;
      case 'CancelRejected':
        onCancelRejected(state, event);
        break;
    }
  }
}

/** OrdStatus (39) of an order as its client knows it, pending changes included. */
export function ordStatusOf(told: ClientOrder): string {
  if (isToldClosed(told)) return told.status;
  if (told.cancel !== undefined) return OrdStatus.PendingCancel;
  if (told.replace !== undefined) return OrdStatus.PendingReplace;
  return told.status;
}

/** Tells what an order is like without anything having happened. */
export function tellStatus(state: LedgerState, client: ClientSession, told: ClientOrder, echo: Report['echo']): void {
  const order = state.orders.find(told.rootClOrdId);
  if (order === undefined) return;
  report(
    state,
    { client, told, order },
    {
      execType: ExecType.OrderStatus,
      ordStatus: ordStatusOf(told),
      execId: '',
      clOrdId: told.workingClOrdId,
      ...(told.status === OrdStatus.Rejected ? { rejectReason: rejectReasonOf(client, order) } : {}),
      text: order.reason,
      echo: echo ?? [],
    },
  );
}

export function nextExecId(state: LedgerState): string {
  state.entry.clientReports += 1;
  return execIdAt(state.configured?.prefix ?? '', state.entry.index, state.entry.clientReports);
}

function onOrderChanged(state: LedgerState, view: OrderView): void {
  const one = find(state, view.strategyId, view.rootClOrdId);
  if (one === undefined) return;
  const { told, order } = one;
  if (isAcknowledged(view, order)) acknowledge(state, one);
  const price = parseDecimal(view.price === '' ? '0' : view.price, order.instrument.priceScale) ?? 0n;
  const quantity = parseDecimal(view.quantity, order.instrument.quantityScale) ?? 0n;
  const { replace } = told;
  if (replace !== undefined && replace.ours === view.clOrdId) {
    told.replace = undefined;
    change(state, one, { execType: ExecType.Replaced, clOrdId: replace.theirs, quantity, price, text: '' });
  } else if (told.quantity !== quantity || told.price !== price || isReopened(told, view)) {
    change(state, one, {
      execType: ExecType.Restated,
      clOrdId: told.workingClOrdId,
      quantity,
      price,
      text: view.reason,
    });
  }
  close(state, one, view);
}

interface Change {
  readonly execType: string;
  readonly clOrdId: string;
  readonly quantity: bigint;
  readonly price: bigint;
  readonly text: string;
}

/** The order has other terms now, or is open again. */
function change(state: LedgerState, one: Told, { clOrdId, execType, price, quantity, text }: Change): void {
  const { client, told } = one;
  const origClOrdId = clOrdId === told.workingClOrdId ? '' : told.workingClOrdId;
  told.workingClOrdId = clOrdId;
  told.quantity = quantity;
  told.price = price;
  client.orders.setStatus(told, statusByFigures(one));
  report(state, one, { execType, ordStatus: told.status, execId: nextExecId(state), clOrdId, origClOrdId, text });
}

function acknowledge(state: LedgerState, one: Told): void {
  const { client, told } = one;
  if (told.acknowledged || isToldClosed(told)) return;
  told.acknowledged = true;
  client.orders.setStatus(told, statusByFigures(one));
  const clOrdId = told.workingClOrdId;
  report(state, one, { execType: ExecType.New, ordStatus: told.status, execId: nextExecId(state), clOrdId });
}

/** The end of an order, and of what was asked for it. */
function close(state: LedgerState, one: Told, view: OrderView): void {
  const { client, told, order } = one;
  const end = endOf(view, told);
  if (end === undefined) return;
  if (!isToldClosed(told)) {
    client.orders.setStatus(told, end.ordStatus);
    const canceled = end.ordStatus === OrdStatus.Canceled ? told.cancel : undefined;
    if (canceled !== undefined) told.cancel = undefined;
    report(state, one, {
      ...end,
      execId: nextExecId(state),
      clOrdId: canceled?.theirs ?? told.workingClOrdId,
      origClOrdId: canceled === undefined ? '' : told.workingClOrdId,
      ...(end.ordStatus === OrdStatus.Rejected ? { rejectReason: rejectReasonOf(client, order) } : {}),
      text: view.reason,
    });
  }
  const { cancel, replace } = told;
  told.cancel = undefined;
  told.replace = undefined;
  if (replace !== undefined) reject(state, one, replace, CxlRejResponseTo.OrderCancelReplaceRequest, 'ORDER_CLOSED');
  if (cancel !== undefined) reject(state, one, cancel, CxlRejResponseTo.OrderCancelRequest, 'ORDER_CLOSED');
}

/** What the client is told of a closed order; undefined while it is open. */
function endOf(view: OrderView, told: ClientOrder): { execType: string; ordStatus: string } | undefined {
  switch (view.state) {
    case 'Filled':
      return { execType: ExecType.Trade, ordStatus: OrdStatus.Filled };
    case 'Canceled':
      return { execType: ExecType.Canceled, ordStatus: OrdStatus.Canceled };
    case 'Expired':
      return { execType: ExecType.Expired, ordStatus: OrdStatus.Expired };
    case 'Rejected':
      return { execType: ExecType.Rejected, ordStatus: OrdStatus.Rejected };
    case 'Voided':
      // It never reached the venue: refused, unless the client has been told otherwise or wanted its end.
      return told.acknowledged || told.cancel !== undefined
        ? { execType: ExecType.Canceled, ordStatus: OrdStatus.Canceled }
        : { execType: ExecType.Rejected, ordStatus: OrdStatus.Rejected };
    default:
      return undefined;
  }
}

function onFillApplied(state: LedgerState, event: EventOf<'FillApplied'>): void {
  const one = find(state, event.strategyId, event.clOrdId);
  if (one === undefined) return;
  const { client, told, order } = one;
  acknowledge(state, one);
  const quantity = parseDecimal(event.quantity, order.instrument.quantityScale) ?? 0n;
  const price = parseDecimal(event.price, order.instrument.priceScale) ?? 0n;
  const execId = nextExecId(state);
  told.cumQuantity += quantity;
  told.cumNotional += quantity * price;
  if (event.execId !== '') told.fills.set(event.execId, { execId, quantity, price });
  client.orders.setStatus(told, statusByFigures(one));
  const clOrdId = told.workingClOrdId;
  const last = { quantity, price };
  report(state, one, { execType: ExecType.Trade, ordStatus: told.status, execId, clOrdId, last });
}

/** A corrected fill is told as taken back and made anew, because that is what it does to the figures. */
function onFillBusted(state: LedgerState, event: EventOf<'FillBusted'>): void {
  const owner = state.orders.find(event.clOrdId);
  const one = owner === undefined ? undefined : find(state, owner.strategyId, owner.rootClOrdId);
  const fill = one?.told.fills.get(event.execId);
  if (one === undefined || fill === undefined) return;
  const { client, told } = one;
  told.fills.delete(event.execId);
  told.cumQuantity -= fill.quantity;
  told.cumNotional -= fill.quantity * fill.price;
  client.orders.setStatus(told, statusByFigures(one));
  report(state, one, {
    execType: ExecType.TradeCancel,
    ordStatus: told.status,
    execId: nextExecId(state),
    clOrdId: told.workingClOrdId,
    execRefId: fill.execId,
    text: event.reason,
  });
}

function onCancelRejected(state: LedgerState, event: EventOf<'CancelRejected'>): void {
  const owner = state.orders.find(event.clOrdId);
  const one = owner === undefined ? undefined : find(state, owner.strategyId, owner.rootClOrdId);
  if (one === undefined) return;
  const { cancel, replace } = one.told;
  if (replace?.ours === event.clOrdId) {
    one.told.replace = undefined;
    reject(state, one, replace, CxlRejResponseTo.OrderCancelReplaceRequest, event.reason);
  } else if (cancel?.ours === event.clOrdId) {
    one.told.cancel = undefined;
    reject(state, one, cancel, CxlRejResponseTo.OrderCancelRequest, event.reason);
  }
}

function find(state: LedgerState, strategyId: string, rootClOrdId: string): Told | undefined {
  const client = state.clients.get(strategyId);
  const told = client?.orders.ofRoot(rootClOrdId);
  const order = told === undefined ? undefined : state.orders.find(rootClOrdId);
  return client === undefined || told === undefined || order === undefined ? undefined : { client, told, order };
}

/** The view is of its own moment, the order is as the entry leaves it: it tells more where a change hides the state. */
function isAcknowledged(view: OrderView, order: Order): boolean {
  if (view.state === 'Working') return true;
  const isHidden = view.state === 'PendingCancel' || view.state === 'PendingReplace' || view.state === 'InDoubt';
  return isHidden && order.phase === 'Working';
}

/** The client was told of an end that turned out to be none. */
function isReopened(told: ClientOrder, view: OrderView): boolean {
  return isToldClosed(told) && endOf(view, told) === undefined;
}

function statusByFigures({ told, order }: Told): string {
  if (told.cumQuantity >= told.quantity) return OrdStatus.Filled;
  // Late news of an order whose end has been told: it stays ended.
  if (isToldClosed(told) && isClosed(order)) return told.status;
  if (told.cumQuantity > 0n) return OrdStatus.PartiallyFilled;
  return told.acknowledged ? OrdStatus.New : OrdStatus.PendingNew;
}

function rejectReasonOf(client: ClientSession, order: Order): string {
  return ordRejReason(order.reason, client.configuration.beginString);
}

function report(state: LedgerState, { client, told, order }: Told, facts: Report): void {
  tell(state, client, '8', executionReport(client.configuration, told, order, facts, state.entry.timeUs));
}

function reject(
  state: LedgerState,
  { client, told }: Told,
  request: ClientRequest,
  responseTo: '1' | '2',
  text: string,
): void {
  const facts = {
    orderId: told.rootClOrdId,
    clOrdId: request.theirs,
    origClOrdId: told.workingClOrdId,
    ordStatus: ordStatusOf(told),
    responseTo,
    reason: cxlRejReason(text, client.configuration.beginString),
    text,
  };
  tell(state, client, '9', orderCancelReject(facts, state.entry.timeUs));
}
