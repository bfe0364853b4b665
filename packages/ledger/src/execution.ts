/**
 * What an ExecutionReport does: the same execution has its effect once, whatever brings it (replay, repeat, query), and is
 * never dropped, whatever state its order is in, because the venue's book is the truth. Reports that contradict our own
 * arithmetic are applied and alarmed. Trading reference §3.4, §7.5.
 */
import type { FixMessage } from '@baton/fix';
import { catchUp } from './catch-up.ts';
import { noteExecution } from './event-replay.ts';
import {
  type Execution,
  type ExecutionFigures,
  type ExecutionReport,
  executionFiguresFrom,
  executionReportFrom,
} from './execution-report.ts';
import { applyBust, applyCorrection, applyTrade } from './fill.ts';
import { isInferred } from './inferred-fill.ts';
import type { Instrument } from './instrument.ts';
import type { LedgerState } from './ledger-state.ts';
import { type ClosedPhase, isClosed, newOrder, type Order } from './order.ts';
import { closeOrder } from './order-transition.ts';
import { noteAcknowledged } from './ramp-guard.ts';
import { isColdPending } from './reconcile/cold-pending.ts';
import { noteClOrdId } from './reconcile/incarnation.ts';
import { applyStateReport } from './state-report.ts';
import { applyStatusReport } from './status-report.ts';
import { factsOf } from './venue-facts.ts';
import type { VenueSession } from './venue-session.ts';

export function applyExecutionReport(state: LedgerState, venue: VenueSession, message: FixMessage): void {
  const report = executionReportFrom(message);
  if (report.kind !== 'status' && isDuplicate(state, venue, report)) return;
  if (report.kind !== 'status' && report.execId !== '') noteExecution(venue, report.execId);
  const known = findOrder(state, venue, report);
  const order = known ?? adoptOrder(state, venue, message, report);
  if (order === undefined) return;
  const execution = { venue, order, report, figures: executionFiguresFrom(message, order.instrument) };
  if (report.orderId !== '' && report.orderId !== order.orderId) {
    order.orderId = report.orderId;
    state.orders.touch(order);
  }
  if (report.kind === 'trade' && isInferred(execution)) {
    rememberExecution(venue, report);
    state.emit({ type: 'DuplicateExecutionIgnored', venue: venue.configuration.venue, execId: report.execId });
    return;
  }
  if (order.phase === 'Sent' && !order.inDoubt && report.kind !== 'status')
    noteAcknowledged(state, order.createdTimeUs);
  if (report.kind === 'trade' || report.kind === 'state') catchUp(state, execution, message);
  switch (report.kind) {
    case 'trade':
      applyTrade(state, execution);
      break;
    case 'bust':
      applyBust(state, execution);
      break;
    case 'correct':
      applyCorrection(state, execution);
      break;
    case 'status':
      applyStatusReport(state, execution, message);
      return;
    case 'state':
      rememberExecution(venue, report);
      applyStateReport(state, execution);
      break;
  }
  if (known === undefined) endStranger(state, execution);
  checkArithmetic(state, execution);
}

function isDuplicate(state: LedgerState, venue: VenueSession, report: ExecutionReport): boolean {
  if (report.execId === '' || !venue.executions.has(report.execId)) return false;
  state.emit({
    type: 'DuplicateExecutionIgnored',
    venue: venue.configuration.venue,
    execId: report.execId,
  });
  return true;
}

/** Reports of other news than fills are remembered too: a repeated one must not act on what has happened since. */
export function rememberExecution(venue: VenueSession, report: ExecutionReport): void {
  if (report.execId !== '') venue.executions.add(report.execId, undefined);
}

/** An order of this venue: others on the account give ClOrdIDs of their own, and may give the same ones at two venues. */
function findOrder(state: LedgerState, venue: VenueSession, report: ExecutionReport): Order | undefined {
  for (const clOrdId of [report.clOrdId, report.origClOrdId]) {
    const order = state.orders.find(clOrdId);
    if (order?.instrument.venue === venue.configuration.venue) return order;
  }
  return undefined;
}

/**
 * An order that we do not know: somebody else's on the same account, or ours from before what we remember. It is taken
 * in, so that its fills move the position and its open quantity counts in the worst case.
 */
