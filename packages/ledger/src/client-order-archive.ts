/**
 * The orders of FIX clients that were told to be closed, of all clients together, outside the JavaScript heap: one horizon
 * for all, the same as that of the orders themselves. A client's question about one of them, and late news of it, find it
 * by the client's ClOrdIDs and by ours.
 */
import type { ClientOrder } from './client-order.ts';
import { readClientOrder, writeClientOrder } from './client-order-record.ts';
import { Archive } from './memory/archive.ts';
import { RecordTable } from './memory/record-table.ts';

export class ClientOrderArchive {
  readonly #archive: Archive<ClientOrder>;
  #closing = new Map<ClientOrder, () => void>();

  constructor(closedMax: number) {
    this.#archive = new Archive(new RecordTable(closedMax), {
      keys: ({ client, clOrdIds, rootClOrdId }) => [
        oursKey(client, rootClOrdId),
        ...clOrdIds.map((clOrdId) => theirsKey(client, clOrdId)),
      ],
      write: writeClientOrder,
      read: readClientOrder,
    });
  }

  get table(): RecordTable {
    return this.#archive.table;
  }

  findOurs(client: string, rootClOrdId: string): ClientOrder | undefined {
    return this.#archive.find(oursKey(client, rootClOrdId));
  }

  findTheirs(client: string, clOrdId: string): ClientOrder | undefined {
    return this.#archive.find(theirsKey(client, clOrdId));
  }

  /** It comes here when the entry ends, unless it is reopened before; `leave` takes it from where it was. */
  close(told: ClientOrder, leave: () => void): void {
    this.#closing.set(told, leave);
  }

  /** True when it was here; false when it had not left yet. */
  reopen(told: ClientOrder): boolean {
    return !this.#closing.delete(told) && this.#archive.take(told);
  }

  /** The end of an entry. */
  settle(): void {
    this.#archive.settle();
    if (this.#closing.size === 0) return;
    for (const [told, leave] of this.#closing) {
      leave();
      this.#archive.add(told);
    }
    this.#closing = new Map();
  }
}

function oursKey(client: string, rootClOrdId: string): string {
  return `o${client}\u0000${rootClOrdId}`;
}

function theirsKey(client: string, clOrdId: string): string {
  return `t${client}\u0000${clOrdId}`;
}
