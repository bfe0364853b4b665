/**
 * What D, F and G of FIX clients have in common: the values that we support, when a message is not to be acted upon, and
 * the answer to one that came before. The client's name is the strategyId and its ClOrdID (11) the clientKey, so a message
 * that comes again (43=Y, 97=Y, or the client's own retry after a failover) makes no second order: it is told how its
 * order stands.
 */
import { type FixMessage, Tag } from '@baton/fix';
import type { ClientOrder } from './client-order.ts';
import type { ClientRefusal } from './client-refusal.ts';
import { text } from './client-reject.ts';
import { tellStatus } from './client-report.ts';
import type { ClientSession } from './client-session.ts';
import type { OrderType, Side, TimeInForce } from './command.ts';
import { encodeCommand } from './command-encoding.ts';
import { NAME_SIZE_BYTES_MAX } from './configuration-encoding.ts';
import type { CommandResult } from './event.ts';
import type { LedgerState } from './ledger-state.ts';
import { applyRequest, type Request } from './request.ts';

export const SIDES: ReadonlyMap<string, Side> = new Map([
  ['1', 'buy'],
  ['2', 'sell'],
]);
export const ORDER_TYPES: ReadonlyMap<string, OrderType> = new Map([
  ['1', 'market'],
  ['2', 'limit'],
]);
export const TIMES_IN_FORCE: ReadonlyMap<string, TimeInForce> = new Map([
  ['0', 'day'],
  ['1', 'gtc'],
  ['3', 'ioc'],
  ['4', 'fok'],
]);

/** Asks as everybody does. */
export function request(state: LedgerState, command: Request): CommandResult {
  return applyRequest(state, command, encodeCommand(command));
}

/** The order of one of the client's ClOrdIDs, unless it closed so long ago that the ledger has forgotten it. */
export function findKnown(state: LedgerState, client: ClientSession, clOrdId: string): ClientOrder | undefined {
  const told = client.orders.find(clOrdId);
  return told === undefined || state.orders.find(told.rootClOrdId) === undefined ? undefined : told;
}

/** The request was accepted before: the client is told where its order stands now. */
export function tellAgain(state: LedgerState, client: ClientSession, clOrdId: string): ClientRefusal | undefined {
  const told = findKnown(state, client, clOrdId);
  if (told === undefined) return { code: 'CLIENT_KEY_REUSED', text: 'accepted before; the order closed long ago' };
  tellStatus(state, client, told, []);
  return undefined;
}

export function tooLong(message: FixMessage): ClientRefusal | undefined {
  if (text(message, Tag.ClOrdID).length <= NAME_SIZE_BYTES_MAX) return undefined;
  return { code: 'BAD_COMMAND', text: `ClOrdID (11) is longer than ${NAME_SIZE_BYTES_MAX}` };
}

/** Sent again after a loss of the line: worth no more than an order that had to wait for the venue as long. */
export function tooOld(
  state: LedgerState,
  client: ClientSession,
  message: FixMessage,
  symbol: string,
): ClientRefusal | undefined {
  const meantUs = message.possDup ? message.getTimeUs(Tag.OrigSendingTime) : undefined;
  const maxAgeMs = state.venues.get(state.instrument(symbol)?.venue ?? '')?.configuration.orderMaxAgeMs;
  if (meantUs === undefined || maxAgeMs === undefined) return undefined;
  if (state.entry.timeUs - meantUs <= maxAgeMs * 1000 || client.orders.find(text(message, Tag.ClOrdID)))
    return undefined;
  return { code: 'ORDER_TOO_OLD', text: `sent again more than ${maxAgeMs} ms after it was first sent` };
}
