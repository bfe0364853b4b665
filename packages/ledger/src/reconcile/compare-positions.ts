/**
 * Positions, with the fills that are missing here counted already. What differs then is a difference of the books, not of
 * reports; the trade that would make them agree is priced so that the average does too, where the venue tells one.
 */
import type { AccountFill, AccountPosition, AccountRead } from './account.ts';
import { openingPrice } from './average-cost.ts';
import type { FillDifferences } from './compare-fills.ts';
import type { ComparedBooks, CompareOptions } from './compared-books.ts';
import { type Exact, exact, isAbove, product, roundedText, textOf } from './exact.ts';
import type { Finding, FindingClass } from './finding.ts';
import type { OurPosition } from './our-account.ts';

/** How many are dealt with before others have their turn. */
const FILLS_A_PIECE = 4096;
const POSITIONS_A_PIECE = 16;
/** Of the average price: venues round it. */
const AVERAGE_TOLERANCE_SHARE = 10_000n;

/** Yields now and then. */
export function* comparePositions(
  ours: ComparedBooks,
  theirs: AccountRead & { readonly positions: readonly AccountPosition[] },
  fills: FillDifferences,
  options: CompareOptions,
): Generator<void, Finding[]> {
  const bySymbol = yield* fillsBySymbol(theirs);
  const findings: Finding[] = [];
  const told = new Map(theirs.positions.map((position) => [position.symbol, position]));
  for (const symbol of ours.held()) {
    if (!told.has(symbol)) told.set(symbol, { symbol, quantity: '0', averagePrice: '' });
  }
  let compared = 0;
  for (const position of told.values()) {
    compared += 1;
    if (compared % POSITIONS_A_PIECE === 0) yield;
    const own = ours.position(position.symbol);
    if (own === undefined) {
      if (exact(position.quantity) !== 0n) findings.push(unknownSymbol(ours, position, options));
    } else if (own.changedIndex <= options.sinceIndex) {
      const missing = options.mode === 'opening' ? 0n : (fills.missingBySymbol.get(position.symbol) ?? 0n);
      findings.push(
        ...comparePosition(ours.venue, own, position, { missing, told: bySymbol.get(position.symbol) ?? [], options }),
      );
    }
  }
  return findings;
}

/** Only of symbols for which the venue tells no average price: those fills say at which price a position was opened. */
function* fillsBySymbol({
  fills = [],
  positions = [],
}: AccountRead): Generator<void, ReadonlyMap<string, readonly AccountFill[]>> {
  const bySymbol = new Map<string, AccountFill[]>();
  for (const { averagePrice, symbol } of positions) if (averagePrice === '') bySymbol.set(symbol, []);
  if (bySymbol.size === 0) return bySymbol;
  let sorted = 0;
  for (const fill of fills) {
    sorted += 1;
    if (sorted % FILLS_A_PIECE === 0) yield;
    bySymbol.get(fill.symbol)?.push(fill);
  }
  return bySymbol;
}

interface Judged {
  readonly missing: Exact;
  /** Fills of the symbol. */
  readonly told: readonly AccountFill[];
  readonly options: CompareOptions;
}

function comparePosition(
  venue: string,
  own: OurPosition,
  theirs: AccountPosition,
  { missing, options, told }: Judged,
): Finding[] {
  const difference = exact(theirs.quantity) - exact(own.quantity) - missing;
  const texts = { ours: stand(own), theirs: stand(theirs) };
  if (difference !== 0n) {
    const price = priceOf(own, theirs, told);
    const needsAcknowledgement = isAbove(product(difference, exact(price)), options.acknowledgeAbove);
    const trade = { quantity: textOf(difference), price };
    const head = headOf('position-differs', venue, theirs.symbol, `/${trade.quantity}`);
    return [{ ...head, ...texts, needsAcknowledgement, sinceIndex: options.sinceIndex, trade }];
  }
  const isFlat = own.averagePrice === '';
  if (
    missing !== 0n ||
    isFlat ||
    theirs.averagePrice === '' ||
    isNear(exact(own.averagePrice), exact(theirs.averagePrice))
  ) {
    return [];
  }
  const head = headOf('average-price-differs', venue, theirs.symbol, `/${theirs.averagePrice}`);
  return [{ ...head, ...texts, needsAcknowledgement: true, sinceIndex: options.sinceIndex }];
}

/** Theirs if they tell one, else ours, else what their fills say, else the last price of the log. */
function priceOf(own: OurPosition, theirs: AccountPosition, told: readonly AccountFill[]): string {
  if (theirs.averagePrice !== '') return roundedText(exact(theirs.averagePrice), own.priceScale);
  if (own.averagePrice !== '') return own.averagePrice;
  const opened = openingPrice(told, theirs.symbol, exact(theirs.quantity));
  if (opened !== undefined) return roundedText(opened, own.priceScale);
  return own.referencePrice === '' ? '0' : own.referencePrice;
}

function isNear(one: Exact, other: Exact): boolean {
  const distance = one > other ? one - other : other - one;
  return distance * AVERAGE_TOLERANCE_SHARE <= (other < 0n ? -other : other);
}

function unknownSymbol(ours: ComparedBooks, position: AccountPosition, { sinceIndex }: CompareOptions): Finding {
  const head = headOf('unknown-symbol', ours.venue, position.symbol, '');
  return { ...head, ours: '', theirs: stand(position), needsAcknowledgement: true, sinceIndex };
}

function headOf(kind: FindingClass, venue: string, symbol: string, more: string) {
  return { id: `${kind}/${venue}/${symbol}${more}`, class: kind, source: 'venue' as const, symbol, subject: symbol };
}

function stand({ averagePrice, quantity }: { readonly quantity: string; readonly averagePrice: string }): string {
  return averagePrice === '' ? quantity : `${quantity} at ${averagePrice}`;
}
