/** Laws of reconciliation: what differs is found, booked once, never overwritten; what needs a person waits for one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Command } from '../command.ts';
import { encodeCommand } from '../command-encoding.ts';
import type { Applied } from '../entry.ts';
import { Ledger } from '../ledger.ts';
import type { AccountFill, AccountOrder, AccountPosition, AccountRead } from './account.ts';
import { compareAccount } from './compare.ts';
import type { CopyRead } from './compare-copy.ts';
import type { Finding } from './finding.ts';
import type { ReconcileMode } from './reconcile-command.ts';

const VENUE = 'SIM';
const NO_LIMITS = { orderQuantityMax: '', orderNotionalMax: '', positionMax: '', openOrdersMax: 10_000 };

interface Comparing {
  readonly mode?: ReconcileMode;
  readonly acknowledgeAbove?: string;
  readonly copy?: CopyRead;
}

/** A ledger, fed one entry after the other. */
class Books {
  ledger = new Ledger();
  index = 0;

  constructor(incarnation = 1) {
    this.apply({
      type: 'Configure',
      configuration: {
        clusterId: 'desk',
        incarnation,
        instruments: [
          { symbol: 'BTC-USD', venue: VENUE, priceScale: 2, quantityScale: 4 },
          { symbol: 'ETH-USD', venue: VENUE, priceScale: 2, quantityScale: 4 },
        ],
        venues: [
          {
            venue: VENUE,
            beginString: 'FIX.4.4',
            senderCompId: 'BATON',
            targetCompId: VENUE,
            account: 'A1',
            heartBtIntS: 5,
            nextExpectedMsgSeqNum: true,
            neverReceivedPolicy: 'void',
            orderMaxAgeMs: 2000,
          },
        ],
        limits: NO_LIMITS,
      },
    });
  }

  apply(command: Command): Applied {
    this.index += 1;
    const { index } = this;
    return this.ledger.apply({ index, term: 1, timeUs: index * 1000, command: encodeCommand(command) });
  }

  compare(theirs: Partial<AccountRead>, more: Comparing = {}): Finding[] {
    const account = this.ledger.account(VENUE);
    assert.ok(account);
    const { copy, ...rest } = more;
    const read = { sinceUs: 0, fills: undefined, orders: undefined, positions: undefined, ...theirs };
    const options = { mode: 'running' as const, acknowledgeAbove: '', fillsAfterIndex: 0, ...rest };
    return compareAccount(account, read, { ...options, sinceIndex: this.index }, copy);
  }

  /** Compares and books; gives what was found. */
  run(theirs: Partial<AccountRead>, more: Comparing = {}): Finding[] {
    const findings = this.compare(theirs, more);
    const { mode = 'running' } = more;
    const run = this.index;
    this.apply({ type: 'BookFindings', venue: VENUE, run, mode, findings });
    const counts = { fills: 0, orders: 0, positions: 0 };
    this.apply({ type: 'EndReconciliation', venue: VENUE, run, mode, counts, untold: '' });
    assert.deepEqual(this.ledger.violations(), []);
    return findings;
  }

  position(symbol = 'BTC-USD'): string {
    return this.ledger.positions().find((one) => one.symbol === symbol)?.netQuantity ?? '0';
  }

  waiting(): string[] {
    const { findings } = this.ledger.reconciliation();
    return findings.filter(({ outcome }) => outcome === 'waiting').map(({ id }) => id);
  }
}

function fill(execId: string, quantity: string, more: Partial<AccountFill> = {}): AccountFill {
  const order = { clOrdId: `x${execId}`, orderId: `o${execId}`, symbol: 'BTC-USD', side: 'buy' } as const;
  return { execId, ...order, quantity, price: '100', timeUs: 1_000_000_000, ...more };
}

function order(clOrdId: string, more: Partial<AccountOrder> = {}): AccountOrder {
  const terms = { symbol: 'BTC-USD', side: 'buy', orderType: 'limit', timeInForce: 'gtc' } as const;
  return { clOrdId, orderId: `o${clOrdId}`, ...terms, quantity: '5', price: '90', cumQuantity: '0', ...more };
}

function position(quantity: string, averagePrice = ''): AccountPosition {
  return { symbol: 'BTC-USD', quantity, averagePrice };
}

test('a fill that we never heard of is booked by its ExecID, and then the positions agree', () => {
  const books = new Books();
  const theirs = { fills: [fill('e1', '2')], orders: [], positions: [position('2')] };
  // Fills first: the position is right once they are counted. The requirements' order would count them twice.
  assert.deepEqual(
    books.run(theirs).map((one) => one.class),
    ['missing-fill'],
  );
  assert.equal(books.position(), '2');
  assert.deepEqual(books.run(theirs), []);
  assert.deepEqual(books.ledger.orders({ open: true }), [], 'an execution of nobody reserves nothing');
});

