/**
 * NewOrderSingle (D) of a FIX client: becomes the request that everybody makes, and the client's own ClOrdID finds the
 * order from then on. What becomes of it, client-report.ts tells.
 */
import { type FixMessage, Tag } from '@baton/fix';
import { newClientOrder } from './client-order.ts';
import type { ClientRefusal } from './client-refusal.ts';
import { lacksField, refuseOrder, text } from './client-reject.ts';
import { ORDER_TYPES, request, SIDES, TIMES_IN_FORCE, tellAgain, tooLong, tooOld } from './client-request.ts';
import type { ClientSession } from './client-session.ts';
import type { LedgerState } from './ledger-state.ts';

const REQUIRED = [Tag.ClOrdID, Tag.Symbol, Tag.Side, Tag.OrderQty, Tag.OrdType];

export function enterOrder(state: LedgerState, client: ClientSession, message: FixMessage): void {
  if (lacksField(state, client, message, REQUIRED)) return;
  const refusal = unacceptable(state, client, message) ?? submit(state, client, message);
  if (refusal !== undefined) refuseOrder(state, client, message, refusal);
}

/** What speaks against a new order before the ledger is asked. */
function unacceptable(state: LedgerState, client: ClientSession, message: FixMessage): ClientRefusal | undefined {
  const account = text(message, Tag.Account);
  const own = client.configuration.account;
  if (own !== '' && account !== '' && account !== own) {
    return { code: 'UNKNOWN_ACCOUNT', text: `Account (1) is not ${own}` };
  }
  return tooLong(message) ?? tooOld(state, client, message, text(message, Tag.Symbol));
}

function submit(state: LedgerState, client: ClientSession, message: FixMessage): ClientRefusal | undefined {
  const side = SIDES.get(text(message, Tag.Side));
  const orderType = ORDER_TYPES.get(text(message, Tag.OrdType));
  const timeInForce = TIMES_IN_FORCE.get(message.getString(Tag.TimeInForce) ?? '0');
  if (side === undefined || orderType === undefined || timeInForce === undefined) {
    const values = 'Side (54) 1 or 2, OrdType (40) 1 or 2, TimeInForce (59) 0, 1, 3 or 4';
    return { code: 'UNSUPPORTED_VALUE', text: `expected ${values}` };
  }
  const clOrdId = text(message, Tag.ClOrdID);
  const result = request(state, {
    type: 'SubmitOrder',
    clientKey: clOrdId,
    strategyId: client.configuration.client,
    symbol: text(message, Tag.Symbol),
    side,
    orderType,
    timeInForce,
    quantity: text(message, Tag.OrderQty),
    price: text(message, Tag.Price),
  });
  if (!result.ok) return result;
  if (result.duplicate) return tellAgain(state, client, clOrdId);
  const order = state.orders.find(result.clOrdId);
  if (order === undefined) throw new Error(`broken invariant: order ${result.clOrdId} was accepted and is not there`);
  client.orders.add(newClientOrder(client.configuration.client, order, clOrdId));
  client.digest.text(clOrdId).text(result.clOrdId);
  return undefined;
}
