/**
 * The orders of one FIX client as the client knows them: under its own ClOrdIDs, and with the figures that it was last
 * told. A report is made from the difference between what it was told and what has happened. An order that was told to be
 * closed leaves the JavaScript heap at the end of the entry, for the archive that all clients share; what is found there
 * must not be kept longer than an entry.
 */
import { OrdStatus } from '@baton/fix';
import type { ClientOrderArchive } from './client-order-archive.ts';
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

/** ClOrdIDs of one chain: the first and the last ones. */
const CHAIN_MAX = 1000;

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

export class ClientOrders {
  readonly #client: string;
  readonly #archive: ClientOrderArchive;
  /** Open orders, and those that were told to be closed in this entry. */
  readonly #byClOrdId = new Map<string, ClientOrder>();
  readonly #byRoot = new Map<string, ClientOrder>();
  readonly #open = new Set<ClientOrder>();

  constructor(client: string, archive: ClientOrderArchive) {
    this.#client = client;
    this.#archive = archive;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** By any of the client's ClOrdIDs. */
  find(clOrdId: string): ClientOrder | undefined {
    return this.#byClOrdId.get(clOrdId) ?? this.#archive.findTheirs(this.#client, clOrdId);
  }

  /** By our own first ClOrdID. */
  ofRoot(rootClOrdId: string): ClientOrder | undefined {
    return this.#byRoot.get(rootClOrdId) ?? this.#archive.findOurs(this.#client, rootClOrdId);
  }

  /** One that is not told to be closed. */
  add(told: ClientOrder): void {
    this.#byRoot.set(told.rootClOrdId, told);
    for (const clOrdId of told.clOrdIds) this.#byClOrdId.set(clOrdId, told);
    this.#open.add(told);
  }

  addClOrdId(told: ClientOrder, clOrdId: string): void {
    told.clOrdIds.push(clOrdId);
    const isHere = this.#byRoot.get(told.rootClOrdId) === told;
    if (isHere) this.#byClOrdId.set(clOrdId, told);
    if (told.clOrdIds.length <= CHAIN_MAX) return;
    for (const forgotten of told.clOrdIds.splice(1, 1)) if (isHere) this.#forget(forgotten, told);
  }

  setStatus(told: ClientOrder, status: string): void {
    const before = isToldClosed(told);
    told.status = status;
    const after = isToldClosed(told);
    if (before === after) return;
    if (after) {
      this.#open.delete(told);
      this.#archive.close(told, () => this.#leave(told));
    } else {
      if (this.#archive.reopen(told)) this.add(told);
      else this.#open.add(told);
    }
  }

  /** Oldest first. */
  open(): IterableIterator<ClientOrder> {
    return this.#open.values();
  }

  #leave(told: ClientOrder): void {
    this.#byRoot.delete(told.rootClOrdId);
    for (const clOrdId of told.clOrdIds) this.#forget(clOrdId, told);
  }

  /** A client may have used the id again since. */
  #forget(clOrdId: string, told: ClientOrder): void {
    if (this.#byClOrdId.get(clOrdId) === told) this.#byClOrdId.delete(clOrdId);
  }
}
