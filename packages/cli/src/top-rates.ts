/** What happens a second, from two looks at a cluster: orders, fills, entries. A node that was started again begins anew. */
import { leaderOf, type NodeReport } from './cluster-view.ts';

export interface Look {
  readonly atMs: number;
  readonly reports: readonly NodeReport[];
}

export interface Rates {
  readonly ordersPerS: number;
  readonly fillsPerS: number;
  readonly entriesPerS: number;
}

export function ratesBetween(before: Look | null, now: Look): Rates {
  const leader = leaderOf(now.reports);
  // The same node's word both times: nodes are not level to the entry.
  const earlier = before?.reports.find(({ status }) => status?.node === leader?.node)?.status;
  const seconds = before === null ? 0 : (now.atMs - before.atMs) / 1000;
  if (leader === null || earlier === undefined || earlier === null || seconds <= 0)
    return { ordersPerS: 0, fillsPerS: 0, entriesPerS: 0 };
  const rate = (a: number, b: number): number => Math.max(0, b - a) / seconds;
  return {
    ordersPerS: rate(earlier.orders.total, leader.orders.total),
    fillsPerS: rate(earlier.fills, leader.fills),
    entriesPerS: rate(earlier.commitIndex, leader.commitIndex),
  };
}

export function ratesLine({ entriesPerS, fillsPerS, ordersPerS }: Rates): string {
  return `${ordersPerS.toFixed(1)} orders/s, ${fillsPerS.toFixed(1)} fills/s, ${entriesPerS.toFixed(1)} entries/s`;
}