test('an order of somebody else is taken in with its fills counted once', () => {
  const books = new Books();
  const mine = fill('e1', '2', { clOrdId: 'theirs-1' });
  const theirs = { fills: [mine], orders: [order('theirs-1', { cumQuantity: '2' })], positions: [position('2')] };
  const classes = books.run(theirs).map((one) => one.class);
  assert.deepEqual(classes, ['external-order', 'missing-fill']);
  const [open] = books.ledger.orders({ open: true });
  assert.deepEqual([open?.clOrdId, open?.cumQuantity, open?.external], ['theirs-1', '2', true]);
  assert.equal(books.position(), '2');
  assert.deepEqual(books.run(theirs), []);
});

test('a position that differs is adjusted once, at the price that the venue tells', () => {
  const books = new Books();
  const theirs = { fills: [], orders: [], positions: [position('3', '101.005')] };
  const findings = books.run(theirs);
  assert.equal(books.position(), '3');
  assert.equal(books.ledger.positions()[0]?.averagePrice, '101');
  // The same findings, applied again by a leader that did not know: nothing moves.
  books.apply({ type: 'BookFindings', venue: VENUE, run: 1, mode: 'running', findings });
  assert.equal(books.position(), '3');
  assert.deepEqual(books.run({ ...theirs, positions: [position('3')] }), []);
});

test('what has moved since it was compared is not adjusted', () => {
  const books = new Books();
  const findings = books.compare({ positions: [position('3')] });
  books.run({ fills: [fill('e1', '3')] });
  books.apply({ type: 'BookFindings', venue: VENUE, run: 1, mode: 'running', findings });
  assert.equal(books.position(), '3');
});

test('above the threshold nothing moves before an operator has said so, and a difference that is gone waits no longer', () => {
  const books = new Books();
  const options = { acknowledgeAbove: '200' };
  books.run({ positions: [position('1', '100')] }, options);
  assert.equal(books.position(), '1', 'below: booked');
  books.run({ positions: [position('9', '100')] }, options);
  assert.equal(books.position(), '1', 'above: waits');
  const [id = ''] = books.waiting();
  assert.match(id, /position-differs/);
  books.run({ positions: [position('1', '100')] }, options);
  assert.deepEqual(books.waiting(), [], 'gone');
  books.run({ positions: [position('9', '100')] }, options);
  const acknowledge = { type: 'AcknowledgeFinding', venue: VENUE, findingId: id, approve: true, reason: '' } as const;
  assert.equal(books.apply({ ...acknowledge, by: '' }).result.ok, false, 'nobody decides nothing');
  assert.equal(books.apply({ ...acknowledge, by: 'ada' }).result.ok, true);
  assert.equal(books.position(), '9');
  assert.equal(books.apply({ ...acknowledge, by: 'ada' }).result.ok, true);
  assert.equal(books.position(), '9', 'approved twice, booked once');
});

test('a finding that was dismissed is neither booked nor alarmed again', () => {
  const books = new Books();
  const theirs = { positions: [position('9', '100')] };
  books.run(theirs, { acknowledgeAbove: '0' });
  const [id = ''] = books.waiting();
  const dismiss = { type: 'AcknowledgeFinding', venue: VENUE, findingId: id, approve: false, by: 'ada' } as const;
  books.apply({ ...dismiss, reason: 'settles on Monday' });
  books.run(theirs, { acknowledgeAbove: '0' });
  assert.deepEqual(books.waiting(), []);
  assert.equal(books.position(), '0');
});

test('one ExecID told twice, and a symbol that is not ours, are for a person', () => {
  const books = new Books();
  const other = { symbol: 'DOGE-USD', quantity: '7', averagePrice: '' };
  const twice = { fills: [fill('e1', '2'), fill('e1', '2')], positions: [position('2'), other] };
  const classes = books.run(twice).map((one) => one.class);
  assert.deepEqual(classes.sort(), ['duplicate-execution', 'missing-fill', 'unknown-symbol']);
  assert.equal(books.position(), '2');
  assert.equal(books.waiting().length, 2);
});

