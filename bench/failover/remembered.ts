/**
 * The books of a long run: a ledger forgets closed orders and executions beyond a horizon (packages/ledger), the venue nothing.
 * What every node has forgotten, and may have, is left out of the comparison; anything newer that is missing stays a fault.
 * That an order older than the horizon was accepted once, and that positions agree, is judged over the whole run all the same.
 */
import { type BookVerdict, type NodeBooks, type VenueBooks, verifyBooks } from '@baton/cli';

/** Fewer than this and nothing was forgotten: nine tenths of the horizons of the ledger. */
const CLOSED_ORDERS = 45_000;
const EXECUTIONS = 180_000;
/** An order that rested long is held long after its neighbours in the log: the horizon begins where most begin. */
const STRAGGLERS = 0.02;
const SUM_OF_FILLS = 'its fills sum to';

/** Orders of entries below `bornIndex` were never at this venue (a prepared day): they are left out on both sides. */
export function verifyRememberedBooks(
  allOfVenue: VenueBooks,
  allOfNodes: readonly NodeBooks[],
  bornIndex = 0,
): BookVerdict {
  const isBorn = ({ rootClOrdId }: { readonly rootClOrdId: string }): boolean => placeOf(rootClOrdId) >= bornIndex;
  const venue = { ...allOfVenue, orders: allOfVenue.orders.filter(isBorn) };
  const nodes = allOfNodes.map((node) => ({ ...node, orders: node.orders.filter(isBorn) }));
  const orders = nodes.flatMap((node) => node.orders.map(({ rootClOrdId }) => rootClOrdId));
  const fills = nodes.flatMap((node) => node.fills.map(({ execId }) => execId));
  const [knownOrders, knownFills] = [new Set(orders), new Set(fills)];
  const oldestOrder = horizonOf(nodes, CLOSED_ORDERS, (node) => node.orders.map(({ rootClOrdId }) => rootClOrdId));
  const oldestFill = horizonOf(nodes, EXECUTIONS, (node) => node.fills.map(({ clOrdId }) => clOrdId));
  const remembered: VenueBooks = {
    ...venue,
    orders: venue.orders.filter(({ rootClOrdId: id }) => knownOrders.has(id) || placeOf(id) >= oldestOrder),
    fills: venue.fills.filter(
      ({ clOrdId, execId }) => knownFills.has(execId) || placeOf(clOrdId) >= Math.max(oldestFill, oldestOrder),
    ),
  };
  const verdict = verifyBooks(remembered, nodes);
  if (oldestFill === 0) return verdict;
  const checks = verdict.checks.map((check) => ({
    ...check,
    faults: check.faults.filter((fault) => !fault.includes(SUM_OF_FILLS)),
  }));
  return { agree: checks.every(({ faults }) => faults.length === 0), checks };
}

/** The entry from which on everything is held; 0 while nothing was forgotten. */
function horizonOf(nodes: readonly NodeBooks[], count: number, idsOf: (node: NodeBooks) => readonly string[]): number {
  const starts = nodes.map((node) => {
    const places = idsOf(node)
      .map(placeOf)
      .sort((a, b) => a - b);
    return places.length < count ? 0 : (places[Math.floor(places.length * STRAGGLERS)] ?? 0);
  });
  return Math.max(0, ...starts);
}

/** A ClOrdID names its entry: CLUSTER-INCARNATION-INDEX, base 36. */
function placeOf(clOrdId: string): number {
  const [, , index = ''] = clOrdId.split('-');
  const place = Number.parseInt(index, 36);
  return Number.isNaN(place) ? Number.POSITIVE_INFINITY : place;
}
