/**
 * Questions about orders whose state at the venue is not known, in the way that the venue answers best: one message an order
 * (H, or AF with its ClOrdID), over HTTP (the leader's shell asks and brings the answers as a command), or by the replay of
 * all events since the last one known. A question is repeated; where "unknown" proves nothing before a point in time, it is
 * asked again then. An order without an answer stays in doubt, fully reserved. Trading reference §3.2.
 */
import type { StatusQueryWay } from '@baton/profiles';
import { send } from './dispatch.ts';
import { askReplay, isReplayDue } from './event-replay.ts';
import type { LedgerState } from './ledger-state.ts';
import { isClosed, type Order } from './order.ts';
import { orderMassStatusRequest, orderStatusRequest } from './order-message.ts';
import { factsOf } from './venue-facts.ts';
import type { StatusQuery, VenueSession } from './venue-session.ts';

/** A status query is repeated after this: venues answer within milliseconds, so two seconds mean a lost answer. */
const QUERY_TIMEOUT_US = 2_000_000;
/** Times a query is sent. After that the gate opens with the order still in doubt and fully reserved: waiting for ever
 * would stop all trading for one order. */
const QUERY_ATTEMPTS_MAX = 3;

/** Every order that is still in doubt has to be asked about, and every open one where reports may be missing. */
export function beginQueries(state: LedgerState, venue: VenueSession): void {
  const { venue: name } = venue.configuration;
  const unanswerable = factsOf(venue.configuration).statusBy.length === 0;
  for (const order of state.orders.open()) {
    if (order.instrument.venue !== name || order.phase === 'Held') continue;
    if (!order.inDoubt && !venue.reportsMayMiss) continue;
    if (!unanswerable) venue.queries.set(order.rootClOrdId, newQuery(venue.reportsMayMiss));
    else if (order.inDoubt) {
      const text = `order ${order.rootClOrdId} stays in doubt: the venue answers no status query`;
      state.alarm('IN_DOUBT_UNRESOLVED', text);
    }
  }
  venue.reportsMayMiss = false;
}

function newQuery(evenIfSettled: boolean): StatusQuery {
  return { attempts: 0, slot: 0, askedIndex: 0, askedUs: 0, dueUs: 0, evenIfSettled };
}

export function askQueries(state: LedgerState, venue: VenueSession): void {
  if (isReplayDue(venue)) {
    askReplay(state, venue);
    return;
  }
  const way = factsOf(venue.configuration).statusBy.find((one) => one !== 'F1F3');
  const { timeUs } = state.entry;
  const overHttp: string[] = [];
  for (const [rootClOrdId, query] of venue.queries) {
    const order = state.orders.find(rootClOrdId);
    // Settled meanwhile by a report of its own.
    if (order === undefined || isSettled(order, query)) {
      venue.queries.delete(rootClOrdId);
      continue;
    }
    if (isGivenUp(query) || (query.askedUs !== 0 && timeUs < query.dueUs)) continue;
    query.attempts += 1;
    if (isGivenUp(query)) {
      const text = `order ${rootClOrdId} stays in doubt: no answer to ${QUERY_ATTEMPTS_MAX} queries`;
      state.alarm('IN_DOUBT_UNRESOLVED', text);
      continue;
    }
    query.askedIndex = state.entry.index;
    query.askedUs = timeUs;
    query.dueUs = timeUs + QUERY_TIMEOUT_US;
    if (way === 'REST') {
      query.slot = venue.session.state.nextOut;
      overHttp.push(order.workingClOrdId);
    } else query.slot = ask(state, venue, order, way);
  }
  if (overHttp.length > 0) askOverHttp(state, venue, overHttp);
}

/**
 * Asks about one order because somebody wants to know; once, and the answer counts whenever it comes. About an order that
 * is not in doubt the answer confirms or contradicts, and decides nothing. False when the venue answers no such question.
 */
export function askByHand(state: LedgerState, venue: VenueSession, order: Order): boolean {
  const way = factsOf(venue.configuration).statusBy.find((one) => one !== 'F1F3');
  if (way === undefined) return false;
  const query = { ...newQuery(false), attempts: QUERY_ATTEMPTS_MAX + 1 };
  query.askedIndex = state.entry.index;
  query.askedUs = state.entry.timeUs;
  query.slot = venue.session.state.nextOut;
  if (order.inDoubt) venue.queries.set(order.rootClOrdId, query);
  if (way === 'REST') askOverHttp(state, venue, [order.workingClOrdId]);
  else ask(state, venue, order, way);
  return true;
}

/** "Unknown", and too early to prove anything: asked again at that time. */
export function askAgainAt(state: LedgerState, query: StatusQuery, dueUs: number): void {
  query.attempts = Math.max(0, query.attempts - 1);
  query.slot = 0;
  query.dueUs = Math.max(dueUs, state.entry.timeUs + 1);
}

/** The session asks anew: the question with that number was never received. */
export function forgetQuestion(venue: VenueSession, rootClOrdId: string, slot: number): void {
  const query = venue.queries.get(rootClOrdId);
  if (query?.slot !== slot) return;
  query.slot = 0;
  query.askedUs = 0;
}

/** When a tick can move the takeover on; undefined when only the venue can. */
export function queryDeadlineUs(venue: VenueSession): number | undefined {
  let deadlineUs = isReplayDue(venue) && venue.replay.stage !== 'not-begun' ? venue.replay.dueUs : undefined;
  for (const query of venue.queries.values()) {
    if (isGivenUp(query)) continue;
    if (deadlineUs === undefined || query.dueUs < deadlineUs) deadlineUs = query.dueUs;
  }
  return deadlineUs;
}

/** OrdStatusReqID (790), MassStatusReqID (584) of the question in a slot. */
export function statusRequestId(slot: number): string {
  return `Q${slot}`;
}

export function isReconciled(venue: VenueSession): boolean {
  if (isReplayDue(venue)) return false;
  for (const query of venue.queries.values()) if (!isGivenUp(query)) return false;
  return true;
}

/** Kept, not deleted: a late answer still settles its order. */
function isGivenUp(query: StatusQuery): boolean {
  return query.attempts > QUERY_ATTEMPTS_MAX;
}

function isSettled(order: Order, query: StatusQuery): boolean {
  return !query.evenIfSettled && (isClosed(order) || !order.inDoubt);
}

function ask(state: LedgerState, venue: VenueSession, order: Order, way: StatusQueryWay | undefined): number {
  const id = statusRequestId(venue.session.state.nextOut);
  const key = order.rootClOrdId;
  if (way === 'AF') return send(state, venue, { msgType: 'AF', body: orderMassStatusRequest(order, id), key });
  const body = orderStatusRequest(order, venue.configuration.beginString, id);
  return send(state, venue, { msgType: 'H', body, key });
}

function askOverHttp(state: LedgerState, venue: VenueSession, clOrdIds: readonly string[]): void {
  const { connectionId } = venue;
  const question = state.entry.index;
  state.entry.effects.push({
    type: 'AskVenue',
    venue: venue.configuration.venue,
    connectionId,
    question,
    clOrdIds,
  });
}
