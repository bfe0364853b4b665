/**
 * Do the venue and the ledger of every node tell the same story? Decides, from books alone, the laws a cluster must keep
 * through any number of kills: at most one acceptance a ClOrdID, no order lost or invented, each fill booked exactly once,
 * equal positions, equal state, one voice at the venue, sequence numbers that only grow (docs: design §1, §10).
 * Pure: the caller collects the books at a moment when nothing moves (collect-books.ts).
 */
import type { NodeBooks, VenueBooks, VenueFill } from './books.ts';
import { compareDecimals, sumDecimals } from './decimal-text.ts';
import type { FillView, OrderView } from './node-client.ts';

/** How the ledger names an execution that it never heard and had to book. */
const INFERRED = 'INFERRED-';

export interface BookCheck {
  /** Stable name of the law, for scripts. */
  readonly name: string;
  /** The law in words. */
  readonly law: string;
  /** How many things were compared. */
  readonly compared: number;
  /** Worth a look, but no proof that the law is broken. */
  readonly suspicions?: readonly string[];
  /** What broke the law; empty if it holds. Each fault names node, id and both values. */
  readonly faults: readonly string[];
}

export interface BookVerdict {
  readonly agree: boolean;
  readonly checks: readonly BookCheck[];
}

/** States of an order that was never given to the venue, or provably never reached it. */
const NOT_AT_VENUE = new Set(['Denied', 'Held', 'Voided']);
const CLOSED_IN_LEDGER = new Set(['Filled', 'Canceled', 'Rejected', 'Expired', 'Voided', 'Denied']);

/** Judges the venue's books against those of all nodes. With no nodes nothing is proved, so that is a fault of its own. */
export function verifyBooks(venue: VenueBooks, nodes: readonly NodeBooks[]): BookVerdict {
  const checks = [
    checkAcceptedOnce(venue),
    checkSentIsKnown(venue, nodes),
    checkKnownWasSent(venue, nodes),
    checkOrdersAgree(venue, nodes),
    checkFillsBookedOnce(venue, nodes),
    checkPositionsAgree(venue, nodes),
    checkStateHashes(nodes),
    checkOneVoice(venue),
    checkSequencesGrow(venue),
    checkNoViolations(venue),
  ];
  return { agree: checks.every((check) => check.faults.length === 0), checks };
}

function checkAcceptedOnce(venue: VenueBooks): BookCheck {
  const counts = new Map<string, number>();
  for (const clOrdId of venue.acceptances) counts.set(clOrdId, (counts.get(clOrdId) ?? 0) + 1);
  const faults = [...counts]
    .filter(([, count]) => count > 1)
    .map(([clOrdId, count]) => `the venue accepted ${clOrdId} ${count} times`);
  return {
    name: 'accepted-once',
    law: 'the venue accepted each ClOrdID at most once',
    compared: venue.acceptances.length,
    faults,
  };
}

function checkSentIsKnown(venue: VenueBooks, nodes: readonly NodeBooks[]): BookCheck {
  const known = new Set(venue.orders.map((order) => order.rootClOrdId));
  const faults: string[] = [];
  let compared = 0;
  for (const node of nodes) {
    for (const order of node.orders) {
      if (!wasSent(order)) continue;
      compared++;
      if (order.state === 'InDoubt') continue;
      if (!known.has(order.rootClOrdId))
        faults.push(`${node.node}: ${order.rootClOrdId} is ${order.state}, unknown to the venue`);
    }
  }
  return { name: 'sent-is-known', law: 'every order the ledgers say was sent is known to the venue', compared, faults };
}

function checkKnownWasSent(venue: VenueBooks, nodes: readonly NodeBooks[]): BookCheck {
  const faults: string[] = [];
  let compared = 0;
  for (const node of nodes) {
    const orders = ordersByRoot(node);
    for (const { rootClOrdId } of venue.orders) {
      compared++;
      const order = orders.get(rootClOrdId);
      const where = `${node.node}: the venue knows ${rootClOrdId}, the ledger`;
      if (order === undefined) faults.push(`${where} does not`);
      else if (!wasSent(order)) faults.push(`${where} has it ${order.state}`);
    }
  }
  return { name: 'known-was-sent', law: 'every order the venue knows is in every ledger, as sent', compared, faults };
}

