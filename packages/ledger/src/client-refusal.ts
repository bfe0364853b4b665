/**
 * Why a client's request is refused, in the words of FIX: each of our stable codes has one OrdRejReason (103) and one
 * CxlRejReason (102), and stands at the start of Text (58), because the standard's reasons are too few to act on. FIX 4.2
 * knows fewer of them. FIX 4.4 volume 6.
 */
import { CxlRejReason, OrdRejReason } from '@baton/fix';
import type { DenialCode } from './event.ts';

/** Refusals that only a request by FIX can get, besides the ledger's own. A code is never renamed or reused. */
export type ClientRefusalCode =
  | DenialCode
  | 'UNKNOWN_ACCOUNT'
  | 'UNSUPPORTED_VALUE'
  /** Sent again (43=Y) so long after it was meant that it must be decided anew. */
  | 'ORDER_TOO_OLD'
  /** A replace that names a ClOrdID which another one has replaced. */
  | 'CLORDID_REPLACED';

export interface ClientRefusal {
  readonly code: ClientRefusalCode;
  readonly text: string;
}

const ORDER: Readonly<Partial<Record<ClientRefusalCode, string>>> = {
  UNKNOWN_INSTRUMENT: OrdRejReason.UnknownSymbol,
  BAD_QUANTITY: OrdRejReason.IncorrectQuantity,
  ORDER_QUANTITY_LIMIT: OrdRejReason.OrderExceedsLimit,
  ORDER_NOTIONAL_LIMIT: OrdRejReason.OrderExceedsLimit,
  POSITION_LIMIT: OrdRejReason.OrderExceedsLimit,
  OPEN_ORDERS_LIMIT: OrdRejReason.OrderExceedsLimit,
  USED_CAPITAL_LIMIT: OrdRejReason.OrderExceedsLimit,
  DAILY_LOSS_LIMIT: OrdRejReason.OrderExceedsLimit,
  ORDER_RATE_LIMIT: OrdRejReason.OrderExceedsLimit,
  IN_DOUBT_LIMIT: OrdRejReason.OrderExceedsLimit,
  PRICE_COLLAR: OrdRejReason.OrderExceedsLimit,
  BAD_LOT: OrdRejReason.IncorrectQuantity,
  QUANTITY_OUT_OF_RANGE: OrdRejReason.IncorrectQuantity,
  DUPLICATE_ORDER: OrdRejReason.DuplicateOrder,
  REDUCE_ONLY: OrdRejReason.BrokerOption,
  IN_DOUBT: OrdRejReason.BrokerOption,
  SELF_MATCH: OrdRejReason.BrokerOption,
  INSTRUMENT_NOT_TRADABLE: OrdRejReason.BrokerOption,
  KILL_SWITCH: OrdRejReason.BrokerOption,
  CLIENT_KEY_REUSED: OrdRejReason.DuplicateOrder,
  UNKNOWN_ACCOUNT: OrdRejReason.UnknownAccount,
  UNSUPPORTED_VALUE: OrdRejReason.UnsupportedOrderCharacteristic,
  ORDER_TOO_OLD: OrdRejReason.TooLateToEnter,
};

const CHANGE: Readonly<Partial<Record<ClientRefusalCode, string>>> = {
  UNKNOWN_ORDER: CxlRejReason.UnknownOrder,
  ORDER_CLOSED: CxlRejReason.TooLateToCancel,
  CHANGE_PENDING: CxlRejReason.AlreadyPending,
  CLIENT_KEY_REUSED: CxlRejReason.DuplicateClOrdID,
};

/** Highest values that FIX 4.2 knows. */
const ORD_REJ_REASON_MAX_42 = 8;
const CXL_REJ_REASON_MAX_42 = 3;

export function ordRejReason(code: string, beginString: string): string {
  const reason = ORDER[code as ClientRefusalCode] ?? OrdRejReason.Other;
  return beginString === 'FIX.4.2' && Number(reason) > ORD_REJ_REASON_MAX_42 ? OrdRejReason.BrokerOption : reason;
}

export function cxlRejReason(code: string, beginString: string): string {
  const reason = CHANGE[code as ClientRefusalCode] ?? CxlRejReason.Other;
  return beginString === 'FIX.4.2' && Number(reason) > CXL_REJ_REASON_MAX_42 ? CxlRejReason.BrokerOption : reason;
}

/** Longest Text (58) that clients have to take. */
const TEXT_LENGTH_MAX = 200;

/** Text as a field can carry it; some of it came from a venue. */
export function reportText(text: string): string {
  return text.slice(0, TEXT_LENGTH_MAX).replace(/[^\x20-\x7e]/g, '?');
}
