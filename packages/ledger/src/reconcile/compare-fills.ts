/** Fills, by ExecID: what the venue tells and we never heard of, what we booked and the venue does not tell, what differs. */
import type { AccountFill, AccountRead } from './account.ts';
import { toldExecId } from './book-contradiction.ts';
import type { ComparedBooks, CompareOptions } from './compared-books.ts';
import { type Exact, exact } from './exact.ts';
import type { Finding } from './finding.ts';

/** Of some microseconds each. */
const FILLS_A_PIECE = 256;

export interface FillDifferences {
  readonly findings: readonly Finding[];
  /** Signed quantity of missing fills, by symbol; unsigned, by ClOrdID. */
  readonly missingBySymbol: ReadonlyMap<string, Exact>;
  readonly missingByOrder: ReadonlyMap<string, Exact>;
}

/** Yields now and then. */
export function* compareFills(
  ours: ComparedBooks,
  theirs: AccountRead,
  options: CompareOptions,
): Generator<void, FillDifferences> {
  const findings: Finding[] = [];
  const missing: AccountFill[] = [];
  const told = new Map<string, AccountFill>();
  const isOpening = options.mode === 'opening';
  const knownFromUs = isOpening ? 0 : ours.fillsKnownFromUs;
  const symbols = new Map<string, boolean>();
  for (const fill of theirs.fills ?? []) {
    if (told.size % FILLS_A_PIECE === FILLS_A_PIECE - 1) yield;
    if (told.has(fill.execId)) {
      findings.push(finding(ours, options, 'duplicate-execution', fill, 'told once', 'told twice'));
      continue;
    }
    told.set(fill.execId, fill);
    if (ours.knowsExecution(fill.execId) || (fill.timeUs !== 0 && fill.timeUs < knownFromUs)) continue;
    // A status report has told its quantity already: it is booked under another name.
    if (!isOpening && ours.isInferred(fill.clOrdId)) continue;
    if (!isTraded(ours, symbols, fill.symbol)) {
      if (!isOpening) findings.push(finding(ours, options, 'unknown-symbol', fill, '', fillText(fill)));
      continue;
    }
    missing.push(fill);
    // Of an opening there are very many, and what was before our time is only known, not booked.
    findings.push({ ...finding(ours, options, 'missing-fill', fill, '', isOpening ? '' : fillText(fill)), fill });
  }
  if (theirs.fills !== undefined && !isOpening) findings.push(...ourFills(ours, theirs, told, options));
  return { findings, ...countMissing(ours, isOpening ? [] : missing) };
}

/** An opening books no fills, so none is counted; what was told meanwhile is missing no longer. */
function countMissing(
  ours: ComparedBooks,
  missing: readonly AccountFill[],
): Pick<FillDifferences, 'missingBySymbol' | 'missingByOrder'> {
  const missingBySymbol = new Map<string, Exact>();
  const missingByOrder = new Map<string, Exact>();
  for (const fill of missing) {
    if (ours.knowsExecution(fill.execId)) continue;
    const quantity = exact(fill.quantity);
    const signed = fill.side === 'buy' ? quantity : -quantity;
    missingBySymbol.set(fill.symbol, (missingBySymbol.get(fill.symbol) ?? 0n) + signed);
    missingByOrder.set(fill.clOrdId, (missingByOrder.get(fill.clOrdId) ?? 0n) + quantity);
  }
  return { missingBySymbol, missingByOrder };
}

function isTraded(ours: ComparedBooks, known: Map<string, boolean>, symbol: string): boolean {
  let isKnown = known.get(symbol);
  if (isKnown === undefined) {
    isKnown = ours.position(symbol) !== undefined;
    known.set(symbol, isKnown);
  }
  return isKnown;
}

/** What we have booked lately, looked for in what the venue tells. */
function ourFills(
  ours: ComparedBooks,
  { sinceUs }: AccountRead,
  told: ReadonlyMap<string, AccountFill>,
  options: CompareOptions,
): Finding[] {
  const findings: Finding[] = [];
  for (const fill of ours.fillsAfter(options.fillsAfterIndex)) {
    if (fill.busted || fill.index > options.sinceIndex || fill.timeUs < sinceUs) continue;
    const theirs = told.get(toldExecId(fill.execId));
    const asTold = { ...fill, orderId: '' };
    if (theirs === undefined) {
      if (ours.isInferred(fill.clOrdId)) continue;
      const missing = finding(ours, options, 'unknown-fill', asTold, fillText(asTold), '');
      findings.push({ ...missing, needsAcknowledgement: true });
    } else if (fillText(theirs) !== fillText(asTold)) {
      const differs = finding(ours, options, 'fill-differs', theirs, fillText(asTold), fillText(theirs));
      findings.push({ ...differs, needsAcknowledgement: true, fill: theirs });
    }
  }
  return findings;
}

function finding(
  ours: ComparedBooks,
  options: CompareOptions,
  kind: 'missing-fill' | 'unknown-fill' | 'fill-differs' | 'duplicate-execution' | 'unknown-symbol',
  fill: Omit<AccountFill, 'timeUs'>,
  oursText: string,
  theirsText: string,
): Finding {
  return {
    id: `${kind}/${ours.venue}/${fill.execId}`,
    class: kind,
    source: 'venue',
    symbol: fill.symbol,
    subject: fill.execId,
    ours: oursText,
    theirs: theirsText,
    // An execution that the venue tells is a fact, however large; what contradicts one is a person's to judge.
    needsAcknowledgement: kind === 'duplicate-execution' || kind === 'unknown-symbol',
    sinceIndex: options.sinceIndex,
  };
}

/** What of a fill has to be the same on both sides. */
export type FillFigures = Pick<AccountFill, 'symbol' | 'side' | 'quantity' | 'price'>;

export function fillText({ price, quantity, side, symbol }: FillFigures): string {
  return `${side} ${plain(quantity)} ${symbol} at ${plain(price)}`;
}

/** Shortest text: equal values, equal text. */
function plain(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}
