/**
 * I16, judged at the venue: whatever way a cluster has recovered (another leader, all from their disks, none from anything),
 * its positions and open orders are those that the venue has. Orders are named by the ClOrdID that the venue has for them,
 * which a cold start keeps; whose they are, and what they earned, only a log can tell.
 */
import type { Ledger } from '@baton/ledger';
import { booksOf, type Exchange } from '@baton/venue';

export type Account = ReadonlyMap<string, string>;

export function ledgerAccount(ledger: Pick<Ledger, 'orders' | 'positions'>): Account {
  const all = new Map<string, string>();
  for (const { netQuantity, symbol } of ledger.positions()) {
    if (netQuantity !== '0') all.set(`position ${symbol}`, netQuantity);
  }
  for (const { clOrdId, cumQuantity, price, quantity, side } of ledger.orders({ open: true })) {
    all.set(`order ${clOrdId}`, `${side} ${quantity} at ${price}, filled ${cumQuantity}`);
  }
  return all;
}

export function venueAccount(exchange: Exchange, compId: string): Account {
  const all = new Map<string, string>();
  const { orders, positions } = booksOf(exchange, compId);
  for (const { netQuantity, symbol } of positions) if (netQuantity !== '0') all.set(`position ${symbol}`, netQuantity);
  for (const { clOrdId, closed, cumQuantity, price, quantity, side } of orders) {
    if (!closed) all.set(`order ${clOrdId}`, `${side} ${quantity} at ${price ?? ''}, filled ${cumQuantity}`);
  }
  return all;
}

/** Where the two differ, in words. */
export function agreementFaults(ours: Account, theirs: Account): string[] {
  const names = new Set([...ours.keys(), ...theirs.keys()]);
  return [...names].flatMap((name) => {
    const [here = 'absent', there = 'absent'] = [ours.get(name), theirs.get(name)];
    return here === there ? [] : [`I16: ${name} is ${here} here, and ${there} at the venue`];
  });
}