function ordersByRoot(node: NodeBooks): ReadonlyMap<string, OrderView> {
  return new Map(node.orders.map((order) => [order.rootClOrdId, order]));
}

function wasSent(order: OrderView): boolean {
  return !NOT_AT_VENUE.has(order.state);
}

function checkOrdersAgree(venue: VenueBooks, nodes: readonly NodeBooks[]): BookCheck {
  const faults: string[] = [];
  let compared = 0;
  for (const node of nodes) {
    const orders = ordersByRoot(node);
    for (const theirs of venue.orders) {
      const ours = orders.get(theirs.rootClOrdId);
      if (ours === undefined) continue;
      compared++;
      const where = `${node.node}: ${theirs.rootClOrdId}`;
      if (compareDecimals(ours.cumQuantity, theirs.cumQuantity) !== 0) {
        faults.push(`${where} has CumQty ${ours.cumQuantity}, at the venue ${theirs.cumQuantity}`);
      }
      if (CLOSED_IN_LEDGER.has(ours.state) !== theirs.closed) {
        faults.push(`${where} is ${ours.state}, at the venue ${theirs.closed ? 'closed' : 'open'}`);
      }
      if ((ours.state === 'Rejected') !== theirs.rejected) {
        faults.push(`${where} is ${ours.state}, at the venue ${theirs.rejected ? 'rejected' : 'not rejected'}`);
      }
    }
  }
  return { name: 'orders-agree', law: 'filled quantity and end of every order agree', compared, faults };
}

function checkFillsBookedOnce(venue: VenueBooks, nodes: readonly NodeBooks[]): BookCheck {
  const faults: string[] = [];
  let compared = 0;
  const theirs = new Map<string, VenueFill>();
  for (const fill of venue.fills) {
    if (theirs.has(fill.execId)) faults.push(`the venue used ExecID ${fill.execId} twice`);
    theirs.set(fill.execId, fill);
  }
  for (const node of nodes) {
    const booked = new Map<string, FillView[]>();
    const inferred = inferredOrders(node);
    for (const fill of node.fills) booked.set(fill.execId, [...(booked.get(fill.execId) ?? []), fill]);
    for (const fill of theirs.values()) {
      compared++;
      const ours = booked.get(fill.execId) ?? [];
      if (ours.length > 0 || !inferred.has(fill.clOrdId)) faults.push(...fillFaults(node.node, fill, ours));
    }
    for (const execId of booked.keys()) {
      if (!theirs.has(execId) && !execId.startsWith(INFERRED))
        faults.push(`${node.node}: fill ${execId} is booked, unknown to the venue`);
    }
  }
  return { name: 'fills-once', law: 'each fill of the venue is booked exactly once, as it was', compared, faults };
}

/**
 * Orders of which a part was booked without its executions: the venue never tells again what nobody heard, and says only how
 * much was filled. That the quantity is right is the law of orders.
 */
function inferredOrders(node: NodeBooks): Set<string> {
  return new Set(node.fills.flatMap(({ clOrdId, execId }) => (execId.startsWith(INFERRED) ? [clOrdId] : [])));
}

function fillFaults(node: string, theirs: VenueFill, booked: readonly FillView[]): string[] {
  const first = booked[0];
  if (first === undefined) return [`${node}: fill ${theirs.execId} of ${theirs.clOrdId} is not booked`];
  if (booked.length > 1) return [`${node}: fill ${theirs.execId} is booked ${booked.length} times`];
  const faults: string[] = [];
  const differ = (field: string, ours: string, venue: string): void => {
    faults.push(`${node}: fill ${theirs.execId} has ${field} ${ours}, at the venue ${venue}`);
  };
  if (compareDecimals(first.quantity, theirs.quantity) !== 0) differ('quantity', first.quantity, theirs.quantity);
  if (compareDecimals(first.price, theirs.price) !== 0) differ('price', first.price, theirs.price);
  if (first.side !== theirs.side) differ('side', first.side, theirs.side);
  if (first.symbol !== theirs.symbol) differ('symbol', first.symbol, theirs.symbol);
  if (first.clOrdId !== theirs.clOrdId) differ('ClOrdID', first.clOrdId, theirs.clOrdId);
  return faults;
}

