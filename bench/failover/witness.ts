/**
 * What the venue saw, read in pieces between the failovers: every new order it accepted, when, over which connection, and
 * the slot the order was meant for (from a node's ledger, which knows the clientKey).
 */
import type { ClusterView } from '@baton/cli';

export interface AcceptedOrder {
  readonly clOrdId: string;
  readonly atUs: number;
  readonly connectionId: number;
}

interface VenueOrder {
  readonly rootClOrdId: string;
  readonly status: string;
  readonly connectionId: number | null;
  readonly acceptedAt: { readonly wallUs: number };
}

export class Witness {
  readonly #http: string;
  readonly orders: AcceptedOrder[] = [];
  #read = 0;

  constructor(view: ClusterView) {
    this.#http = view.venue!.address;
  }

  /** Takes in what is new. */
  async read(): Promise<void> {
    const response = await fetch(`http://${this.#http}/orders?owner=BATON&since=${this.#read}`);
    const news = (await response.json()) as VenueOrder[];
    this.#read += news.length;
    for (const { rootClOrdId, status, connectionId, acceptedAt } of news) {
      if (status === 'rejected' || connectionId === null) continue;
      this.orders.push({ clOrdId: rootClOrdId, atUs: acceptedAt.wallUs, connectionId });
    }
  }

  /** The last order before `atUs`'s successor connection, and the first over that connection. */
  around(atUs: number): { readonly last: AcceptedOrder; readonly first: AcceptedOrder } | null {
    const before = this.orders.findLastIndex((order) => order.atUs <= atUs);
    const old = this.orders[before];
    if (old === undefined) return null;
    const next = this.orders.findIndex((order, i) => i > before && order.connectionId !== old.connectionId);
    const first = this.orders[next];
    return first === undefined ? null : { last: this.orders[next - 1]!, first };
  }
}
