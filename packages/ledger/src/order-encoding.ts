/** Open orders in a snapshot, each with its ClOrdIDs. */
import type { Order } from './order.ts';
import { readOrder, writeOrder } from './order-record.ts';
import { type SnapshotSection, TEXT_MAX } from './snapshot-section.ts';

/** Open orders, oldest first. */
export const OPEN_ORDERS: SnapshotSection<Order> = {
  name: 'open-orders',
  items: ({ orders }) => orders.open(),
  write(to, order) {
    to.array(order.clOrdIds.length);
    for (const clOrdId of order.clOrdIds) to.text(clOrdId);
    writeOrder(to, order);
  },
  read(from, state) {
    const clOrdIds: string[] = [];
    for (let left = from.array(); left > 0; left -= 1) clOrdIds.push(from.text(TEXT_MAX));
    const order = readOrder(from, clOrdIds, (symbol) => state.instrument(symbol));
    // Before it is added: its digest tells what it reserves.
    state.positions.reserve(order);
    state.orders.add(order);
  },
};
