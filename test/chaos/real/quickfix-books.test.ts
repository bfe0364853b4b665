import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sighting } from '../../interop/quickfix/counterparty.ts';
import { QuickfixBooks } from './quickfix-books.ts';

let timeUs = 0;
const event = (name: string, more: object = {}): Sighting => ({ event: name, timeUs: ++timeUs, ...more });
const report = (fields: string, possDup = ''): Sighting =>
  event('sent', { msgType: '8', possDup, text: `8=FIX.4.4|35=8|55=BTC-USD|54=1|44=60000|${fields}|` });

function booksAfter(...sightings: readonly Sighting[]): QuickfixBooks {
  const books = new QuickfixBooks();
  for (const sighting of sightings) books.see(sighting);
  return books;
}

test('an order is followed through replace, fill and cancel by the ClOrdID it came with', () => {
  const books = booksAfter(
    event('accepted', { clOrdId: 'a' }),
    report('11=a|150=0|39=0|38=2|14=0'),
    report('11=b|41=a|150=5|39=0|38=3|14=0'),
    report('11=b|41=a|150=F|39=1|38=3|14=1.5|17=E1|31=59999|32=1.5'),
    report('11=c|41=b|150=4|39=4|38=3|14=1.5'),
  );
  const { acceptances, fills, orders, positions } = books.books();
  assert.deepEqual(acceptances, ['a', 'b', 'c']);
  assert.deepEqual(
    orders.map(({ rootClOrdId, quantity, cumQuantity, closed }) => [rootClOrdId, quantity, cumQuantity, closed]),
    [['a', '3', '1.5', true]],
  );
  assert.deepEqual(
    fills.map(({ execId, clOrdId, quantity, price }) => [execId, clOrdId, quantity, price]),
    [['E1', 'b', '1.5', '59999']],
  );
  assert.deepEqual(positions, [{ symbol: 'BTC-USD', netQuantity: '1.5000' }]);
  assert.deepEqual(books.resting(), []);
});

test('what is sent again is not booked again', () => {
  const fill = '11=a|150=F|39=2|38=2|14=2|17=E1|31=60000|32=2';
  const { fills } = booksAfter(report('11=a|150=0|39=0|38=2|14=0'), report(fill), report(fill, 'Y')).books();
  assert.equal(fills.length, 1);
});

test('a duplicate, a second voice and a reset are seen', () => {
  const books = booksAfter(
    event('logon'),
    event('duplicate', { clOrdId: 'a' }),
    event('received', { msgType: 'A', text: '8=FIX.4.4|35=A|141=Y|' }),
    event('logon'),
  ).books();
  assert.deepEqual(
    books.violations.map(({ code }) => code),
    ['duplicate-cl-ord-id', 'two-live-connections'],
  );
  assert.equal(books.sequenceResets, 1);
});

test('heartbeats and questions leave the revision alone, orders and logons do not', () => {
  const books = booksAfter(event('logon'));
  const { revision } = books;
  books.see(event('received', { msgType: '0', text: '8=FIX.4.4|35=0|' }));
  books.see(event('sequence', { nextOut: '7', nextIn: '8' }));
  assert.equal(books.revision, revision);
  books.see(event('received', { msgType: 'D', text: '8=FIX.4.4|35=D|' }));
  assert.notEqual(books.revision, revision);
});
