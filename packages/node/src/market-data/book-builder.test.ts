import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BodyField, encodeBody, encodeMessage, type FixMessage, parseMessage, Tag } from '@baton/fix';
import type { Book } from '@baton/strategy';
import fc from 'fast-check';
import { BookBuilder } from './book-builder.ts';

const TIME_US = 1_700_000_000_000_000;

function message(msgType: string, fields: readonly BodyField[]): FixMessage {
  const header = {
    beginString: 'FIX.4.4',
    msgType,
    msgSeqNum: 1,
    senderCompId: 'SIM',
    targetCompId: 'MD',
    sendingTimeUs: TIME_US,
    possDup: false,
    origSendingTimeUs: undefined,
    timestampPrecision: 'ms',
  } as const;
  return parseMessage(encodeMessage(header, encodeBody(fields)));
}

type Levels = ReadonlyMap<string, string>;
interface Sides {
  readonly bids: Levels;
  readonly asks: Levels;
}

const snapshot = (rptSeq: number, { bids, asks }: Sides): FixMessage =>
  message('W', [
    [Tag.MDReqID, 'r'],
    [Tag.Symbol, 'ACME'],
    [Tag.RptSeq, rptSeq],
    [Tag.NoMDEntries, bids.size + asks.size],
    ...[...bids].flatMap(([price, size]) => entry('0', price, size)),
    ...[...asks].flatMap(([price, size]) => entry('1', price, size)),
  ]);

const entry = (type: string, price: string, size: string): BodyField[] => [
  [Tag.MDEntryType, type],
  [Tag.MDEntryPx, price],
  [Tag.MDEntrySize, size],
];

interface Change {
  readonly side: '0' | '1';
  readonly price: string;
  /** '' deletes. */
  readonly size: string;
}

const increment = (rptSeq: number, changes: readonly Change[]): FixMessage =>
  message('X', [
    [Tag.MDReqID, 'r'],
    [Tag.RptSeq, rptSeq],
    [Tag.NoMDEntries, changes.length],
    ...changes.flatMap(({ side, price, size }): BodyField[] => [
      [Tag.MDUpdateAction, size === '' ? '2' : '1'],
      [Tag.MDEntryType, side],
      [Tag.Symbol, 'ACME'],
      [Tag.MDEntryPx, price],
      ...(size === '' ? [] : [[Tag.MDEntrySize, size] as const]),
    ]),
  ]);

const none: Sides = { bids: new Map(), asks: new Map() };
const levelsOf = (book: Book | undefined): [string, string][][] =>
  [book?.bids ?? [], book?.asks ?? []].map((levels) => levels.map(({ price, quantity }) => [price, quantity]));

const price = fc.integer({ min: 1, max: 30 }).map(String);
const change = fc.record({
  side: fc.constantFrom('0', '1') as fc.Arbitrary<'0' | '1'>,
  price,
  size: fc.oneof(fc.constant(''), fc.integer({ min: 1, max: 9 }).map(String)),
});

test('the book is what snapshot and increments say, best levels first, after any history', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { maxLength: 20 }), (increments) => {
      const builder = new BookBuilder();
      const naive = { '0': new Map<string, string>(), '1': new Map<string, string>() };
      let book = builder.take(snapshot(5, none), TIME_US).books[0];
      for (const [at, changes] of increments.entries()) {
        for (const { side, price: level, size } of changes) {
          if (size === '') naive[side].delete(level);
          else naive[side].set(level, size);
        }
        book = builder.take(increment(6 + at, changes), TIME_US).books[0];
      }
      const sorted = (levels: Map<string, string>, sign: number): [string, string][] =>
        [...levels].sort(([one], [other]) => sign * (Number(one) - Number(other)));
      assert.deepEqual(levelsOf(book), [sorted(naive['0'], -1), sorted(naive['1'], 1)]);
    }),
  );
});

test('with an increment missing no book is told until a snapshot mends it, and one gap is asked about once', () => {
  const builder = new BookBuilder();
  const buy = (level: string): Change => ({ side: '0', price: level, size: '1' });
  builder.take(snapshot(1, none), TIME_US);
  const missed = builder.take(increment(3, [buy('10')]), TIME_US);
  assert.deepEqual([missed.books, missed.gaps], [[], ['ACME']]);
  const still = builder.take(increment(4, [buy('11')]), TIME_US);
  assert.deepEqual([still.books, still.gaps], [[], []]);
  const mended = builder.take(snapshot(4, { bids: new Map([['12', '2']]), asks: new Map() }), TIME_US);
  assert.deepEqual(levelsOf(mended.books[0]), [[['12', '2']], []]);
  // Included in the snapshot already.
  assert.deepEqual(builder.take(increment(4, [buy('13')]), TIME_US).books, []);
  assert.deepEqual(levelsOf(builder.take(increment(5, [buy('9')]), TIME_US).books[0])[0], [
    ['12', '2'],
    ['9', '1'],
  ]);
});

test('a trade is told with the venue’s id and time, whatever is missing of the book', () => {
  const builder = new BookBuilder();
  const news = builder.take(
    message('X', [
      [Tag.MDReqID, 'r'],
      [Tag.RptSeq, 9],
      [Tag.NoMDEntries, 1],
      [Tag.MDUpdateAction, '0'],
      [Tag.MDEntryType, '2'],
      [Tag.MDEntryID, 'T7'],
      [Tag.Symbol, 'ACME'],
      [Tag.MDEntryPx, '10.5'],
      [Tag.MDEntrySize, '3'],
      [Tag.MDEntryDate, '20231114'],
      [Tag.MDEntryTime, '22:13:20.250'],
    ]),
    TIME_US,
  );
  assert.deepEqual(news.trades, [
    { symbol: 'ACME', price: '10.5', quantity: '3', aggressor: undefined, tradeId: 'T7', timeUs: TIME_US + 250_000 },
  ]);
});

test('no message makes it throw', () => {
  const builder = new BookBuilder();
  const field = fc.tuple(
    fc.integer({ min: 1, max: 1200 }),
    fc.string({ minLength: 1, maxLength: 5, unit: 'grapheme-ascii' }),
  );
  fc.assert(
    fc.property(fc.constantFrom('W', 'X', 'Y'), fc.array(field, { maxLength: 12 }), (msgType, fields) => {
      builder.take(
        message(
          msgType,
          fields.map(([tag, value]): BodyField => [tag, value]),
        ),
        TIME_US,
      );
    }),
  );
});
