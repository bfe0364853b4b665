/**
 * The books of a feed's symbols from snapshots (W) and increments (X), and the trades told with them. Rule decided here: the
 * X of a symbol are counted by RptSeq (83); when one is missing the book is not shown until a snapshot has mended it, and
 * increments that the snapshot includes are not applied again. Pure. Source: FIX 4.4 volume 3, and volume 6 for RptSeq.
 */
import {
  type FieldView,
  type FixMessage,
  groupSpec,
  MDEntryType,
  MDUpdateAction,
  MessageTables,
  MsgType,
  parseDecimal,
  parseUtcTimestampUs,
  Tag,
} from '@baton/fix';
import type { Book, BookLevel, Trade } from '@baton/strategy';

const SNAPSHOT_ENTRIES = groupSpec(MessageTables.MarketDataSnapshotFullRefresh.groups.MDFullEntries);
const INCREMENT_ENTRIES = groupSpec(MessageTables.MarketDataIncrementalRefresh.groups.MDIncrementalEntries);
/** Prices are compared at this many places: more than any venue quotes. */
const COMPARE_SCALE = 18;

/** What a message of market data brought. */
export interface MarketNews {
  readonly books: readonly Book[];
  readonly trades: readonly Trade[];
  /** Symbols whose increments have a gap: ask for a snapshot. */
  readonly gaps: readonly string[];
}

interface SymbolBook {
  readonly symbol: string;
  /** RptSeq of the last increment that the levels include. */
  rptSeq: number;
  /** No snapshot yet, or an increment is missing. */
  isBroken: boolean;
  readonly bids: Map<string, BookLevel & { readonly sort: bigint }>;
  readonly asks: Map<string, BookLevel & { readonly sort: bigint }>;
}

export class BookBuilder {
  readonly #books = new Map<string, SymbolBook>();

  /** `timeUs` stands for what the message does not tell: when it arrived. */
  take(message: FixMessage, timeUs: number): MarketNews {
    if (message.msgType === MsgType.MarketDataSnapshotFullRefresh) return this.#snapshot(message, timeUs);
    if (message.msgType === MsgType.MarketDataIncrementalRefresh) return this.#increment(message, timeUs);
    return { books: [], trades: [], gaps: [] };
  }

  /** The feed's line is gone: what it told is out of date. */
  clear(): void {
    this.#books.clear();
  }

  #snapshot(message: FixMessage, timeUs: number): MarketNews {
    const symbol = message.getString(Tag.Symbol) ?? '';
    const book: SymbolBook = {
      symbol,
      rptSeq: message.getInt(Tag.RptSeq) ?? 0,
      isBroken: false,
      bids: new Map(),
      asks: new Map(),
    };
    this.#books.set(symbol, book);
    for (const entry of message.groups(SNAPSHOT_ENTRIES)) setLevel(book, entry);
    return { books: [viewOf(book, sendingTimeUs(message, timeUs))], trades: [], gaps: [] };
  }

  #increment(message: FixMessage, timeUs: number): MarketNews {
    const entries = message.groups(INCREMENT_ENTRIES);
    const symbol = entries[0]?.getString(Tag.Symbol) ?? '';
    const atUs = sendingTimeUs(message, timeUs);
    // Trades happened, whatever is missing of the book.
    const trades = entries.flatMap((entry) => tradesOf(entry, symbol, atUs));
    const book = this.#books.get(symbol);
    if (book === undefined) return { books: [], trades, gaps: [] };
    const rptSeq = message.getInt(Tag.RptSeq) ?? 0;
    if (rptSeq <= book.rptSeq) return { books: [], trades: [], gaps: [] };
    if (rptSeq > book.rptSeq + 1 || book.isBroken) {
      const isNew = !book.isBroken;
      book.isBroken = true;
      return { books: [], trades, gaps: isNew ? [symbol] : [] };
    }
    book.rptSeq = rptSeq;
    for (const entry of entries) {
      if (entry.getString(Tag.MDUpdateAction) === MDUpdateAction.Delete) deleteLevel(book, entry);
      else setLevel(book, entry);
    }
    return { books: [viewOf(book, atUs)], trades, gaps: [] };
  }
}

function sideOf(book: SymbolBook, entry: FieldView): SymbolBook['bids'] | undefined {
  const type = entry.getString(Tag.MDEntryType);
  if (type === MDEntryType.Bid) return book.bids;
  return type === MDEntryType.Offer ? book.asks : undefined;
}

function setLevel(book: SymbolBook, entry: FieldView): void {
  const price = entry.getString(Tag.MDEntryPx);
  const quantity = entry.getString(Tag.MDEntrySize);
  const sort = price === undefined ? undefined : parseDecimal(price, COMPARE_SCALE);
  if (price === undefined || quantity === undefined || sort === undefined) return;
  sideOf(book, entry)?.set(price, { price, quantity, sort });
}

function deleteLevel(book: SymbolBook, entry: FieldView): void {
  sideOf(book, entry)?.delete(entry.getString(Tag.MDEntryPx) ?? '');
}

function tradesOf(entry: FieldView, symbol: string, timeUs: number): Trade[] {
  const price = entry.getString(Tag.MDEntryPx);
  const quantity = entry.getString(Tag.MDEntrySize);
  if (entry.getString(Tag.MDEntryType) !== MDEntryType.Trade || price === undefined || quantity === undefined)
    return [];
  const tradeId = entry.getString(Tag.MDEntryID) ?? '';
  return [{ symbol, price, quantity, aggressor: undefined, tradeId, timeUs: tradeTimeUs(entry) ?? timeUs }];
}

/** The venue's own time of a trade: equal on every node, whenever it heard of it. */
function tradeTimeUs(entry: FieldView): number | undefined {
  const date = entry.getString(Tag.MDEntryDate);
  const time = entry.getString(Tag.MDEntryTime);
  return date === undefined || time === undefined ? undefined : parseUtcTimestampUs(`${date}-${time}`);
}

function sendingTimeUs(message: FixMessage, otherwiseUs: number): number {
  return message.getTimeUs(Tag.SendingTime) ?? otherwiseUs;
}

function viewOf(book: SymbolBook, timeUs: number): Book {
  const level = ({ price, quantity }: BookLevel): BookLevel => ({ price, quantity });
  const ascending = (one: { sort: bigint }, other: { sort: bigint }): number => (one.sort < other.sort ? -1 : 1);
  return {
    symbol: book.symbol,
    bids: [...book.bids.values()].sort((one, other) => ascending(other, one)).map(level),
    asks: [...book.asks.values()].sort(ascending).map(level),
    sequence: book.rptSeq,
    timeUs,
  };
}
