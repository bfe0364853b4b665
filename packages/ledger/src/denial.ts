/**
 * Why a command is refused: a closed list of stable codes, each with a text for people. A code is never renamed or reused;
 * clients by FIX get it at the start of Text (58). The list is documented in the package's README.
 */
import type { CommandResult, DenialCode } from './event.ts';

const DENIAL_TEXT: Readonly<Record<DenialCode, string>> = {
  BAD_COMMAND: 'the command cannot be understood',
  NOT_CONFIGURED: 'the cluster has no configuration yet',
  UNKNOWN_INSTRUMENT: 'no such instrument is configured',
  BAD_QUANTITY: 'quantity is not a positive decimal within the scale of the instrument, or not above what is filled',
  BAD_PRICE: 'a limit order needs a positive price within the scale of the instrument, a market order none',
  BAD_TICK: 'price is not a multiple of the tick size of the instrument',
  BAD_LOT: 'quantity is not a multiple of the lot size of the instrument',
  QUANTITY_OUT_OF_RANGE: 'quantity is below the smallest or above the largest that the venue takes',
  INSTRUMENT_NOT_TRADABLE: 'the instrument is configured as not tradable',
  ORDER_QUANTITY_LIMIT: 'quantity is above the limit of one order',
  ORDER_NOTIONAL_LIMIT: 'price times quantity is above the limit of one order',
  PRICE_COLLAR: 'the price is further from the reference price than the collar allows',
  REFERENCE_MISSING: 'a limit needs a reference price, and the log has none of this symbol',
  REFERENCE_STALE: 'a limit needs a reference price, and the last one is too old',
  POSITION_LIMIT: 'with all open orders filled the position would exceed its limit',
  USED_CAPITAL_LIMIT: 'open orders and positions would tie up more capital than the limit',
  DAILY_LOSS_LIMIT: 'the loss of the day is above the limit: only orders that reduce a position pass',
  OPEN_ORDERS_LIMIT: 'too many orders are open',
  ORDER_RATE_LIMIT: 'too many orders and replaces within the window',
  CANCEL_RATE_LIMIT: 'too many cancels within the window',
  DUPLICATE_ORDER: 'the same strategy has just sent the same order',
  SELF_MATCH: 'the order could trade with an open one of the same account',
  IN_DOUBT_LIMIT: 'too many orders are in doubt',
  IN_DOUBT: 'an order of the strategy is in doubt: only orders that reduce a position pass',
  REDUCE_ONLY: 'only orders that reduce a position pass',
  KILL_SWITCH: 'the kill switch is on',
  UNKNOWN_ORDER: 'no order with this ClOrdID is known, or it closed long ago',
  ORDER_CLOSED: 'the order is closed',
  CHANGE_PENDING: 'a cancel or replace of this order is waiting for its answer',
  CLIENT_KEY_REUSED: 'another request was made under this clientKey',
  NOT_EXTERNAL: 'the order belongs to a strategy already',
  VENUE_NOT_READY: 'the gate of the venue is closed',
  NO_STATUS_QUERY: 'the venue answers no status query',
  UNKNOWN_SCOPE: 'no such venue or symbol is configured',
  NO_RAMP: 'no ramp is running',
  TIMERS_LIMIT: 'too many timers are set',
  STRATEGIES_LIMIT: 'too many strategies keep state, are deployed or are paused',
  UNKNOWN_STRATEGY: 'no version of this strategy was ever deployed',
  UNKNOWN_DEPLOYMENT: 'this deployment is not where it would have to be: see which are active, candidate and previous',
  SUPERSEDED: 'another version of the strategy is active',
  STRATEGY_PAUSED: 'the strategy is paused: only cancels pass',
  TRADING_STOPPED: 'trading is stopped: cancels pass, new orders wait for POST /start-trading',
  NO_DRAIN: 'no drain waits for a checkpoint of this index',
  NOT_WHOLE: 'a drill begins with a cluster that is whole',
  NO_DRILL: 'no drill of this id is under way',
  NO_RECOVERY: 'no recovery waits for this step',
  UNKNOWN_KEY: 'no such key of the configuration',
  BAD_VALUE: 'the value does not fit the key',
  RESTART_NEEDED: 'the key cannot change while nodes run',
  VERSION: 'the version is not above the one in force',
  STALE_SEQUENCE: 'the sequence number of the state is not above the last one',
};

export function denied(code: DenialCode, text: string = DENIAL_TEXT[code]): Extract<CommandResult, { ok: false }> {
  return { ok: false, code, text, duplicate: false };
}

export function accepted(clOrdId: string): Extract<CommandResult, { ok: true }> {
  return { ok: true, clOrdId, duplicate: false };
}

/** A command that makes no order was carried out. */
export function done(): Extract<CommandResult, { ok: true }> {
  return accepted('');
}
