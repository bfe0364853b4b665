/**
 * All orders and fills of a node, which tells them in pages: no question holds the node, and at rest nothing moves between
 * two pages.
 */
import type { FillView, OrderView } from './node-client.ts';

/** Orders or fills in one answer; a node gives no more. */
export const PAGE = 500;

type Ask = <T>(path: string) => Promise<T>;

export async function wholeOrders(ask: Ask): Promise<OrderView[]> {
  const found = new Map<string, OrderView>();
  const take = (page: readonly OrderView[]): void => {
    for (const order of page) found.set(order.rootClOrdId, order);
  };
  const first = await ask<OrderView[]>(`/orders?limit=${PAGE}`);
  take(first);
  // Of open orders it has the oldest ones.
  for (let open = first; open.length >= PAGE; take(open)) {
    const after = open === first ? 0 : open.at(-1)?.createdIndex;
    open = await ask<OrderView[]>(`/orders?limit=${PAGE}&after=${after}`);
  }
  for (let skip = PAGE; ; skip += PAGE) {
    const page = await ask<OrderView[]>(`/orders?limit=${PAGE}&skip=${skip}`);
    take(page);
    if (page.length < PAGE) return [...found.values()];
  }
}

export async function wholeFills(ask: Ask): Promise<FillView[]> {
  const found: FillView[] = [];
  for (let after = 0; ; ) {
    const page = await ask<(FillView & { readonly index: number })[]>(`/fills?limit=${PAGE}&after=${after}`);
    found.push(...page);
    if (page.length < PAGE) return found;
    after = page.at(-1)?.index ?? after;
  }
}
