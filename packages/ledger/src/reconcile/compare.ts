/**
 * The comparison: our books of a venue's account against what the venue tells of it. Pure: equal books and equal readings
 * give equal findings. Three things are settled in this order, because each rests on those before it: fills by their
 * ExecIDs, orders with those fills counted, positions with those fills counted. The requirements compare positions first
 * and then apply fills, which counts them twice (trading reference §2.3 row 1).
 */
import type { AccountRead } from './account.ts';
import { type CopyRead, withCopy } from './compare-copy.ts';
import { compareFills } from './compare-fills.ts';
import { compareOrders } from './compare-orders.ts';
import { comparePositions } from './compare-positions.ts';
import type { ComparedBooks, CompareOptions } from './compared-books.ts';
import type { Finding } from './finding.ts';

/** In the order in which they have to be booked. */
export function compareAccount(
  ours: ComparedBooks,
  theirs: AccountRead,
  options: CompareOptions,
  copy?: CopyRead,
): Finding[] {
  const work = comparedInPieces(ours, theirs, options, copy);
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/**
 * The same in pieces of less than a millisecond: an account may have a hundred thousand fills, and whoever compares has other
 * things to do. The books may go on between two pieces; what has moved since `sinceIndex` is left alone either way.
 */
export function* comparedInPieces(
  ours: ComparedBooks,
  theirs: AccountRead,
  options: CompareOptions,
  copy?: CopyRead,
): Generator<void, Finding[]> {
  const told = yield* compareFills(ours, theirs, options);
  // A cold start opens from the venue alone: the copy was not listened to before it.
  const isThreeWay = copy !== undefined && options.mode === 'running';
  const fills = isThreeWay ? withCopy(ours, theirs, copy, told, options) : told;
  const orders =
    theirs.orders === undefined ? [] : yield* compareOrders(ours, { ...theirs, orders: theirs.orders }, fills, options);
  const positions =
    theirs.positions === undefined
      ? []
      : yield* comparePositions(ours, { ...theirs, positions: theirs.positions }, fills, options);
  // An order that is taken in must be there before its fills, whose cumulated quantity it then counts.
  const external = orders.filter((finding) => finding.class === 'external-order');
  const others = orders.filter((finding) => finding.class !== 'external-order');
  return external.concat(fills.findings, others, positions);
}

/** Those of both comparisons: what only one of them saw was on its way. */
export function stableFindings(first: readonly Finding[], second: readonly Finding[]): Finding[] {
  const seen = new Set(first.map(({ id }) => id));
  return second.filter(({ id }) => seen.has(id));
}
