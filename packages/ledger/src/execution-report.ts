/**
 * An ExecutionReport (8) as the ledger reads it: what kind of news it is, and its figures scaled by the instrument. FIX
 * 4.2 says by ExecTransType (20) what 4.4 says by ExecType (150); after this file there is one vocabulary. Only 'trade',
 * 'correct' and 'bust' ever move quantities: a status report says how things stand, not that something happened
 * (trading reference §3.4).
 */
import { type FixMessage, Tag } from '@baton/fix';
import type { Side } from './command.ts';
import type { Instrument } from './instrument.ts';
import type { Order } from './order.ts';
import type { VenueSession } from './venue-session.ts';

export type ExecutionKind = 'trade' | 'correct' | 'bust' | 'status' | 'state';

export interface ExecutionReport {
  readonly kind: ExecutionKind;
  readonly clOrdId: string;
  readonly origClOrdId: string;
  readonly orderId: string;
  readonly execId: string;
  /** The fill that a correction or bust refers to. */
  readonly execRefId: string;
  readonly execType: string;
  readonly ordStatus: string;
  readonly symbol: string;
  readonly side: Side | undefined;
  /** OrdRejReason (103). */
  readonly rejectReason: string;
  readonly text: string;
  /** OrdStatusReqID (790), MassStatusReqID (584): the question that a status report answers; '' when the venue does not say. */
  readonly statusRequestId: string;
}

/** Figures of a report; undefined where the report has none, or one that does not fit the instrument's scale. */
export interface ExecutionFigures {
  readonly lastQuantity: bigint | undefined;
  readonly lastPrice: bigint | undefined;
  readonly cumQuantity: bigint | undefined;
  readonly leavesQuantity: bigint | undefined;
  readonly orderQuantity: bigint | undefined;
  readonly price: bigint | undefined;
}

/** One report with everything its rules need to know. */
export interface Execution {
  readonly venue: VenueSession;
  readonly order: Order;
  readonly report: ExecutionReport;
  readonly figures: ExecutionFigures;
}

export function executionReportFrom(message: FixMessage): ExecutionReport {
  const text = (tag: number): string => message.getString(tag) ?? '';
  const execType = text(Tag.ExecType);
  const side = message.getString(Tag.Side);
  return {
    kind: kindOf(message, execType),
    clOrdId: text(Tag.ClOrdID),
    origClOrdId: text(Tag.OrigClOrdID),
    orderId: text(Tag.OrderID),
    execId: text(Tag.ExecID),
    execRefId: text(Tag.ExecRefID),
    execType,
    ordStatus: text(Tag.OrdStatus),
    symbol: text(Tag.Symbol),
    side: side === '1' ? 'buy' : side === undefined || side === '' ? undefined : 'sell',
    rejectReason: text(Tag.OrdRejReason),
    text: text(Tag.Text),
    statusRequestId: text(Tag.OrdStatusReqID) || text(Tag.MassStatusReqID),
  };
}

export function executionFiguresFrom(message: FixMessage, instrument: Instrument): ExecutionFigures {
  const { priceScale, quantityScale } = instrument;
  return {
    lastQuantity: message.getDecimal(Tag.LastQty, quantityScale),
    lastPrice: message.getDecimal(Tag.LastPx, priceScale),
    cumQuantity: message.getDecimal(Tag.CumQty, quantityScale),
    leavesQuantity: message.getDecimal(Tag.LeavesQty, quantityScale),
    orderQuantity: message.getDecimal(Tag.OrderQty, quantityScale),
    price: message.getDecimal(Tag.Price, priceScale),
  };
}

function kindOf(message: FixMessage, execType: string): ExecutionKind {
  switch (message.getString(Tag.ExecTransType)) {
    case '1':
      return 'bust';
    case '2':
      return 'correct';
    case '3':
      return 'status';
  }
  switch (execType) {
    case 'F':
    // Until 4.2 a trade was told by what it did to the order.
    case '1':
    case '2':
      return 'trade';
    case 'G':
      return 'correct';
    case 'H':
      return 'bust';
    case 'I':
      return 'status';
    default:
      return 'state';
  }
}
