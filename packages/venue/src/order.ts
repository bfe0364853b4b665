/**
 * An order as the venue knows it, and the executions that tell its story. Numbers are scaled bigint (the instrument's
 * scales). FIX 4.4: an order's story is the list of its ExecutionReports; `Execution` holds exactly what one report says,
 * frozen at its moment, because the order goes on changing.
 */
import type { Instant } from './instant.ts';
import type { OrderType, TimeInForce } from './matching-engine.ts';
import type { Side } from './side.ts';

export type OrderStatus = 'new' | 'partially-filled' | 'filled' | 'canceled' | 'rejected' | 'expired';

export interface Order {
  readonly orderId: string;
  /** The participant that owns it, or `HOUSE`. */
  readonly owner: string;
  readonly account: string;
  /** The id the owner uses for it now; a replace changes it. */
  clOrdId: string;
  /** Every ClOrdID the order has had, oldest first. */
  readonly clOrdIds: string[];
  readonly symbol: string;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  price: bigint | null;
  quantity: bigint;
  cumQuantity: bigint;
  /** Open quantity; 0 once the order has ended. */
  leavesQuantity: bigint;
  /** Sum of price × quantity of its fills, at price scale + quantity scale. */
  cumNotional: bigint;
  status: OrderStatus;
  /** MsgSeqNum and connection of the message that brought it; null for the house. */
  readonly origin: OrderOrigin | null;
  readonly acceptedAt: Instant;
  endedAt: Instant | null;
  rejectReason: RejectReason | null;
}

/** Which message brought an order. */
export interface OrderOrigin {
  readonly msgSeqNum: number;
  readonly connectionId: number;
  readonly possDup: boolean;
  /** The session that entered it: told of it, and alone able to cancel it where the venue is strict. */
  readonly sessionId: string;
  /** It asked to be cancelled when its connection ends. */
  readonly cancelsOnDisconnect: boolean;
}

/** Why the venue refused a new order. FIX OrdRejReason(103). */
export type RejectReason =
  | 'unknown-symbol'
  | 'duplicate-order'
  | 'unsupported-characteristic'
  | 'incorrect-quantity'
  | 'price-invalid'
  /** The venue turned the message away unread: too old, too many, too busy; the text says which. */
  | 'turned-away';

export type ExecutionType = 'new' | 'trade' | 'canceled' | 'replaced' | 'rejected' | 'expired';

/** The trade of an execution of type `trade`. */
export interface LastTrade {
  readonly tradeId: string;
  readonly price: bigint;
  readonly quantity: bigint;
  /** `maker`: the order rested; `taker`: it came and traded. */
  readonly liquidity: 'maker' | 'taker';
}

/** One thing that happened to an order, with the order's figures right after it. */
export interface Execution {
  readonly execId: string;
  readonly type: ExecutionType;
  readonly order: Readonly<Order>;
  readonly clOrdId: string;
  /** For answers to cancel and replace: the ClOrdID they referred to. */
  readonly origClOrdId: string | null;
  readonly status: OrderStatus;
  readonly price: bigint | null;
  readonly quantity: bigint;
  readonly cumQuantity: bigint;
  readonly leavesQuantity: bigint;
  readonly cumNotional: bigint;
  readonly last: LastTrade | null;
  readonly rejectReason: RejectReason | null;
  readonly text: string;
  readonly at: Instant;
}

/** The participant behind the venue's own counter-flow. */
export const HOUSE = 'HOUSE';

export function isOpen(order: Readonly<Order>): boolean {
  return order.leavesQuantity > 0n;
}
