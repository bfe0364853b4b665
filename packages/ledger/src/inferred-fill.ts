/**
 * Fills that nobody reported: the venue never sends again what happened while no line was up, and a status report says that
 * more was filled than we know of. The difference is booked as one trade, at the price that makes the average right, under
 * an ExecID of our own; an execution that is heard of later and lies within it is not booked a second time. Where the venue
 * tells its executions one by one (HTTP, events by ExecID, another session of the account) none of this is needed.
 */
import { type FixMessage, Tag } from '@baton/fix';
import type { Execution } from './execution-report.ts';
import { applyTrade } from './fill.ts';
import type { LedgerState } from './ledger-state.ts';
import { factsOf } from './venue-facts.ts';
import type { VenueSession } from './venue-session.ts';

/** Digits of AvgPx (6) beyond the instrument's. */
const AVERAGE_EXTRA_SCALE = 8;
/** Orders with inferred fills that are remembered: their late executions come within minutes. */
const INFERRED_MAX = 1000;

/** Does the venue leave it to us to find out what was filled while no line was up? Over HTTP it tells each execution. */
export function mayInfer(venue: VenueSession): boolean {
  const { resend, statusBy } = factsOf(venue.configuration);
  return !resend && statusBy[0] !== 'REST';
}

/** Books what a report says was filled beyond what we know, and beyond what it tells itself. */
export function inferFill(state: LedgerState, execution: Execution, message: FixMessage): void {
  const { figures, order, venue } = execution;
  const own = ownQuantity(execution);
  const cumQuantity = (figures.cumQuantity ?? 0n) - own;
  if (execution.report.ordStatus === '8' || cumQuantity <= order.cumQuantity || !mayInfer(venue)) return;
  const lastQuantity = cumQuantity - order.cumQuantity;
  const lastPrice = missingPrice(execution, own, message);
  const execId = `INFERRED-${state.entry.index}-${order.rootClOrdId}`;
  state.alarm(
    'FILL_INFERRED',
    `order ${order.rootClOrdId}: ${lastQuantity} (scaled) more were filled than was reported; booked at the price that the average leaves`,
  );
  venue.inferred.delete(order.rootClOrdId);
  venue.inferred.set(order.rootClOrdId, cumQuantity);
  for (const oldest of venue.inferred.keys()) {
    if (venue.inferred.size <= INFERRED_MAX) break;
    venue.inferred.delete(oldest);
  }
  const report = { ...execution.report, kind: 'trade' as const, execId };
  applyTrade(state, { ...execution, report, figures: { ...figures, lastQuantity, lastPrice } });
}

/** What the report itself reports as filled. */
function ownQuantity({ figures, report }: Execution): bigint {
  return report.kind === 'trade' ? (figures.lastQuantity ?? 0n) : 0n;
}

/** A trade whose quantity has been booked by inference already. */
export function isInferred(execution: Execution): boolean {
  const { figures, order, venue } = execution;
  const covered = venue.inferred.get(order.rootClOrdId);
  return covered !== undefined && figures.cumQuantity !== undefined && figures.cumQuantity <= covered;
}

/** Price of the missing quantity, so that all fills together have the venue's average; half to even. */
function missingPrice({ figures, order, venue }: Execution, own: bigint, message: FixMessage): bigint {
  const cumQuantity = figures.cumQuantity ?? 0n;
  const average = message.getDecimal(Tag.AvgPx, order.instrument.priceScale + AVERAGE_EXTRA_SCALE);
  if (average === undefined || average <= 0n) return order.price;
  const raised = 10n ** BigInt(AVERAGE_EXTRA_SCALE);
  let known = (figures.lastPrice ?? 0n) * own;
  for (const fill of venue.executions.fills(order.createdIndex)) {
    if (fill.rootClOrdId === order.rootClOrdId && !fill.busted) known += fill.price * fill.quantity;
  }
  const missing = average * cumQuantity - known * raised;
  return missing <= 0n ? order.price : divideHalfEven(missing, (cumQuantity - own - order.cumQuantity) * raised);
}

/** Both positive. */
function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const twice = (dividend % divisor) * 2n;
  const up = twice > divisor || (twice === divisor && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}
