/**
 * The account asked for over the FIX session: open orders by OrderMassStatusRequest (AF), fills by
 * TradeCaptureReportRequest (AD), positions by RequestForPositions (AN). The answers move nothing: each is told as an event,
 * for the leader to put together. A question's id names the entry that asked it, so an answer to an older one is known as
 * such. Sources: FIX 4.4 volume 4 (AF), volume 5 (AD, AE, AQ, AN, AO, AP).
 */
import { encodeBody, type FixMessage, formatDecimal, formatUtcTimestamp, parseDecimal, Tag } from '@baton/fix';
import { accepted, denied } from '../denial.ts';
import { send } from '../dispatch.ts';
import type { CommandResult } from '../event.ts';
import type { LedgerState } from '../ledger-state.ts';
import { factsOf } from '../venue-facts.ts';
import type { VenueSession } from '../venue-session.ts';
import type { AccountFill, AccountOrder, AccountPosition, AccountSubject } from './account.ts';

/** MassStatusReqType (585): all orders. TradeRequestType (569): all trades. PosReqType (724): positions. */
const ALL_ORDERS = 7;
const ALL_TRADES = 0;
const POSITIONS = 0;
/** A range of times of trades: one date and time is where it begins. */
const NO_DATES = 580;
const HEAD = 'R';
/** Quantities of positions are sums, at the instrument's scale or finer. */
const SUM_SCALE = 18;

const WAY = { orders: 'AF', fills: 'AD', positions: 'AN' } as const;
const SIDE_BY_TAG: Readonly<Record<string, 'buy' | 'sell'>> = { '1': 'buy', '2': 'sell' };
const TIME_IN_FORCE = { '0': 'day', '1': 'gtc', '3': 'ioc', '4': 'fok' } as const;

interface Asked {
  readonly subject: AccountSubject;
  /** Fills before this are not wanted, µs since 1970. */
  readonly sinceUs: number;
}

export function applyAskAccount(state: LedgerState, venue: VenueSession, { sinceUs, subject }: Asked): CommandResult {
  const way = WAY[subject];
  if (!factsOf(venue.configuration).statusBy.includes(way)) return denied('NO_STATUS_QUERY');
  const id = `${HEAD}${state.entry.index}`;
  const slot = send(state, venue, { msgType: way, body: bodyOf(state, venue, { subject, sinceUs }, id), key: '' });
  return slot === 0 ? denied('VENUE_NOT_READY') : accepted(id);
}

/** Does a message answer such a question? Then it is told, and does nothing else. */
export function tellAccount(state: LedgerState, venue: VenueSession, message: FixMessage): boolean {
  const request = requestOf(message);
  if (request === undefined) return false;
  const { venue: name } = venue.configuration;
  const total = message.getInt(TOTAL_TAG[message.msgType] ?? Tag.TotNumReports) ?? -1;
  const tell = (subject: AccountSubject, item: AccountFill | AccountOrder | AccountPosition | undefined): void =>
    state.emit({ type: 'AccountTold', venue: name, request, subject, total, item });
  switch (message.msgType) {
    case '8':
      tell('orders', isNone(message) ? undefined : orderFrom(message));
      return true;
    case 'AE':
      tell('fills', fillFrom(message));
      return true;
    case 'AP':
      tell('positions', positionFrom(message));
      return true;
    default:
      // Acknowledgements: how many will come.
      tell(message.msgType === 'AQ' ? 'fills' : 'positions', undefined);
      return true;
  }
}

const TOTAL_TAG: Readonly<Record<string, number>> = {
  AQ: Tag.TotNumTradeReports,
  AE: Tag.TotNumTradeReports,
  AO: Tag.TotalNumPosReports,
};

function requestOf(message: FixMessage): string | undefined {
  const tag =
    message.msgType === '8'
      ? Tag.MassStatusReqID
      : message.msgType === 'AE' || message.msgType === 'AQ'
        ? Tag.TradeRequestID
        : message.msgType === 'AP' || message.msgType === 'AO'
          ? Tag.PosReqID
          : 0;
  const id = tag === 0 ? undefined : message.getString(tag);
  return id?.startsWith(HEAD) === true ? id : undefined;
}

function bodyOf(state: LedgerState, venue: VenueSession, { sinceUs, subject }: Asked, id: string): Uint8Array {
  const { account } = venue.configuration;
  const now = formatUtcTimestamp(state.entry.timeUs);
  switch (subject) {
    case 'orders':
      return encodeBody([
        [Tag.MassStatusReqID, id],
        [Tag.MassStatusReqType, ALL_ORDERS],
        [Tag.Account, account],
      ]);
    case 'fills':
      return encodeBody([
        [Tag.TradeRequestID, id],
        [Tag.TradeRequestType, ALL_TRADES],
        [NO_DATES, 1],
        [Tag.TradeDate, formatUtcTimestamp(sinceUs).slice(0, 8)],
        [Tag.TransactTime, formatUtcTimestamp(sinceUs)],
      ]);
    case 'positions':
      return encodeBody([
        [Tag.PosReqID, id],
        [Tag.PosReqType, POSITIONS],
        [Tag.Account, account],
        [Tag.AccountType, 1],
        [Tag.ClearingBusinessDate, now.slice(0, 8)],
        [Tag.TransactTime, now],
      ]);
  }
}

/** "No open orders" comes as the report of an order that nobody knows. */
function isNone(message: FixMessage): boolean {
  return message.getString(Tag.OrdStatus) === '8';
}

function orderFrom(message: FixMessage): AccountOrder {
  const text = (tag: number): string => message.getString(tag) ?? '';
  return {
    clOrdId: text(Tag.ClOrdID),
    orderId: text(Tag.OrderID),
    symbol: text(Tag.Symbol),
    side: SIDE_BY_TAG[text(Tag.Side)] ?? 'sell',
    orderType: text(Tag.Price) === '' ? 'market' : 'limit',
    timeInForce: TIME_IN_FORCE[text(Tag.TimeInForce) as keyof typeof TIME_IN_FORCE] ?? 'day',
    quantity: text(Tag.OrderQty),
    price: text(Tag.Price),
    cumQuantity: text(Tag.CumQty),
  };
}

function fillFrom(message: FixMessage): AccountFill {
  const text = (tag: number): string => message.getString(tag) ?? '';
  return {
    execId: text(Tag.ExecID),
    clOrdId: text(Tag.ClOrdID),
    orderId: text(Tag.OrderID),
    symbol: text(Tag.Symbol),
    side: SIDE_BY_TAG[text(Tag.Side)] ?? 'sell',
    quantity: text(Tag.LastQty),
    price: text(Tag.LastPx),
    timeUs: message.getTimeUs(Tag.TransactTime) ?? 0,
  };
}

/** Long minus short (PosType TQ); no average price comes with it. */
function positionFrom(message: FixMessage): AccountPosition {
  const sum = (tag: number): bigint => parseDecimal(message.getString(tag) ?? '0', SUM_SCALE) ?? 0n;
  return {
    symbol: message.getString(Tag.Symbol) ?? '',
    quantity: formatDecimal(sum(Tag.LongQty) - sum(Tag.ShortQty), SUM_SCALE),
    averagePrice: '',
  };
}
