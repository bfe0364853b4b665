/**
 * The orders of one FIX client as the client knows them: under its own ClOrdIDs, and with the figures that it was last
 * told. A report is made from the difference between what it was told and what has happened. Orders that were told to be
 * closed are forgotten when `closedMax` later ones are: the same horizon as that of the orders themselves.
 */
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
  /** Our own first ClOrdID: OrderID (37) towards the client. */
  readonly rootClOrdId: string;
  /** Undefined when the ledger had forgotten it when a snapshot was restored; then nothing can happen to it any more. */
  readonly order: Order | undefined;
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

export function newClientOrder(order: Order, clOrdId: string): ClientOrder {
  return {
    rootClOrdId: order.rootClOrdId,
    order,
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

export class ClientOrders {
  readonly closedMax: number;
  readonly #byClOrdId = new Map<string, ClientOrder>();
  readonly #byRoot = new Map<string, ClientOrder>();
  readonly #open = new Set<ClientOrder>();
  /** In the order in which they were told to be closed. */
  readonly #closed = new Set<ClientOrder>();

  constructor(closedMax: number) {
    this.closedMax = closedMax;
  }

  get openCount(): number {
    return this.#open.size;
  }

  get closedCount(): number {
    return this.#closed.size;
  }

  /** By any of the client's ClOrdIDs. */
  find(clOrdId: string): ClientOrder | undefined {
    return this.#byClOrdId.get(clOrdId);
  }

  /** By our own first ClOrdID. */
  ofRoot(rootClOrdId: string): ClientOrder | undefined {
    return this.#byRoot.get(rootClOrdId);
  }

  add(told: ClientOrder): void {
    this.#byRoot.set(told.rootClOrdId, told);
    for (const clOrdId of told.clOrdIds) this.#byClOrdId.set(clOrdId, told);
    (isToldClosed(told) ? this.#closed : this.#open).add(told);
  }

  addClOrdId(told: ClientOrder, clOrdId: string): void {
    told.clOrdIds.push(clOrdId);
    this.#byClOrdId.set(clOrdId, told);
  }

  setStatus(told: ClientOrder, status: string): void {
    const before = isToldClosed(told);
    told.status = status;
    const after = isToldClosed(told);
    if (before === after) return;
    (before ? this.#closed : this.#open).delete(told);
    (after ? this.#closed : this.#open).add(told);
    if (this.#closed.size > this.closedMax) this.#forgetOldest();
  }

  /** Oldest first. */
  open(): IterableIterator<ClientOrder> {
    return this.#open.values();
  }

  closed(): IterableIterator<ClientOrder> {
    return this.#closed.values();
  }

  #forgetOldest(): void {
    const [oldest] = this.#closed;
    if (oldest === undefined) return;
    this.#closed.delete(oldest);
    this.#byRoot.delete(oldest.rootClOrdId);
    for (const clOrdId of oldest.clOrdIds) {
      // A client may have used the id again since.
      if (this.#byClOrdId.get(clOrdId) === oldest) this.#byClOrdId.delete(clOrdId);
    }
  }
}
