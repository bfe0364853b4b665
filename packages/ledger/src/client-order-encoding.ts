/** Open orders of FIX clients in a snapshot. */
import type { ClientOrder } from './client-order.ts';
import { readClientOrder, writeClientOrder } from './client-order-record.ts';
import { MalformedError } from './msgpack-reader.ts';
import type { SnapshotSection } from './snapshot-section.ts';

/** Oldest first, of each client. */
export const OPEN_CLIENT_ORDERS: SnapshotSection<ClientOrder> = {
  name: 'open-client-orders',
  *items({ clients }) {
    for (const { orders } of clients.values()) yield* orders.open();
  },
  write: writeClientOrder,
  read(from, state) {
    const told = readClientOrder(from);
    const client = state.clients.get(told.client);
    if (client === undefined) throw new MalformedError(`order of unknown client '${told.client}'`, 0);
    client.orders.add(told);
  },
};