test('running it twice changes nothing, whatever the venue tells (I15), and a restored ledger agrees', () => {
  const symbol = fc.constantFrom('BTC-USD', 'ETH-USD');
  const quantity = fc.integer({ min: 1, max: 50 }).map(String);
  const side = fc.constantFrom('buy' as const, 'sell' as const);
  const fills = fc.array(fc.record({ symbol, quantity, side, n: fc.integer({ min: 1, max: 6 }) }), { maxLength: 6 });
  const held = fc.uniqueArray(fc.record({ symbol, quantity: fc.integer({ min: -50, max: 50 }).map(String) }), {
    selector: (one) => one.symbol,
  });
  const open = fc.uniqueArray(fc.record({ symbol, quantity, side, n: fc.integer({ min: 1, max: 6 }) }), {
    selector: (one) => one.n,
  });
  fc.assert(
    fc.property(fills, held, open, fc.constantFrom('', '0', '2000'), (fillPlans, positions, orderPlans, above) => {
      const books = new Books();
      const theirs = {
        fills: fillPlans.map(({ n, ...more }, at) => fill(`e${at}`, more.quantity, { ...more, clOrdId: `c${n}` })),
        orders: orderPlans.map(({ n, ...more }) => order(`d${n}`, more)),
        positions: positions.map((one) => ({ ...one, averagePrice: '100' })),
      };
      const options = { acknowledgeAbove: above };
      books.run(theirs, options);
      // Positions that moved with their fills are adjusted by the second run, and their averages compared by the third.
      books.run(theirs, options);
      books.run(theirs, options);
      const account = JSON.stringify([books.ledger.positions(), books.ledger.orders({ open: true }), books.waiting()]);
      books.run(theirs, options);
      const again = JSON.stringify([books.ledger.positions(), books.ledger.orders({ open: true }), books.waiting()]);
      assert.equal(again, account);
      if (above === '') for (const one of positions) assert.equal(books.position(one.symbol), one.quantity);
      const restored = Ledger.restore(books.ledger.snapshot());
      assert.equal(restored.hash(), books.ledger.hash());
      assert.deepEqual(restored.reconciliation(), books.ledger.reconciliation());
    }),
  );
});

test('a cold start opens the books: history is known and not booked, and no ClOrdID is given twice', () => {
  const books = new Books(1);
  assert.equal(books.apply({ type: 'StartCold', by: 'ada', reason: 'drill', ramp: [] }).result.ok, true);
  const step = (to: 'read' | 'opened' | 'reconciled') =>
    books.apply({ type: 'ColdVenueStep', venue: VENUE, step: to, sinceUs: 0, detail: '' }).result;
  assert.equal(step('reconciled').ok, false, 'no step is skipped');
  assert.equal(step('read').ok, true);
  const submit = { type: 'SubmitOrder', clientKey: 'k', strategyId: 's', symbol: 'BTC-USD', side: 'buy' } as const;
  const terms = { orderType: 'limit', timeInForce: 'gtc', quantity: '1', price: '90' } as const;
  assert.equal(books.apply({ ...submit, ...terms }).result.ok, false, 'nobody trades before the books are open');
  const theirs = {
    fills: [fill('e1', '4', { price: '100' }), fill('e2', '2', { price: '106', clOrdId: 'DESK-7-1F' })],
    orders: [order('DESK-7-2A')],
    positions: [position('6')],
  };
  books.run(theirs, { mode: 'opening' });
  assert.equal(books.position(), '6');
  assert.equal(books.ledger.positions()[0]?.averagePrice, '102', 'from the fills that make up the position');
  assert.equal(books.ledger.fills().length, 0);
  assert.equal(step('opened').ok, true);
  assert.deepEqual(books.run(theirs), [], 'compared again, nothing differs');
  assert.equal(step('reconciled').ok, true);
  const cold = books.ledger.coldStart();
  assert.equal(cold?.incarnation, 8, 'the venue remembers an order of incarnation 7');
  assert.ok((cold?.endedIndex ?? 0) > 0);
  const restored = Ledger.restore(books.ledger.snapshot());
  assert.equal(restored.hash(), books.ledger.hash());
  const { result } = books.apply({ ...submit, ...terms, clientKey: 'k2' });
  assert.match(result.ok ? result.clOrdId : '', /^DESK-8-/);
});

test('a cold start needs an empty log', () => {
  const books = new Books();
  books.run({ positions: [position('1', '100')] });
  assert.equal(books.apply({ type: 'StartCold', by: 'ada', reason: '', ramp: [] }).result.ok, false);
});

test('a fill that the venue tells otherwise is corrected once an operator approves, and then both sides agree', () => {
  const books = new Books();
  const theirs = (quantity: string, price: string) => ({ fills: [fill('e1', quantity, { price })], orders: [] });
  books.run(theirs('2', '100'));
  const differing = theirs('3', '101');
  books.run(differing);
  assert.equal(books.position(), '2', 'nothing is guessed');
  const [id = ''] = books.waiting();
  assert.match(id, /^fill-differs/);
  const approve = { type: 'AcknowledgeFinding', venue: VENUE, findingId: id, approve: true, by: 'ada' } as const;
  assert.equal(books.apply({ ...approve, reason: 'asked them' }).result.ok, true);
  assert.equal(books.position(), '3');
  assert.equal(books.ledger.positions()[0]?.averagePrice, '101');
  assert.deepEqual(books.ledger.violations(), []);
  assert.deepEqual(books.run(differing), [], 'compared again, nothing differs');
  assert.equal(books.apply({ ...approve, reason: 'asked them' }).result.ok, true);
  assert.equal(books.position(), '3', 'approved twice, corrected once');
  assert.equal(Ledger.restore(books.ledger.snapshot()).hash(), books.ledger.hash());
});

