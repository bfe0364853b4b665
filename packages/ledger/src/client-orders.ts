/**
 * The orders of one FIX client as the client knows them: under its own ClOrdIDs, and with the figures that it was last
 * told. A report is made from the difference between what it was told and what has happened. An order that was told to be
 * closed leaves the JavaScript heap at the end of the entry, for the archive that all clients share; what is found there
 * must not be kept longer than an entry.
 */
import { type ClientOrder, isToldClosed } from './client-order.ts';
import type { ClientOrderArchive } from './client-order-archive.ts';

/** ClOrdIDs of one chain: the first and the last ones. */
const CHAIN_MAX = 1000;

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