function checkPositionsAgree(venue: VenueBooks, nodes: readonly NodeBooks[]): BookCheck {
  const faults: string[] = [];
  let compared = 0;
  for (const node of nodes) {
    const ours = new Map<string, string>();
    for (const position of node.positions) {
      ours.set(position.symbol, sumDecimals([ours.get(position.symbol) ?? '0', position.netQuantity]));
    }
    const theirs = new Map(venue.positions.map((position) => [position.symbol, position.netQuantity]));
    for (const symbol of new Set([...ours.keys(), ...theirs.keys()])) {
      compared++;
      const mine = ours.get(symbol) ?? '0';
      const venues = theirs.get(symbol) ?? '0';
      const fromFills = sumDecimals(
        node.fills
          .filter((fill) => fill.symbol === symbol)
          .map((fill) => (fill.side === 'buy' ? fill.quantity : `-${fill.quantity}`)),
      );
      if (compareDecimals(mine, venues) !== 0)
        faults.push(`${node.node}: ${symbol} is ${mine}, at the venue ${venues}`);
      if (compareDecimals(mine, fromFills) !== 0)
        faults.push(`${node.node}: ${symbol} is ${mine}, its fills sum to ${fromFills}`);
    }
  }
  return { name: 'positions-agree', law: 'positions agree with the venue and with the fills', compared, faults };
}

function checkStateHashes(nodes: readonly NodeBooks[]): BookCheck {
  const faults: string[] = [];
  const byIndex = new Map<number, Map<string, string>>();
  for (const node of nodes) {
    for (const { index, hash } of node.stateHashes) {
      const seen = byIndex.get(index) ?? new Map<string, string>();
      const earlier = seen.get(node.node);
      if (earlier !== undefined && earlier !== hash) faults.push(`${node.node}: two state hashes at index ${index}`);
      byIndex.set(index, seen.set(node.node, hash));
    }
  }
  let common = 0;
  for (const [index, seen] of byIndex) {
    if (new Set(seen.values()).size > 1) {
      faults.push(`index ${index}: ${[...seen].map(([node, hash]) => `${node} ${hash}`).join(', ')}`);
    }
    if (seen.size === nodes.length) common++;
  }
  if (common === 0) faults.push(`no index at which all ${nodes.length} nodes showed a state hash`);
  return { name: 'state-hashes', law: 'state hashes agree at equal index on all nodes', compared: common, faults };
}

function checkOneVoice(venue: VenueBooks): BookCheck {
  const faults: string[] = [];
  const sorted = [...venue.connections].sort((a, b) => a.loggedOnUs - b.loggedOnUs);
  for (const [n, connection] of sorted.entries()) {
    const next = sorted.slice(n + 1).find(({ sessionId }) => sessionId === connection.sessionId);
    if (next === undefined) continue;
    if (connection.endedUs === null || connection.endedUs > next.loggedOnUs) {
      faults.push(`connection ${next.id} logged on while connection ${connection.id} was still logged on`);
    }
  }
  return {
    name: 'one-voice',
    law: 'never two connections of one session logged on at once',
    compared: sorted.length,
    faults,
  };
}

function checkSequencesGrow(venue: VenueBooks): BookCheck {
  const faults = venue.sequenceResets === 0 ? [] : [`sequence numbers were reset ${venue.sequenceResets} times`];
  return {
    name: 'sequences-grow',
    law: 'sequence numbers were never reset',
    compared: venue.connections.length,
    faults,
  };
}

function checkNoViolations(venue: VenueBooks): BookCheck {
  const textsOf = (severity: 'breach' | 'suspicion'): string[] =>
    venue.violations.filter((each) => each.severity === severity).map((each) => `${each.code}: ${each.text}`);
  return {
    name: 'no-violations',
    law: 'the venue saw no breach of its rules',
    compared: venue.acceptances.length,
    faults: textsOf('breach'),
    suspicions: textsOf('suspicion'),
  };
}