function adoptOrder(
  state: LedgerState,
  venue: VenueSession,
  message: FixMessage,
  report: ExecutionReport,
): Order | undefined {
  const name = venue.configuration.venue;
  // How an order stands that we have forgotten, or never had: nothing has happened that could be taken in.
  if (report.kind === 'status') return undefined;
  const instrument = state.instrument(report.symbol);
  if (instrument === undefined || instrument.venue !== name || report.side === undefined || report.clOrdId === '') {
    state.alarm(
      'EXECUTION_NOT_BOOKED',
      `${name}: execution '${report.execId}' of unknown order '${report.clOrdId}' names no instrument of ours ('${report.symbol}') or no side; book it by hand`,
    );
    rememberExecution(venue, report);
    return undefined;
  }
  if (state.orders.find(report.clOrdId) !== undefined) {
    state.alarm(
      'EXECUTION_NOT_BOOKED',
      `${name}: execution '${report.execId}' of '${report.clOrdId}', which is the name of an order at another venue; book it by hand`,
    );
    rememberExecution(venue, report);
    return undefined;
  }
  const isOurs = report.clOrdId.startsWith(state.configured?.clusterPrefix ?? '\u0000');
  if (isColdPending(state, name)) noteClOrdId(state, report.clOrdId);
  else if (isOurs) {
    state.alarm(
      'UNKNOWN_OWN_ORDER',
      `${name}: report of '${report.clOrdId}', which is ours by its prefix but not known`,
    );
  }
  const order = externalOrder(state, instrument, report, executionFiguresFrom(message, instrument));
  state.positions.reserve(order);
  state.orders.add(order);
  state.emit({ type: 'ExternalOrderSeen', venue: name, clOrdId: report.clOrdId, symbol: report.symbol });
  return order;
}

function externalOrder(
  state: LedgerState,
  instrument: Instrument,
  report: ExecutionReport,
  figures: ExecutionFigures,
): Order {
  const order = newOrder({
    rootClOrdId: report.clOrdId,
    clientKey: '',
    strategyId: '',
    instrument,
    side: report.side ?? 'buy',
    orderType: figures.price === undefined ? 'market' : 'limit',
    timeInForce: 'day',
    quantity: figures.orderQuantity ?? quantityFrom(report, figures),
    price: figures.price ?? 0n,
    phase: 'Working',
    createdIndex: state.entry.index,
    createdTimeUs: state.entry.timeUs,
    external: true,
  });
  // What was filled before we saw it is history, not a fill of ours to book: only this report's own may follow.
  const before = (figures.cumQuantity ?? 0n) - (report.kind === 'trade' ? (figures.lastQuantity ?? 0n) : 0n);
  order.cumQuantity = before > 0n ? before : 0n;
  return order;
}

/** Where the report does not say how large the order is: as large as it must be, so that nothing is open that may not be. */
function quantityFrom(
  report: ExecutionReport,
  { cumQuantity, lastQuantity, leavesQuantity }: ExecutionFigures,
): bigint {
  const own = report.kind === 'trade' ? (lastQuantity ?? 0n) : 0n;
  return (cumQuantity ?? own) + (leavesQuantity ?? 0n);
}

const ENDED_AS: Readonly<Record<string, ClosedPhase>> = {
  '2': 'Filled',
  '3': 'Expired',
  '4': 'Canceled',
  '8': 'Rejected',
  C: 'Expired',
};

/**
 * An execution of an order that is found nowhere, older than what is remembered: it is booked with its own identity, under
 * an order of nobody's. If the report says that the order has ended, it ends here too: it may reserve nothing for ever.
 */
function endStranger(state: LedgerState, { figures, order, report }: Execution): void {
  if (isClosed(order)) return;
  const phase = ENDED_AS[report.ordStatus] ?? (figures.leavesQuantity === 0n ? 'Canceled' : undefined);
  if (phase !== undefined) closeOrder(state, order, phase, 'ENDED_BEFORE_SEEN');
}

/** CumQty (14) and LeavesQty (151) against our own figures: a difference means that a fill is missing or doubled. */
function checkArithmetic(state: LedgerState, execution: Execution): void {
  const { figures, order, report, venue } = execution;
  if (figures.cumQuantity !== undefined && figures.cumQuantity !== order.cumQuantity) {
    // An answer over HTTP may have overtaken this report: what it says of the whole may be out of date.
    if (figures.cumQuantity < order.cumQuantity && isAskedOverHttp(venue)) return;
    // What was missed while no line was up is being asked about: the answer will say how much it was.
    if (figures.cumQuantity > order.cumQuantity && venue.queries.get(order.rootClOrdId)?.evenIfSettled === true) return;
    state.alarm(
      'CUM_QTY_MISMATCH',
      `order ${order.rootClOrdId}, execution '${report.execId}': venue says CumQty ${figures.cumQuantity}, our fills sum to ${order.cumQuantity} (scaled)`,
    );
    return;
  }
  if (isClosed(order) || figures.leavesQuantity === undefined || isAskedOverHttp(venue)) return;
  if (figures.leavesQuantity + order.cumQuantity !== order.quantity) {
    state.alarm(
      'LEAVES_QTY_MISMATCH',
      `order ${order.rootClOrdId}, execution '${report.execId}': venue says LeavesQty ${figures.leavesQuantity}, ours is ${order.quantity - order.cumQuantity} (scaled)`,
    );
  }
}

function isAskedOverHttp({ configuration }: VenueSession): boolean {
  return factsOf(configuration).statusBy[0] === 'REST';
}
