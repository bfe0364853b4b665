/** Books opened from two venues: neither is taken for the other, whatever names others give to their orders. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command } from '../command.ts';
import { encodeCommand } from '../command-encoding.ts';
import { Ledger } from '../ledger.ts';
import type { AccountOrder, AccountRead } from './account.ts';
import { comparedInPieces } from './compare.ts';
import type { Finding } from './finding.ts';

const VENUES = ['V0', 'V1'] as const;
type Venue = (typeof VENUES)[number];

class Books {
  readonly ledger = new Ledger();
  index = 0;

  constructor() {
    const line = { beginString: 'FIX.4.4', senderCompId: 'BATON', account: 'A1', heartBtIntS: 5 };
    const rules = { nextExpectedMsgSeqNum: true, neverReceivedPolicy: 'void', orderMaxAgeMs: 2000 } as const;
    this.apply({
      type: 'Configure',
      configuration: {
        clusterId: 'desk',
        incarnation: 2,
        instruments: VENUES.map((venue) => ({ symbol: `BTC-${venue}`, venue, priceScale: 2, quantityScale: 4 })),
        venues: VENUES.map((venue) => ({ venue, targetCompId: venue, ...line, ...rules })),
        limits: { orderQuantityMax: '', orderNotionalMax: '', positionMax: '3', openOrdersMax: 10_000 },
      },
    });
    this.apply({ type: 'StartCold', by: 'test', reason: 'test', ramp: [] });
    for (const venue of VENUES) this.step(venue, 'read');
  }

  apply(command: Command) {
    this.index += 1;
    const { index } = this;
    return this.ledger.apply({ index, term: 1, timeUs: index * 1000, command: encodeCommand(command) });
  }

  step(venue: Venue, step: 'read' | 'opened' | 'reconciled') {
    return this.apply({ type: 'ColdVenueStep', venue, step, sinceUs: 0, detail: '' });
  }

  /** Pieces that the comparison took, and what it found. */
  compare(venue: Venue, theirs: Partial<AccountRead>): { readonly pieces: number; readonly findings: Finding[] } {
    const account = this.ledger.account(venue);
    assert.ok(account);
    const read = { sinceUs: 0, fills: undefined, orders: undefined, positions: undefined, ...theirs };
    const options = { mode: 'opening', acknowledgeAbove: '', fillsAfterIndex: 0, sinceIndex: this.index } as const;
    const work = comparedInPieces(account, read, options);
    for (let pieces = 1; ; pieces += 1) {
      const { done, value } = work.next();
      if (done === true) return { pieces, findings: value };
    }
  }

  open(venue: Venue, theirs: Partial<AccountRead>): void {
    const { findings } = this.compare(venue, theirs);
    this.apply({ type: 'BookFindings', venue, run: this.index, mode: 'opening', findings });
  }
}

const order = (clOrdId: string, symbol: string, quantity = '1'): AccountOrder => ({
  clOrdId,
  orderId: `o-${symbol}`,
  symbol,
  side: 'buy',
  orderType: 'limit',
  timeInForce: 'gtc',
  quantity,
  price: '90',
  cumQuantity: '0',
});

test('orders of two venues that bear one name are not one order: the second waits for an operator, and is not lost', () => {
  const books = new Books();
  books.open('V0', { orders: [order('manual-1', 'BTC-V0')] });
  books.open('V1', { orders: [order('manual-1', 'BTC-V1'), order('manual-2', 'BTC-V1')] });
  assert.deepEqual(
    books.ledger.orders({ open: true }).map(({ clOrdId, symbol }) => `${clOrdId} ${symbol}`),
    ['manual-1 BTC-V0', 'manual-2 BTC-V1'],
  );
  const { findings } = books.ledger.reconciliation();
  assert.deepEqual(
    findings.map(({ id, outcome }) => `${id} ${outcome}`),
    ['external-order/V1/manual-1 waiting'],
  );
  assert.deepEqual(books.ledger.violations(), []);
});

test('fills of the time before are known from then on, and never booked', () => {
  const books = new Books();
  const fills = [{ execId: 'e1', clOrdId: 'x1' }];
  const noted = books.apply({ type: 'NoteHistory', venue: 'V0', run: 3, fills });
  assert.ok(noted.result.ok);
  assert.equal(books.ledger.knowsExecution('V0', 'e1'), true);
  assert.equal(books.ledger.knowsExecution('V1', 'e1'), false);
  assert.deepEqual(books.ledger.fills(), []);
  books.apply({ type: 'NoteHistory', venue: 'V0', run: 3, fills });
  assert.equal(books.ledger.coldStart()?.venues.find(({ venue }) => venue === 'V0')?.fills, 1, 'noted once');
  books.step('V0', 'opened');
  assert.equal(
    books.apply({ type: 'NoteHistory', venue: 'V0', run: 3, fills }).result.ok,
    false,
    'only while it is read',
  );
});

test('a comparison of many fills and orders is done in pieces', () => {
  const books = new Books();
  const fill = {
    clOrdId: 'x',
    orderId: '',
    symbol: 'BTC-V0',
    side: 'buy',
    quantity: '1',
    price: '90',
    timeUs: 1,
  } as const;
  const fills = Array.from({ length: 10_000 }, (_, n) => ({ ...fill, execId: `e${n}` }));
  const orders = Array.from({ length: 1000 }, (_, n) => order(`m${n}`, 'BTC-V0'));
  const { findings, pieces } = books.compare('V0', { fills, orders });
  assert.equal(findings.length, 11_000);
  assert.ok(pieces > 10_000 / 512 + 1000 / 128, `${pieces} pieces`);
});

test('the end of a cold start tells what the books are exposed to, and what is beyond a limit', () => {
  const books = new Books();
  books.open('V0', { orders: [order('m1', 'BTC-V0', '4')] });
  for (const venue of VENUES) books.step(venue, 'opened');
  books.step('V0', 'reconciled');
  const { events } = books.step('V1', 'reconciled');
  const ended = events.find(({ type }) => type === 'ColdStartEnded');
  assert.partialDeepStrictEqual(ended, { venues: 2, openOrders: 1, positions: 0, beyondLimits: 1 });
  assert.ok(events.some((event) => event.type === 'Alarm' && event.code === 'LIMIT_BREACHED'));
});
