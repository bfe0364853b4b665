/**
 * All orders and fills of a node, which tells them in pages: no question holds the node, and at rest nothing moves between
 * two pages.
 */
/** Orders or fills in one answer; a node gives no more. */
export const PAGE = 500;

type Ask = <T>(path: string) => Promise<T>;
type Listed = { readonly rootClOrdId: string; readonly createdIndex: number };

export async function wholeOrders<Order extends Listed>(ask: Ask): Promise<Order[]> {
  const found = new Map<string, Order>();
  const take = (page: readonly Order[]): void => {
    for (const order of page) found.set(order.rootClOrdId, order);
  };
  const first = await ask<Order[]>(`/orders?limit=${PAGE}`);
  take(first);
  // Of open orders it has the oldest ones.
  for (let open = first; open.length >= PAGE; take(open)) {
    const after = open === first ? 0 : open.at(-1)?.createdIndex;
    open = await ask<Order[]>(`/orders?limit=${PAGE}&after=${after}`);
  }
  for (let skip = PAGE; ; skip += PAGE) {
    const page = await ask<Order[]>(`/orders?limit=${PAGE}&skip=${skip}`);
    take(page);
    if (page.length < PAGE) return [...found.values()];
  }
}

export async function wholeFills<Fill>(ask: Ask): Promise<Fill[]> {
  const found: Fill[] = [];
  for (let after = 0; ; ) {
    const page = await ask<(Fill & { readonly index: number })[]>(`/fills?limit=${PAGE}&after=${after}`);
    found.push(...page);
    if (page.length < PAGE) return found;
    after = page.at(-1)?.index ?? after;
  }
}
