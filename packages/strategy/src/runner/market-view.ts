/** The market as a strategy can look it up: the last book of each symbol that it asked to be told of. */
import type { Bar, Book } from '../market-data.ts';

export class MarketView {
  readonly #books = new Map<string, Book>();
  readonly #bars = new Map<string, readonly Bar[]>();

  takeBook(book: Book): void {
    this.#books.set(book.symbol, book);
  }

  takeBars(bars: readonly Bar[]): void {
    const [first] = bars;
    if (first !== undefined) this.#bars.set(`${first.symbol}:${first.intervalS}`, bars);
  }

  book(symbol: string): Book | undefined {
    return this.#books.get(symbol);
  }
}
