/**
 * OrderCancelRequest (F) and OrderCancelReplaceRequest (G) of a FIX client, by OrigClOrdID (41). A cancel may name any
 * ClOrdID that the order ever had, because it can only reduce risk; a replace must name the last one, because it would
 * undo what it does not know of.
 */
import { type FixMessage, Tag } from '@baton/fix';
import type { ClientOrder } from './client-order.ts';
import type { ClientRefusal } from './client-refusal.ts';
import { lacksField, refuseChange, text } from './client-reject.ts';
import {
  findKnown,
  ORDER_TYPES,
  request,
  SIDES,
  TIMES_IN_FORCE,
  tellAgain,
  tooLong,
  tooOld,
} from './client-request.ts';
import type { ClientSession } from './client-session.ts';
import type { LedgerState } from './ledger-state.ts';

const CANCEL_REQUIRED = [Tag.ClOrdID, Tag.OrigClOrdID];
const REPLACE_REQUIRED = [...CANCEL_REQUIRED, Tag.OrderQty];

export function cancelOrder(state: LedgerState, client: ClientSession, message: FixMessage): void {
  if (lacksField(state, client, message, CANCEL_REQUIRED)) return;
  const refusal = tooLong(message) ?? cancel(state, client, message);
  if (refusal !== undefined) refuseChange(state, client, message, refusal);
}

export function replaceOrder(state: LedgerState, client: ClientSession, message: FixMessage): void {
  if (lacksField(state, client, message, REPLACE_REQUIRED)) return;
  const refusal = tooLong(message) ?? replace(state, client, message);
  if (refusal !== undefined) refuseChange(state, client, message, refusal);
}

function cancel(state: LedgerState, client: ClientSession, message: FixMessage): ClientRefusal | undefined {
  const told = findKnown(state, client, text(message, Tag.OrigClOrdID));
  if (told === undefined) return unknownOrder(message);
  const clOrdId = text(message, Tag.ClOrdID);
  const result = request(state, {
    type: 'CancelOrder',
    clientKey: clOrdId,
    strategyId: client.configuration.client,
    clOrdId: told.rootClOrdId,
  });
  if (!result.ok) return result;
  if (result.duplicate) return tellAgain(state, client, clOrdId);
  told.cancel = { ours: result.clOrdId, theirs: clOrdId };
  noteRequest(client, told, clOrdId, result.clOrdId);
  return undefined;
}

function replace(state: LedgerState, client: ClientSession, message: FixMessage): ClientRefusal | undefined {
  const told = findKnown(state, client, text(message, Tag.OrigClOrdID));
  if (told === undefined) return unknownOrder(message);
  const clOrdId = text(message, Tag.ClOrdID);
  // A repeat names an id that its own first coming has replaced: only the first is judged.
  const isRepeat = client.orders.find(clOrdId) === told;
  const fault = isRepeat ? undefined : replaceFault(state, client, message, told);
  if (fault !== undefined) return fault;
  const result = request(state, {
    type: 'ReplaceOrder',
    clientKey: clOrdId,
    strategyId: client.configuration.client,
    clOrdId: told.rootClOrdId,
    quantity: text(message, Tag.OrderQty),
    price: text(message, Tag.Price),
  });
  if (!result.ok) return result;
  if (result.duplicate) return tellAgain(state, client, clOrdId);
  // Of an order that has not left yet the terms change at once: it keeps our ClOrdID, and the event of this entry tells.
  told.replace = { ours: result.clOrdId, theirs: clOrdId };
  noteRequest(client, told, clOrdId, result.clOrdId);
  return undefined;
}

function noteRequest(client: ClientSession, told: ClientOrder, theirs: string, ours: string): void {
  client.orders.addClOrdId(told, theirs);
  client.digest.text(theirs).text(ours);
}

/** A replace may change quantity and price, of the order as the client last knew it. */
function replaceFault(
  state: LedgerState,
  client: ClientSession,
  message: FixMessage,
  told: ClientOrder,
): ClientRefusal | undefined {
  const order = state.orders.find(told.rootClOrdId);
  if (order === undefined) return unknownOrder(message);
  const origClOrdId = text(message, Tag.OrigClOrdID);
  if (origClOrdId !== told.workingClOrdId && origClOrdId !== told.replace?.theirs) {
    return { code: 'CLORDID_REPLACED', text: `OrigClOrdID (41) was replaced by ${told.workingClOrdId}` };
  }
  const { orderType, side, timeInForce, instrument } = order;
  const isSame =
    isAbsentOr(message, Tag.Symbol, (value) => value === instrument.symbol) &&
    isAbsentOr(message, Tag.Side, (value) => SIDES.get(value) === side) &&
    isAbsentOr(message, Tag.OrdType, (value) => ORDER_TYPES.get(value) === orderType) &&
    isAbsentOr(message, Tag.TimeInForce, (value) => TIMES_IN_FORCE.get(value) === timeInForce);
  if (!isSame) return { code: 'UNSUPPORTED_VALUE', text: 'a replace may change OrderQty (38) and Price (44) only' };
  return tooOld(state, client, message, instrument.symbol);
}

function isAbsentOr(message: FixMessage, tag: number, isSame: (value: string) => boolean): boolean {
  const value = message.getString(tag);
  return value === undefined || isSame(value);
}

function unknownOrder(message: FixMessage): ClientRefusal {
  return { code: 'UNKNOWN_ORDER', text: `no order of yours has ClOrdID ${text(message, Tag.OrigClOrdID)}` };
}