test('a fill of another side than ours is no correction: it is refused, and the books stay', () => {
  const books = new Books();
  books.run({ fills: [fill('e1', '2')] });
  books.run({ fills: [fill('e1', '2', { side: 'sell' })] });
  const [id = ''] = books.waiting();
  const approve = { type: 'AcknowledgeFinding', venue: VENUE, findingId: id, approve: true, by: 'ada' } as const;
  assert.equal(books.apply({ ...approve, reason: '' }).result.ok, false);
  assert.equal(books.position(), '2');
});

test('a fill that the venue does not tell is taken back once an operator approves, however often it is found', () => {
  const books = new Books();
  books.run({ fills: [fill('e1', '2')] });
  const findings = books.run({ fills: [] });
  const [id = ''] = books.waiting();
  assert.match(id, /^unknown-fill/);
  const approve = { type: 'AcknowledgeFinding', venue: VENUE, findingId: id, approve: true, by: 'ada' } as const;
  books.apply({ ...approve, reason: '' });
  assert.equal(books.position(), '0');
  // A leader that did not know brings it again: it may be approved again, and nothing moves.
  books.apply({ type: 'BookFindings', venue: VENUE, run: 1, mode: 'running', findings });
  books.apply({ ...approve, reason: '' });
  assert.equal(books.position(), '0');
  assert.deepEqual(books.run({ fills: [] }), []);
});

/** What a drop copy tells: everything since the beginning, up to now. */
function copyOf(...fills: AccountFill[]): CopyRead {
  return { sinceUs: 0, untilUs: Number.MAX_SAFE_INTEGER, fills };
}

test('a fill that only the drop copy knows is booked once, whoever tells it afterwards, and positions count it', () => {
  const books = new Books();
  const copy = copyOf(fill('e1', '2'));
  const findings = books.run({ positions: [position('2')] }, { copy });
  assert.deepEqual(
    findings.map(({ class: kind, source }) => [kind, source]),
    [['missing-fill', 'drop-copy']],
  );
  assert.equal(books.position(), '2');
  assert.deepEqual(books.run({ fills: [fill('e1', '2')], positions: [position('2')] }, { copy }), []);
  books.apply({ type: 'BookFindings', venue: VENUE, run: 1, mode: 'running', findings });
  assert.equal(books.position(), '2');
});

test('venue and drop copy that contradict each other are a finding for a person, and nothing is booked', () => {
  const books = new Books();
  books.run({ fills: [] }, { copy: copyOf(fill('e1', '2')) });
  assert.equal(books.position(), '0', 'the copy alone tells it');
  books.run({ fills: [fill('e2', '3')] }, { copy: copyOf(fill('e2', '4')) });
  assert.equal(books.position(), '3', 'what the venue tells counts');
  assert.ok(books.waiting().includes('sources-differ/SIM/e2'));
  books.run({ fills: [fill('e2', '3')] }, { copy: copyOf() });
  const untold = books.ledger.reconciliation().findings.find(({ id }) => id === 'sources-differ/SIM/e2');
  assert.equal(untold?.theirs, 'drop copy: not told');
});

test('a fill that the drop copy alone contradicts the venue with is booked when an operator approves it, once', () => {
  const books = new Books();
  books.run({ fills: [] }, { copy: copyOf(fill('e1', '2')) });
  const [id = ''] = books.waiting();
  const approve = { type: 'AcknowledgeFinding', venue: VENUE, findingId: id, approve: true, by: 'ada' } as const;
  books.apply({ ...approve, reason: 'they have found it' });
  books.apply({ ...approve, reason: 'they have found it' });
  assert.equal(books.position(), '2');
});

test('what was booked before the copy was listened to, or may still be on its way, is no difference', () => {
  const books = new Books();
  books.run({ fills: [fill('e1', '2')] });
  const { timeUs } = books.ledger.fills()[0] ?? { timeUs: 0 };
  const told = { fills: [fill('e1', '2')] };
  assert.deepEqual(books.run(told, { copy: { sinceUs: timeUs + 1, untilUs: timeUs + 9, fills: [] } }), []);
  assert.deepEqual(books.run(told, { copy: { sinceUs: 0, untilUs: timeUs - 1, fills: [] } }), []);
  assert.equal(books.run(told, { copy: { sinceUs: 0, untilUs: timeUs, fills: [] } }).length, 1);
});
