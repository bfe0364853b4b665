/**
 * The third witness: a drop copy, a second stream of all executions of the account. What it tells and neither the books nor
 * the venue's list of fills know is booked by its ExecID, as a fill that the venue told would be; where venue and copy
 * contradict each other nothing is booked: a person has to ask which of them is right. Judged only for the time in which
 * the copy was listened to. Trading reference §2.1 row 34.
 */
import type { AccountFill, AccountRead } from './account.ts';
import { toldExecId } from './book-contradiction.ts';
import { type FillDifferences, type FillFigures, fillText } from './compare-fills.ts';
import type { ComparedBooks, CompareOptions } from './compared-books.ts';
import { type Exact, exact } from './exact.ts';
import type { Finding, FindingClass } from './finding.ts';

/** What a drop copy has told while somebody listened. */
export interface CopyRead {
  /** Everything told between these is here, µs since 1970; what came later may still be on its way elsewhere. */
  readonly sinceUs: number;
  readonly untilUs: number;
  readonly fills: readonly AccountFill[];
}

/** The differences of fills with those that the copy shows. */
export function withCopy(
  ours: ComparedBooks,
  theirs: AccountRead,
  copy: CopyRead,
  differences: FillDifferences,
  options: CompareOptions,
): FillDifferences {
  const findings: Finding[] = [...differences.findings];
  const missingBySymbol = new Map(differences.missingBySymbol);
  const missingByOrder = new Map(differences.missingByOrder);
  const toldByVenue = theirs.fills === undefined ? undefined : new Map(theirs.fills.map((fill) => [fill.execId, fill]));
  const booked = new Map(ours.fillsAfter(options.fillsAfterIndex).map((fill) => [toldExecId(fill.execId), fill]));
  for (const fill of copy.fills) {
    const told = toldByVenue?.get(fill.execId);
    const own = booked.get(fill.execId);
    if (told !== undefined && fillText(told) !== fillText(fill)) {
      findings.push(differing(ours, options, 'sources-differ', fill, `venue: ${fillText(told)}`));
    } else if (own !== undefined && !own.busted && told === undefined && fillText(own) !== fillText(fill)) {
      findings.push({ ...differing(ours, options, 'fill-differs', fill, fillText(own)), fill });
    }
    if (ours.knowsExecution(fill.execId) || ours.isInferred(fill.clOrdId) || told !== undefined) continue;
    if (fill.timeUs < ours.fillsKnownFromUs) continue;
    if (ours.position(fill.symbol) === undefined) {
      findings.push(differing(ours, options, 'unknown-symbol', fill, ''));
      continue;
    }
    if (toldByVenue !== undefined && fill.timeUs >= theirs.sinceUs) {
      findings.push({ ...differing(ours, options, 'sources-differ', fill, 'venue: not told'), fill });
      continue;
    }
    findings.push({ ...differing(ours, options, 'missing-fill', fill, ''), needsAcknowledgement: false, fill });
    const quantity = exact(fill.quantity);
    add(missingBySymbol, fill.symbol, fill.side === 'buy' ? quantity : -quantity);
    add(missingByOrder, fill.clOrdId, quantity);
  }
  const copied = new Set(copy.fills.map(({ execId }) => execId));
  for (const [execId, fill] of booked) {
    const isJudged = fill.timeUs >= copy.sinceUs && fill.timeUs <= copy.untilUs && fill.index <= options.sinceIndex;
    if (fill.busted || !isJudged || copied.has(execId) || ours.isInferred(fill.clOrdId)) continue;
    const untold = differing(ours, options, 'sources-differ', { ...fill, execId }, fillText(fill));
    findings.push({ ...untold, theirs: 'drop copy: not told' });
  }
  return { findings, missingBySymbol, missingByOrder };
}

function add(to: Map<string, Exact>, key: string, value: Exact): void {
  to.set(key, (to.get(key) ?? 0n) + value);
}

/** A missing fill has the id that it has if the venue tells it: whoever tells it first, it is booked once. */
function differing(
  ours: ComparedBooks,
  { sinceIndex }: CompareOptions,
  kind: FindingClass,
  fill: FillFigures & { readonly execId: string },
  oursText: string,
): Finding {
  return {
    id: `${kind}/${ours.venue}/${fill.execId}`,
    class: kind,
    source: 'drop-copy',
    symbol: fill.symbol,
    subject: fill.execId,
    ours: oursText,
    theirs: `drop copy: ${fillText(fill)}`,
    needsAcknowledgement: true,
    sinceIndex,
  };
}
