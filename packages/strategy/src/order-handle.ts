/**
 * What a strategy holds of an order it asked for. A handle is found again by its key, not by the process that made it: the
 * same intent, decided on another node from the same input, has the same key, and its handle there settles with the same
 * order. So `await handle.settled` goes on where a leader died.
 */
import type { DenialCode, OrderType, OrderView, Side, TimeInForce } from '@baton/ledger';

/** Text, or anything that writes itself as an exact decimal. A number is refused by the compiler: it would be rounded. */
export type Decimal = string | bigint | (object & { toFixed(): string });

/** An order as a strategy asks for it. */
export interface OrderIntent {
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Decimal;
  /** Limit price; left out for a market order. */
  readonly price?: Decimal;
  readonly timeInForce?: TimeInForce;
  readonly orderType?: OrderType;
  /**
   * Names the intent: whoever repeats it, on whatever node, gets the first order. Left out: made from what caused it, so
   * that the same input gives the same key on every node. At most 64 bytes.
   */
  readonly key?: string;
}

/** The cluster's answer to an intent. */
export type Acceptance =
  | { readonly ok: true; readonly clOrdId: string }
  /** Denied by the ledger, with its reason. */
  | { readonly ok: false; readonly code: DenialCode | 'NOT_ISSUED' | 'HALTED'; readonly text: string };

/** How an order ended. */
export type Settled =
  | { readonly type: 'ended'; readonly order: OrderView }
  /** It never became an order: denied, or never issued. */
  | { readonly type: 'never'; readonly code: DenialCode | 'NOT_ISSUED' | 'HALTED'; readonly text: string };

/** The outcome of a cancel or a replace. */
export type Change =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly code: DenialCode | 'NOT_ISSUED' | 'HALTED' | 'REJECTED' | 'ORDER_ENDED';
      readonly text: string;
    };

export interface OrderHandle {
  readonly key: string;
  /** The order as last heard; undefined before it is one. */
  readonly order: OrderView | undefined;
  /** Resolves when the cluster has committed the order, or denied it. Never rejects. */
  readonly accepted: Promise<Acceptance>;
  /** Resolves when the order has ended, across any number of leaders. Never rejects. */
  readonly settled: Promise<Settled>;
  /** Resolves when the order has ended or the cancel was refused. */
  cancel(): Promise<Change>;
  /** Resolves when the venue has replaced the order, or not. */
  replace(change: { readonly quantity: Decimal; readonly price: Decimal }): Promise<Change>;
}

export function decimalText(value: Decimal): string {
  if (typeof value === 'string') return value;
  return typeof value === 'bigint' ? value.toString() : value.toFixed();
}
