/**
 * Lists that may be long, a page at a time: what one request may cost the core's loop is bounded, however many orders there
 * are. Orders: the first page has the newest closed ones and the oldest open ones; `after` (an entry's index) goes on with
 * open orders created later, `skip` with closed ones further back. Takeovers: the newest, `before` goes back. Timers go on
 * behind the last one that was told, findings after the entry of theirs, figures of risk by how many were told.
 */
import type { OrderView } from '@baton/ledger';
import { type TakeoverReport, takeoverReport, takeoverReports } from '../takeover/report.ts';
import { ok, problem, type Reply } from './reply.ts';
import type { ApiSubject } from './subject.ts';

/** A page of this size costs the core's loop a few milliseconds; there is always a next page. */
export const PAGE_MAX = 500;
/** Each can tell of hundreds of orders. */
const TAKEOVERS_MAX = 20;

export function orderList(core: ApiSubject, query: URLSearchParams): Reply {
  const state = query.get('state');
  return ok(ordersPage(core, query).filter((order) => state === null || order.state === state));
}

function ordersPage({ ledger }: ApiSubject, query: URLSearchParams): OrderView[] {
  const limit = limitOf(query, PAGE_MAX);
  const openAfter = wholeOf(query, 'after');
  if (openAfter !== undefined) return ledger.orders({ open: true, openAfter, openMax: limit });
  const skip = wholeOf(query, 'skip') ?? 0;
  if (skip === 0) return ledger.orders({ closedMax: limit, openMax: PAGE_MAX });
  const count = ledger.closedCount();
  const take = Math.max(0, Math.min(limit, count - skip));
  return ledger.orders({ open: false, closedMax: Math.min(skip + limit, count), closedTake: take });
}

export function fillList({ ledger }: ApiSubject, query: URLSearchParams): Reply {
  const newest = wholeOf(query, 'newest') ?? 0;
  if (newest > 0) return ok(ledger.fills({ newest: Math.min(newest, PAGE_MAX) }));
  return ok(ledger.fills({ after: wholeOf(query, 'after') ?? 0, limit: limitOf(query, PAGE_MAX) }));
}

/** Newest last. */
export function takeoverList(core: ApiSubject, query: URLSearchParams): Reply {
  const before = wholeOf(query, 'before') ?? Number.POSITIVE_INFINITY;
  return ok(takeoverReports(core, { before, newest: limitOf(query, TAKEOVERS_MAX) }));
}

export function takeoverOf(core: ApiSubject, parameter: string): Reply {
  const found: TakeoverReport | undefined = takeoverReport(core, Number(parameter));
  if (found !== undefined) return ok(found);
  return problem(404, 'UNKNOWN_TAKEOVER', `no takeover ${parameter}`, 'see GET /takeovers for their numbers');
}

/** In the order in which they fire; the next page begins behind the last one, which may have fired meanwhile. */
export function timerList({ ledger }: ApiSubject, query: URLSearchParams): Reply {
  const dueUs = wholeOf(query, 'afterDueUs');
  const last = dueUs === undefined ? undefined : { dueUs, setIndex: wholeOf(query, 'after') ?? 0 };
  return ok(ledger.timers(limitOf(query, PAGE_MAX), last));
}

/** Findings of one entry are not parted: a page may be longer by what one command may find. */
export function reconciliationList({ ledger }: ApiSubject, query: URLSearchParams): Reply {
  const page = { after: wholeOf(query, 'after') ?? 0, limit: limitOf(query, PAGE_MAX) };
  return ok({ ...ledger.reconciliation(page), coldStart: ledger.coldStart() ?? null });
}

export function riskFigures({ gate, ledger }: ApiSubject, query: URLSearchParams): Reply {
  const page = { skip: wholeOf(query, 'skip') ?? 0, limit: limitOf(query, PAGE_MAX) };
  return ok({ ...ledger.risk(page), latches: gate.latches.list() });
}

function limitOf(query: URLSearchParams, most: number): number {
  const limit = wholeOf(query, 'limit') ?? 0;
  return limit > 0 ? Math.min(limit, most) : most;
}

/** Undefined for what is not given, or is no whole number from 0. */
function wholeOf(query: URLSearchParams, key: string): number | undefined {
  const text = query.get(key);
  const value = Number(text ?? '');
  return text !== null && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
