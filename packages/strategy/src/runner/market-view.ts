/** The market as a strategy can look it up: the last book of each symbol that it asked to be told of. */
import type { Book } from '../market-data.ts';

export class MarketView {
  readonly #books = new Map<string, Book>();

  takeBook(book: Book): void {
    this.#books.set(book.symbol, book);
  }

  book(symbol: string): Book | undefined {
    return this.#books.get(symbol);
  }
}
