/**
 * OrderMassCancelRequest (q): all orders of the account, or all of one symbol. The report (r) goes first, then one
 * ExecutionReport for each order under the order's own ClOrdID. Source: FIX 4.4 volume 4, Order Mass Cancel.
 */
import { encodeBody, type FixMessage, formatUtcTimestamp, MassCancelRequestType, MsgType, Tag } from '@baton/fix';
import { NO_ORDER } from './execution-report.ts';
import type { Instant } from './instant.ts';
import type { Market } from './market.ts';
import type { Execution } from './order.ts';
import { type Incomplete, missingField } from './order-message.ts';
import { answer } from './order-queries.ts';
import type { Outbound } from './outbound.ts';
import type { VenueSession } from './venue-session.ts';

/** MassCancelRejectReason (532): other. */
const REJECT_OTHER = '99';
const RESPONSE_REJECTED = '0';

export type MassCancelAnswer =
  | {
      readonly kind: 'answered';
      readonly isAccepted: boolean;
      /** The ClOrdID was used before. */
      readonly isDuplicate: boolean;
      readonly report: Outbound;
      readonly executions: readonly Execution[];
    }
  | Incomplete;

export function answerMassCancel(
  market: Market,
  from: VenueSession,
  message: FixMessage,
  at: Instant,
): MassCancelAnswer {
  const missing = missingField(message, [Tag.ClOrdID, Tag.MassCancelRequestType]);
  if (missing !== null) return missing;
  const clOrdId = message.getString(Tag.ClOrdID) ?? '';
  const type = message.getString(Tag.MassCancelRequestType) ?? '';
  const symbol = message.getString(Tag.Symbol) ?? null;
  const isBySymbol = type === MassCancelRequestType.OrdersForSecurity;
  if (isBySymbol && symbol === null) return { kind: 'incomplete', tag: Tag.Symbol };
  const { owner, scopeKey } = from;
  const isDuplicate = market.orders.isUsed({ owner, clOrdId, scopeKey });
  const isAccepted = !isDuplicate && (isBySymbol || type === MassCancelRequestType.AllOrders);
  market.orders.use({ owner, clOrdId, scopeKey });
  const executions = isAccepted ? market.massCancel(owner, isBySymbol ? symbol : null, at) : [];
  const body = encodeBody([
    [Tag.ClOrdID, clOrdId],
    [Tag.OrderID, NO_ORDER],
    [Tag.MassCancelRequestType, type],
    [Tag.MassCancelResponse, isAccepted ? type : RESPONSE_REJECTED],
    ...(isAccepted ? [] : [[Tag.MassCancelRejectReason, REJECT_OTHER] as const]),
    [Tag.TotalAffectedOrders, executions.length],
    ...(symbol === null ? [] : [[Tag.Symbol, symbol] as const]),
    [Tag.TransactTime, formatUtcTimestamp(at.wallUs)],
    ...(isDuplicate ? [[Tag.Text, 'ClOrdID was used before'] as const] : []),
  ]);
  const report = answer(from, MsgType.OrderMassCancelReport, body, clOrdId);
  return { kind: 'answered', isAccepted, isDuplicate, report, executions };
}
