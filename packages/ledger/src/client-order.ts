/** One order as the FIX client that entered it knows it. */
import { OrdStatus } from '@baton/fix';
import type { Order } from './order.ts';

/** A cancel or replace of the client that is not answered: our ClOrdID for it, and the client's. */
export interface ClientRequest {
  readonly ours: string;
  readonly theirs: string;
}

/** A fill as the client was told of it. */
export interface ToldFill {
  /** Our ExecID (17). */
  readonly execId: string;
  readonly quantity: bigint;
  readonly price: bigint;
}

export interface ClientOrder {
  /** The client's name. */
  readonly client: string;
  /** Our own first ClOrdID: OrderID (37) towards the client. */
  readonly rootClOrdId: string;
  /** The client's, oldest first: of the order, its replaces and cancels. Each finds it. */
  readonly clOrdIds: string[];
  /** The client's ClOrdID of the order, or of its last accepted replace. */
  workingClOrdId: string;
  cancel: ClientRequest | undefined;
  replace: ClientRequest | undefined;
  /** The client was told that the venue has the order. */
  acknowledged: boolean;
  /** OrdStatus (39) last told, pending changes aside. */
  status: string;
  quantity: bigint;
  price: bigint;
  cumQuantity: bigint;
  /** Σ price × quantity of the fills, at priceScale + quantityScale. */
  cumNotional: bigint;
  /** By the venue's ExecID. */
  readonly fills: Map<string, ToldFill>;
}

const CLOSED: ReadonlySet<string> = new Set([
  OrdStatus.Filled,
  OrdStatus.Canceled,
  OrdStatus.Rejected,
  OrdStatus.Expired,
]);

export function newClientOrder(client: string, order: Order, clOrdId: string): ClientOrder {
  return {
    client,
    rootClOrdId: order.rootClOrdId,
    clOrdIds: [clOrdId],
    workingClOrdId: clOrdId,
    cancel: undefined,
    replace: undefined,
    acknowledged: false,
    status: OrdStatus.PendingNew,
    quantity: order.quantity,
    price: order.price,
    cumQuantity: 0n,
    cumNotional: 0n,
    fills: new Map(),
  };
}

/** The client was told that nothing more will happen to it. */
export function isToldClosed(told: ClientOrder): boolean {
  return CLOSED.has(told.status);
}
