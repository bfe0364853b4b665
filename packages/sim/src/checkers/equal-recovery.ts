/**
 * I16: for the same history of the venue, whichever way a cluster recovers (another leader takes over; all restart from
 * their disks), it recovers the same positions and the same open orders. ClOrdIDs may differ, for they are made of the
 * log's indexes; the client's key names an order.
 */
import type { Ledger } from '@baton/ledger';

export type Recovered = ReadonlyMap<string, string>;

/** Positions and open orders, each by its name, as text that can be compared. */
export function recovered(ledger: Pick<Ledger, 'orders' | 'positions'>): Recovered {
  const all = new Map<string, string>();
  for (const { account, netQuantity, realizedPnl, symbol } of ledger.positions()) {
    all.set(`position ${account} ${symbol}`, `${netQuantity}, realised ${realizedPnl}`);
  }
  for (const order of ledger.orders({ open: true })) {
    const { clientKey, cumQuantity, price, quantity, side, state, strategyId } = order;
    all.set(`order ${strategyId} ${clientKey}`, `${state} ${side} ${quantity} at ${price}, filled ${cumQuantity}`);
  }
  return all;
}

/** What one way has and another has not, or has otherwise. */
export function recoveryFaults(one: Recovered, other: Recovered): string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].flatMap((name) => {
    const [first = 'absent', second = 'absent'] = [one.get(name), other.get(name)];
    return first === second ? [] : [`I16: ${name} is ${first} after one recovery, and ${second} after another`];
  });
}
